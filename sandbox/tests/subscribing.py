"""A customer with a card, a product with prices, and what is done with subscriptions to them."""

from __future__ import annotations

from typing import Any

from sandbox.testing import Stage


class Subscriber:
    """Subscribes, changes and looks."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.v1 = stage, stage.client.v1
        self.customer = stage.customer()["id"]
        self.card = self.v1.payment_methods.attach("pm_card_visa", {"customer": self.customer})["id"]
        self.v1.customers.update(self.customer, {"invoice_settings": {"default_payment_method": self.card}})
        self.product = stage.product()["id"]
        self.plain, self.dear = self.price(2000), self.price(5000)

    def price(self, amount: int, interval: str = "month", **params: Any) -> str:
        return self.stage.price(amount, interval, product=self.product, **params)["id"]

    def subscribe(self, *items: Any, **params: Any) -> Any:
        given = [item if isinstance(item, dict) else {"price": item} for item in items or (self.plain,)]
        return self.v1.subscriptions.create({"customer": self.customer, "items": given, **params})

    def change(self, subscription: Any, **params: Any) -> Any:
        return self.v1.subscriptions.update(subscription["id"], params)  # type: ignore[arg-type]

    def item(self, subscription: Any, index: int = 0) -> str:
        return self.v1.subscriptions.retrieve(subscription["id"])["items"]["data"][index]["id"]

    def invoice(self, subscription: Any) -> Any:
        return self.v1.invoices.retrieve(self.v1.subscriptions.retrieve(subscription["id"]).latest_invoice)


def amounts(invoice: Any) -> list[tuple[str, int]]:
    return [(line.description, line.amount) for line in invoice.lines.data]
