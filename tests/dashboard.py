"""What somebody may do in Stripe's dashboard, or another application on the same account, past ours."""

from contextlib import suppress
from typing import Any

import stripe

from accounts.models import User
from tests.product import Product

Data = dict[str, Any]


class Dashboard:
    """What somebody may do past the application. What Stripe refuses does not happen."""

    ACTS = (
        "end now",
        "end with period",
        "go on",
        "more members",
        "another plan",
        "a second subscription",
        "delete customer",
        "detach card",
        "bad card",
        "good card",
        "pay invoice",
        "void invoice",
        "refund",
        "rename product",
    )

    def __init__(self, product: Product) -> None:
        self._product = product
        self._stripe = product.dashboard.v1

    def do(self, act: str, user: User) -> None:
        method = getattr(self, "_" + act.replace(" ", "_"))
        organization = user.current_organization_id
        owners = self._product.oracle.customers()
        customers = [one for one in owners if owners[one] == organization and one not in self._gone]
        with suppress(stripe.StripeError):
            for customer in customers[-1:]:
                method(customer)

    @property
    def _gone(self) -> dict[str, int]:
        return self._product.oracle.gone

    def _subscription(self, customer: str) -> Data:
        """The newest that is not over. Raises StripeError if there is none."""
        running = [
            one
            for one in self._product.oracle.all("subscription")
            if one["customer"] == customer and one["status"] not in ("canceled", "incomplete_expired")
        ]
        return running[-1] if running else self._stripe.subscriptions.retrieve("sub_none").to_dict()

    def _end_now(self, customer: str) -> None:
        self._stripe.subscriptions.cancel(self._subscription(customer)["id"])

    def _end_with_period(self, customer: str) -> None:
        self._stripe.subscriptions.update(self._subscription(customer)["id"], {"cancel_at_period_end": True})

    def _go_on(self, customer: str) -> None:
        self._stripe.subscriptions.update(self._subscription(customer)["id"], {"cancel_at_period_end": False})

    def _more_members(self, customer: str) -> None:
        item = self._subscription(customer)["items"]["data"][0]
        self._stripe.subscription_items.update(item["id"], {"quantity": item["quantity"] + 1})

    def _another_plan(self, customer: str) -> None:
        item = self._subscription(customer)["items"]["data"][0]
        self._stripe.subscription_items.update(
            item["id"], {"price": self._product.oracle.price("turnpike-starter")}
        )

    def _a_second_subscription(self, customer: str) -> None:
        self._stripe.subscriptions.create(
            {"customer": customer, "items": [{"price": self._product.oracle.price("turnpike-business")}]}
        )

    def _delete_customer(self, customer: str) -> None:
        owner = self._product.oracle.customers()[customer]
        self._stripe.customers.delete(customer)
        self._gone[customer] = owner

    def _detach_card(self, customer: str) -> None:
        for card in self._stripe.customers.payment_methods.list(customer)["data"][:1]:
            self._stripe.payment_methods.detach(card["id"])

    def _bad_card(self, customer: str) -> None:
        self._give_card(customer, "declined later")

    def _good_card(self, customer: str) -> None:
        self._give_card(customer, "good")

    def _give_card(self, customer: str, name: str) -> None:
        card = self._product.card(name)
        self._stripe.payment_methods.attach(card, {"customer": customer})
        self._stripe.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
        self._stripe.subscriptions.update(
            self._subscription(customer)["id"], {"default_payment_method": card}
        )

    def _invoices(self, customer: str, status: str) -> list[Data]:
        found = self._product.oracle.all("invoice")
        return [one for one in found if one["customer"] == customer and one["status"] == status]

    def _pay_invoice(self, customer: str) -> None:
        for invoice in self._invoices(customer, "open"):
            self._stripe.invoices.pay(invoice["id"])

    def _void_invoice(self, customer: str) -> None:
        for invoice in self._invoices(customer, "open"):
            self._stripe.invoices.void_invoice(invoice["id"])

    def _refund(self, customer: str) -> None:
        charges = self._product.oracle.all("charge")
        for charge in [one for one in charges if one["customer"] == customer and one["paid"]][-1:]:
            self._stripe.refunds.create({"charge": charge["id"]})

    def _rename_product(self, customer: str) -> None:
        self._stripe.products.update("turnpike-premium", {"name": f"Premium at {self._product.sandbox.now}"})

    def foreign_customer(self, metadata: dict[str, str]) -> None:
        """Another application on the same account gets a customer, who even buys a price of ours."""
        customer = self._stripe.customers.create({"email": "x@elsewhere.example", "metadata": metadata})["id"]
        card = self._product.card("good")
        self._stripe.payment_methods.attach(card, {"customer": customer})
        subscription = self._stripe.subscriptions.create(
            {
                "customer": customer,
                "items": [{"price": self._product.oracle.price("turnpike-premium")}],
                "default_payment_method": card,
                "metadata": metadata,
            }
        )
        self._product.oracle.foreign |= {
            customer,
            card,
            subscription["id"],
            str(subscription["latest_invoice"]),
        }
