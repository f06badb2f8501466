"""Alice with a subscription, and the ways into her customer portal."""

from __future__ import annotations

from typing import Any

from sandbox.testing import Stage
from sandbox.tests.shop import Shop


class Customer:
    """Alice with an active premium subscription, and the ways into her portal."""

    def __init__(self, stage: Stage, shop: Shop) -> None:
        self.stage, self.shop, self.client = stage, shop, stage.client.v1
        self.product = stage.product()["id"]
        self.month = stage.price(product=self.product)["id"]
        self.year = stage.price(20000, "year", product=self.product)["id"]
        self.half = stage.price(1000, "month", product=self.product)["id"]
        self.id = stage.customer(name="Alice")["id"]
        card = self.client.payment_methods.attach("pm_card_visa", {"customer": self.id})["id"]
        self.client.customers.update(self.id, {"invoice_settings": {"default_payment_method": card}})
        made = self.client.subscriptions.create({"customer": self.id, "items": [{"price": self.month}]})
        self.subscription_id = made["id"]

    @property
    def subscription(self) -> Any:
        return self.client.subscriptions.retrieve(self.subscription_id)

    def configure(self, **features: Any) -> str:
        update = {
            "enabled": True,
            "default_allowed_updates": ["price", "quantity", "promotion_code"],
            "proration_behavior": "always_invoice",
            "products": [{"product": self.product, "prices": [self.month, self.year, self.half]}],
        } | features.pop("subscription_update", {})
        given = {
            "subscription_update": update,
            "subscription_cancel": {"enabled": True},
            "payment_method_update": {"enabled": True},
            "invoice_history": {"enabled": True},
            "customer_update": {"enabled": True, "allowed_updates": ["name", "email", "address", "tax_id"]},
            **features,
        }
        made = self.client.billing_portal.configurations.create({"features": given})  # type: ignore[typeddict-item]
        return str(made["id"])

    def link(self, flow: dict[str, Any] | None = None, **features: Any) -> str:
        given: dict[str, Any] = {
            "customer": self.id,
            "return_url": f"{self.shop.url}/billing",
            "configuration": self.configure(**features),
        }
        if flow:
            given["flow_data"] = flow
        return str(self.client.billing_portal.sessions.create(given)["url"])  # type: ignore[arg-type]


def type_card(page: Any, number: str = "5555555555554444") -> None:
    page.locator("[name=number]").fill(number)
    page.locator("[name=expiry]").fill("12 / 34")
    page.locator("[name=cvc]").fill("123")
    page.locator("[name=postalCode]").fill("94103")
    page.locator("main button.primary").click()
