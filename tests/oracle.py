"""What must be true, told from the local Stripe's state alone. It knows nothing of how the application decides.

Facts are compared in words of its own: what Stripe has, and what our rows hold, each as a plain dict.
"""

from collections.abc import Collection, Iterator
from typing import Any

from accounts import gates
from accounts.models import User
from billing.models import (
    MirroredObject,
    StripeCustomer,
    StripeInvoice,
    StripePaymentMethod,
    StripePrice,
    StripeProduct,
    StripeSubscription,
)
from sandbox.engine import Sandbox

Data = dict[str, Any]
Facts = dict[str, Any]

NAMESPACE = "turnpike"
KINDS = frozenset(
    ["customer", "subscription", "invoice", "payment_method", "payment_intent", "charge", "product", "price"]
)
DAY = 24 * 3600
GRACE = 3 * DAY
# What each product of ours gives; the last of several wins.
LADDER = ("free", "starter", "premium", "business")
GIVES = {
    "turnpike-starter": "starter",
    "turnpike-premium": "premium",
    "turnpike-business": "business",
    "turnpike-annual": "business",
}


class Oracle:
    """Reads the state of the local Stripe.

    What that no longer tells, or cannot: `gone`, customers of ours that were deleted there, with their owners; and
    `foreign`, the ids of what another application made.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.gone: dict[str, int] = {}
        self.foreign: set[str] = set()

    # -- what Stripe has ---------------------------------------------------------------------------------------------

    def all(self, kind: str) -> list[Data]:
        with self._sandbox.work() as world:
            return [world.render(record) for record in world.scan(kind)]

    def owner(self, customer: Data) -> int | None:
        """The organization that a customer of ours is; None for another's."""
        if customer["id"] in self.foreign:
            return None
        metadata = customer["metadata"]
        named = metadata.get(f"{NAMESPACE}_organization")
        return int(named) if metadata.get("namespace") == NAMESPACE and named else None

    def customers(self) -> dict[str, int]:
        """Our customers, and whose they are; those that were deleted too."""
        present = {one["id"]: owner for one in self.all("customer") if (owner := self.owner(one))}
        return present | self.gone

    def belonging(self, kind: str) -> list[Data]:
        """The objects of that kind that belong to our customers."""
        customers = self.customers()
        return [one for one in self.all(kind) if one["customer"] in customers]

    def subscriptions_of(self, organization: int) -> list[Data]:
        customers = self.customers()
        return [one for one in self.all("subscription") if customers.get(one["customer"]) == organization]

    def price(self, product: str) -> str:
        """The monthly price of one of our products."""
        return next(
            one["id"]
            for one in self.all("price")
            if one["product"] == product and one["recurring"]["interval"] == "month" and one["active"]
        )

    # -- who may use what --------------------------------------------------------------------------------------------

    def tier(self, organization: int) -> str:
        """What the organization is to have now: the best of what its subscriptions give."""
        given = [
            GIVES.get(item["price"]["product"], "free")
            for subscription in self.subscriptions_of(organization)
            if self._is_on(subscription)
            for item in subscription["items"]["data"]
        ]
        return max(given, key=LADDER.index, default="free")

    def _is_on(self, subscription: Data) -> bool:
        """Active: on. Past due: on for three days, from the invoice that is not paid."""
        if subscription["status"] in ("active", "trialing"):
            return True
        if subscription["status"] != "past_due":
            return False
        invoices = {one["id"]: one for one in self.all("invoice")}
        begun = min(item["current_period_start"] for item in subscription["items"]["data"])
        invoice = invoices.get(subscription["latest_invoice"])
        since = max(begun, invoice["created"]) if invoice else begun
        return self._sandbox.now < since + GRACE

    def may_be_paid(self, session: str) -> bool:
        """Whether somebody can pay on a page of Checkout's. We may not have heard which it is."""
        open_ones = [one["id"] for one in self.all("checkout.session") if one["status"] == "open"]
        return not session or session in open_ones

    def has_paid(self, organization: int) -> bool:
        """Whether a period that was paid for is not over for longer than the grace; or one that a renewal has begun and
        not asked to be paid for yet: within that hour Stripe calls it active, and news of an end may be late."""
        customers = self.customers()
        return any(
            line["period"]["end"] + GRACE >= self._sandbox.now
            for invoice in self.all("invoice")
            if customers.get(invoice["customer"]) == organization
            and (invoice["status"] == "paid" or _is_drafted_renewal(invoice))
            for line in invoice["lines"]["data"]
        )

    # -- after every step --------------------------------------------------------------------------------------------

    def doubled(self) -> list[str]:
        """What was made twice: one intention, one object. What was never paid may have a successor."""
        ours = [one for one in self.belonging("subscription") if one["metadata"].get("attempt")]
        attempts = [one["metadata"]["attempt"] for one in ours if one["status"] != "incomplete_expired"]
        running = [
            self.customers()[one["customer"]]
            for one in ours
            if one["status"] not in ("canceled", "incomplete_expired")
        ]
        present = [owner for one in self.all("customer") if (owner := self.owner(one))]
        return [
            *(f"two subscriptions of attempt {key}" for key in _twice(attempts)),
            *(f"two subscriptions of organization {owner}" for owner in _twice(running)),
            *(f"two customers of organization {owner}" for owner in _twice(present)),
        ]

    def unpaid_access(self, users: list[User]) -> list[str]:
        """Who may use more than is free without having paid for it."""
        return [
            f"{user.name} has access without payment"
            for user in users
            if tier_of(user) != "free" and not self.has_paid(user.current_organization_id or 0)
        ]

    # -- at rest -----------------------------------------------------------------------------------------------------

    def differences(self, users: list[User], kinds: Collection[str] = KINDS) -> list[str]:
        """Where our rows of these kinds, or what people may use, are not what Stripe's state says."""
        found = list(self._rows(kinds))
        for user in users:
            due = self.tier(user.current_organization_id or 0)
            if (has := tier_of(user)) != due:
                found.append(f"{user.name} has {has}, and should have {due}")
        return found

    def _rows(self, kinds: Collection[str]) -> Iterator[str]:
        for kind, stripe_id, there, here in self._compared():
            if kind in kinds and there != here:
                yield f"{kind} {stripe_id}: Stripe has {there}, we have {here}"
        customers = self.customers()
        for stripe_id in StripeCustomer.objects.exclude(stripe_id__in=customers).values_list("stripe_id"):
            yield f"customer {stripe_id}: not ours"

    def _compared(self) -> Iterator[tuple[str, str, Facts, Facts | None]]:
        for one in self.all("customer"):
            if self.owner(one):
                yield "customer", one["id"], _customer(one), _our_customer(one["id"])
        for stripe_id in self.gone:
            yield "customer", stripe_id, {"deleted": True}, _our_customer(stripe_id)
        for one in self.belonging("subscription"):
            yield "subscription", one["id"], _subscription(one), _our_subscription(one["id"])
        for one in self.belonging("invoice"):
            yield "invoice", one["id"], _invoice(one), _our_invoice(one["id"])
        for one in self.belonging("payment_method"):
            yield "payment_method", one["id"], {"customer": one["customer"]}, _our_card(one["id"])
        for kind in ("payment_intent", "charge"):
            for one in self.belonging(kind):
                yield kind, one["id"], {"status": one["status"]}, _our_payment(one["id"])
        yield from self._catalogue()

    def _catalogue(self) -> Iterator[tuple[str, str, Facts, Facts | None]]:
        for kind, model, names in (
            ("product", StripeProduct, ("name", "active")),
            ("price", StripePrice, ("active",)),
        ):
            rows = {row.pop("stripe_id"): row for row in model.objects.values("stripe_id", *names)}
            for one in self.all(kind):
                if one["metadata"].get("namespace") == NAMESPACE:
                    yield kind, one["id"], {name: one[name] for name in names}, rows.get(one["id"])


