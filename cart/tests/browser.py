"""What Stripe.js does in a buyer's browser, and what may happen at Stripe without us."""

from typing import Any

import stripe
from django.conf import settings

from billing import gateway
from billing.gateway import failures
from cart import payments
from cart.models import Order
from sandbox.objects import authentication
from sandbox.objects.payment_intents import drafts
from sandbox.transport import InProcessClient


class Browser:
    """Pays with the client secret and the publishable key, and nothing else."""

    def __init__(self, sandbox: Any, card: Any) -> None:
        self.sandbox, self._card = sandbox, card
        below = InProcessClient(sandbox)
        self.stripe = stripe.StripeClient(settings.STRIPE_PUBLISHABLE_KEY, http_client=below)

    def confirm(self, payment: Any, number: str = "4242424242424242") -> Any:
        """With a card. Raises our `Declined` for a decline, `Invalid` when it cannot be paid any more."""
        return self._confirm(payment, payment_method=self._card(number))

    def debit(self, payment: Any, *, fails: bool = False) -> Any:
        """With a bank account, which takes days."""
        with self.sandbox.work() as world:  # as the account's settings may offer it
            drafts.set_types(
                world.get("payment_intent", payment["payment_intent"]), ("card", "us_bank_account")
            )
        account = "000111111116" if fails else "000123456789"
        details = {"account_number": account, "routing_number": "110000000", "account_holder_type": "company"}
        method = self.stripe.v1.payment_methods.create(
            {  # type: ignore[typeddict-item]
                "type": "us_bank_account",
                "us_bank_account": details,
                "billing_details": {"name": "Bob", "email": "bob@acme.example"},
            }
        )
        return self._confirm(payment, payment_method=method["id"])

    def _confirm(self, payment: Any, **params: Any) -> Any:
        payment = payment.json() if hasattr(payment, "json") else payment
        try:
            return self.stripe.v1.payment_intents.confirm(
                payment["payment_intent"],
                {"client_secret": payment["client_secret"], **params},  # type: ignore[typeddict-unknown-key]
            )
        except stripe.StripeError as error:
            raise failures.translate(error) from error

    def authenticate(self, payment: dict[str, Any], *, succeeds: bool = True) -> None:
        """Answer the bank's question."""
        with self.sandbox.work() as world:
            authentication.authenticate(
                world, world.get("payment_intent", payment["payment_intent"]), succeeds
            )

    def make_intent(self, amount: int, currency: str, metadata: dict[str, str]) -> dict[str, Any]:
        """A payment that somebody with a key of the account makes."""
        made = gateway.client.connected().v1.payment_intents.create(
            {"amount": amount, "currency": currency, "metadata": metadata}
        )
        return {"payment_intent": made["id"], "client_secret": made["client_secret"]}

    def make_intent_of(self, order: Order) -> dict[str, Any]:
        """The payment of an order, as the checkout makes it."""
        data = payments.begin(order).data
        return {"payment_intent": data["id"], "client_secret": data["client_secret"]}

    def cancel(self, payment: dict[str, Any]) -> None:
        """In the dashboard."""
        gateway.client.connected().v1.payment_intents.cancel(payment["payment_intent"])
