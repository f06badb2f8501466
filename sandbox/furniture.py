"""Builders for the states that most tests begin with: every one makes Stripe's own calls, none writes an object.

subscription = stage.renewing_tomorrow(stage.price(2000), then=CHARGE_FAILS)
"""

from __future__ import annotations

from typing import Any

import stripe

from sandbox.engine import Sandbox
from sandbox.objects import authentication, checkout

VISA = "pm_card_visa"
DECLINED = "pm_card_visa_chargeDeclined"  # cannot even be attached
CHARGE_FAILS = "pm_card_chargeCustomerFail"  # is attached, and declined whenever it is charged
ASKS_FIRST = "pm_card_threeDSecure2Required"  # wants 3-D Secure for every payment
DAY = 86_400


class Furniture:
    """What Stage offers beside its client: objects as the SDK gives them, ready to be used."""

    sandbox: Sandbox
    client: stripe.StripeClient

    # -- what is sold, and to whom ---------------------------------------------------------------------------

    def product(self, name: str = "Premium", **params: Any) -> Any:
        settings: Any = {"name": name, **params}
        return self.client.v1.products.create(settings)

    def price(self, amount: int = 2000, interval: str | None = "month", **params: Any) -> Any:
        """A price in dollars unless `currency` says otherwise; `interval=None` makes it one-off."""
        settings: Any = {"currency": "usd", "unit_amount": amount, **params}
        if "product" not in settings and "product_data" not in settings:
            settings["product"] = self.product()["id"]
        if interval:
            settings["recurring"] = {"interval": interval}
        return self.client.v1.prices.create(settings)

    def customer(self, email: str = "alice@example.com", card: str | None = None, **params: Any) -> Any:
        """A customer, with a card that is charged by default if one is named (`card=VISA`)."""
        settings: Any = {"email": email, **params}
        customer = self.client.v1.customers.create(settings)
        if card:
            self.give_card(customer["id"], card)
            return self.client.v1.customers.retrieve(customer["id"])
        return customer

    def give_card(self, customer: str, card: str) -> Any:
        """Attach a card and make it the one that invoices are charged to. Returns the payment method."""
        method = self.client.v1.payment_methods.attach(card, {"customer": customer})
        self.client.v1.customers.update(
            customer, {"invoice_settings": {"default_payment_method": method["id"]}}
        )
        return method

    # -- subscriptions ---------------------------------------------------------------------------------------

    def subscription(self, price: Any = None, card: str | None = VISA, **params: Any) -> Any:
        """A subscription of a new customer (or of `customer=`) to a price, by default one of $20 a month; active if
        the card pays. `params` are Stripe's."""
        settings: Any = dict(params)
        if "customer" not in settings:
            settings["customer"] = self.customer(card=card)["id"]
        settings.setdefault("items", [{"price": (price or self.price())["id"]}])
        return self.client.v1.subscriptions.create(settings)

    def renewing_tomorrow(self, price: Any = None, then: str | None = None, **params: Any) -> Any:
        """An active subscription, with the clock moved to a day before its renewal; `then` is the card that the
        renewal is charged to (CHARGE_FAILS)."""
        subscription = self.subscription(price, **params)
        self.sandbox.advance(to=subscription["items"]["data"][0]["current_period_end"] - DAY)
        if then:
            self.give_card(subscription["customer"], then)
        return self._again(subscription)

    def past_due(self, price: Any = None, **params: Any) -> Any:
        """A subscription whose renewal has just failed: its invoice is open and will be tried again."""
        subscription = self.renewing_tomorrow(price, CHARGE_FAILS, **params)
        self.sandbox.advance(DAY + 2 * 3600)  # the renewal's invoice is a draft for an hour
        return self._again(subscription)

    def incomplete(self, price: Any = None, card: str | None = None, **params: Any) -> Any:
        """A subscription that waits for its first payment; its invoice shows `confirmation_secret`."""
        settings: Any = {
            "payment_behavior": "default_incomplete",
            "expand": ["latest_invoice.confirmation_secret"],
            **params,
        }
        return self.subscription(price, card, **settings)

    def trialing(self, price: Any = None, days: int = 14, card: str | None = VISA, **params: Any) -> Any:
        """A subscription in its trial; `card=None` for one whose customer has not given any."""
        return self.subscription(price, card, trial_period_days=days, **params)

    def ending(self, price: Any = None, **params: Any) -> Any:
        """An active subscription that is to end with its period."""
        return self.subscription(price, cancel_at_period_end=True, **params)

    def ended(self, price: Any = None, **params: Any) -> Any:
        """A subscription that was cancelled."""
        return self.client.v1.subscriptions.cancel(self.subscription(price, **params)["id"])

    def _again(self, subscription: Any) -> Any:
        return self.client.v1.subscriptions.retrieve(subscription["id"])

    # -- payments --------------------------------------------------------------------------------------------

    def payment(self, amount: int = 2000, card: str = VISA, **params: Any) -> Any:
        """A payment intent, confirmed: succeeded with a good card, `requires_action` with ASKS_FIRST. Raises
        stripe.CardError for a declined one."""
        settings: Any = {
            "amount": amount,
            "currency": "usd",
            "payment_method": card,
            "payment_method_types": ["card"],
            "confirm": True,
            **params,
        }
        return self.client.v1.payment_intents.create(settings)

    def authenticate(self, intent: str, passed: bool = True) -> None:
        """What the customer does in the bank's dialog, for a payment or setup intent that waits for it."""
        with self.sandbox.work() as world:
            record = world.find(intent)
            if record is None:
                raise LookupError(f"there is no intent {intent}")
            authentication.authenticate(world, record, passed)

    def buy(self, session: str, card: str = VISA, email: str = "alice@example.com", **details: Any) -> Any:
        """What the buyer does on the page of an open Checkout session: `details` as in checkout.Buyer (name, address,
        ...). Returns the session; a declined card leaves it open."""
        with self.sandbox.work() as world:
            buyer = checkout.Buyer(payment_method=card, email=email, **details)
            checkout.complete(world, world.get("checkout.session", session), buyer)
        return self.client.v1.checkout.sessions.retrieve(session)