def tier_of(user: User) -> str:
    """What a fresh request of that user would be allowed."""
    return str(gates.access_of(User.objects.select_related("current_organization").get(pk=user.pk)).tier)


def _is_drafted_renewal(invoice: Data) -> bool:
    return bool(invoice["status"] == "draft" and invoice["billing_reason"] == "subscription_cycle")


def _twice(values: list[Any]) -> list[Any]:
    return sorted({value for value in values if values.count(value) > 1})


def _plain(row: Any) -> Facts | None:
    return dict(row) if row else None


def _customer(data: Data) -> Facts:
    return {
        "deleted": False,
        "owner": int(data["metadata"][f"{NAMESPACE}_organization"]),
        "card": data["invoice_settings"]["default_payment_method"] or "",
        "delinquent": bool(data["delinquent"]),
    }


def _our_customer(stripe_id: str) -> Facts | None:
    row = StripeCustomer.objects.filter(stripe_id=stripe_id).first()
    if row is None or row.deleted:
        return {"deleted": True} if row else None
    return {
        "deleted": False,
        "owner": row.organization_id,
        "card": row.default_payment_method_id,
        "delinquent": row.delinquent,
    }


def _subscription(data: Data) -> Facts:
    return {
        "status": data["status"],
        "ends": data["cancel_at"],
        "ends with period": data["cancel_at_period_end"],
        "invoice": data["latest_invoice"],
        "items": sorted(
            (one["id"], one["price"]["id"], one["quantity"], one["current_period_end"])
            for one in data["items"]["data"]
        ),
    }


def _our_subscription(stripe_id: str) -> Facts | None:
    row = StripeSubscription.objects.filter(stripe_id=stripe_id).prefetch_related("items").first()
    if row is None:
        return None
    return {
        "status": row.status,
        "ends": int(row.cancel_at.timestamp()) if row.cancel_at else None,
        "ends with period": row.cancel_at_period_end,
        "invoice": row.latest_invoice_id,
        "items": sorted(
            (one.stripe_id, one.price_id, one.quantity, int(one.period_end.timestamp()))
            for one in row.items.all()
        ),
    }


def _invoice(data: Data) -> Facts:
    return {name: data[name] for name in ("status", "total", "amount_paid", "attempt_count")}


def _our_invoice(stripe_id: str) -> Facts | None:
    rows = StripeInvoice.objects.filter(stripe_id=stripe_id)
    return _plain(rows.values("status", "total", "amount_paid", "attempt_count").first())


def _our_card(stripe_id: str) -> Facts | None:
    row = StripePaymentMethod.objects.filter(stripe_id=stripe_id).first()
    return {"customer": row.customer_id if row.attached else None} if row else None


def _our_payment(stripe_id: str) -> Facts | None:
    row = MirroredObject.objects.filter(stripe_id=stripe_id).exclude(as_of=None).first()
    return {"status": row.data["status"]} if row else None
