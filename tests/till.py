"""What must be true of orders and of the stock, told from the local Stripe's state and from what is on sale.

Our rows are asked only which orders were one purchase: nobody pays twice for one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Sum

from billing.models import Mail, MirroredObject
from cart.models import Alarm, Item, Order, OrderLine, Refund
from tests.oracle import NAMESPACE, Oracle

Data = dict[str, Any]
Alarms = Alarm.Kind

# Where an order is at rest, by the state of its payment; of one that was paid, what was kept tells.
AT_REST = {"canceled": "canceled", "processing": "processing"}
# What rings only when something went wrong. A bank may refuse, and staff may sell the last piece.
NEVER = (Alarms.NO_MATCH, Alarms.NO_ORDER, Alarms.REFUND_FAILED)


class Till:
    """Reads the state of the local Stripe. `stock`: how many pieces of what there is only so much of, by slug."""

    def __init__(self, oracle: Oracle, stock: dict[str, int]) -> None:
        self._oracle = oracle
        self._stock = stock

    def payments(self) -> dict[str, list[Data]]:
        """Those that were made in our name, by order."""
        found: dict[str, list[Data]] = defaultdict(list)
        for intent in self._oracle.all("payment_intent"):
            metadata = intent["metadata"]
            if metadata.get("namespace") == NAMESPACE and "order" in metadata:
                found[metadata["order"]].append(intent)
        return found

    def kept(self) -> Counter[str]:
        """How much of each payment was taken and did not go back."""
        taken: Counter[str] = Counter()
        for charge in self._oracle.all("charge"):
            if charge["paid"] and charge["status"] == "succeeded":
                taken[charge["payment_intent"]] += charge["amount"]
        for refund in self._oracle.all("refund"):
            if refund["status"] not in ("failed", "canceled"):
                taken[refund["payment_intent"]] -= refund["amount"]
        return taken

    # -- after every step --------------------------------------------------------------------------------------------

    def wrong(self) -> list[str]:
        """What may never be, whatever is still on its way."""
        payments, kept = self.payments(), self.kept()
        found = [f"two payments of order {order}" for order, made in payments.items() if len(made) > 1]
        bought: Counter[str] = Counter()
        for order in Order.objects.all():
            made = payments.get(str(order.uuid), [])
            if order.is_paid and not any(self._is_for(intent, order) for intent in made):
                found.append(f"order {order} is paid, but not at Stripe")
            bought[str(order.purchase)] += sum(kept[intent["id"]] > 0 for intent in made)
        keys = [refund["metadata"].get("refund", refund["id"]) for refund in self._oracle.all("refund")]
        found += [f"refund {key} was given twice" for key, times in Counter(keys).items() if times > 1]
        found += [f"purchase {purchase} was paid twice" for purchase, times in bought.items() if times > 1]
        return found + list(self._miscounted())

    def _is_for(self, intent: Data, order: Order) -> bool:
        paid = intent["status"], intent["amount_received"], intent["currency"]
        return paid == ("succeeded", order.amount, order.currency)

    def _miscounted(self) -> Iterator[str]:
        """Every piece is in the stock or in an order, none in both."""
        for slug, pieces in self._stock.items():
            out = OrderLine.objects.filter(item__slug=slug, reserved=True).aggregate(out=Sum("quantity"))[
                "out"
            ]
            if (left := Item.objects.get(slug=slug).stock or 0) + (out or 0) != pieces:
                yield f"{left} of {slug} in stock and {out} in orders are not {pieces}"

    # -- at rest -----------------------------------------------------------------------------------------------------

    def differences(self) -> list[str]:
        """Where an order is not what Stripe's state says, or somebody was not told, or staff were told wrongly."""
        payments, kept = self.payments(), self.kept()
        found = []
        for order in Order.objects.all():
            made = payments.get(str(order.uuid), [])
            due = {self._due(intent, order, kept[intent["id"]]) for intent in made} or self._without(order)
            has = (order.state, order.amount - order.refunded if order.is_paid else 0)
            if due != {has}:
                found.append(f"order {order} is {has}, and should be {due}")
            if order.state in ("canceled", "returned") and order.settled is None:
                found.append(f"order {order} is not settled")
        found += [f"{alarm} rang" for alarm in Alarm.objects.filter(kind__in=NEVER)]
        return found + list(self._mirrored(payments)) + list(self._told())

    def _due(self, intent: Data, order: Order, kept: int) -> tuple[str, int]:
        if intent["status"] == "succeeded" and order.state == "returned":
            return ("returned" if not kept else "not returned"), 0
        if intent["status"] == "succeeded":
            return ("paid" if kept else "refunded"), kept
        return AT_REST.get(intent["status"], "open"), 0

    def _without(self, order: Order) -> set[tuple[str, int]]:
        """Of an order that never had a payment at Stripe."""
        return {("canceled" if order.state == "canceled" else "open", 0)}

    def _mirrored(self, payments: dict[str, list[Data]]) -> Iterator[str]:
        """Payments of guests have no customer, so the oracle does not know them for ours."""
        rows = dict(MirroredObject.objects.exclude(as_of=None).values_list("stripe_id", "data"))
        for intent in (one for made in payments.values() for one in made):
            if (here := rows.get(intent["id"], {}).get("status")) != intent["status"]:
                yield f"payment {intent['id']}: Stripe has {intent['status']}, we have {here}"

    def _told(self) -> Iterator[str]:
        paid = {f"order_paid:{order.uuid}" for order in Order.objects.all() if order.is_paid}
        refunds = Refund.objects.exclude(stripe_id=None)
        told = paid | {f"order_refunded:{refund.stripe_id}" for refund in refunds}
        noted = set(Mail.objects.filter(fact__startswith="order_").values_list("fact", flat=True))
        if noted != told:
            yield f"mails about {noted}, and should be about {told}"
        twice = set(Order.objects.filter(state="returned").values_list("payment_intent_id", flat=True))
        rang = Alarm.objects.filter(kind=Alarms.PAID_TWICE).values_list("fact", flat=True)
        if {fact.partition(":")[2] for fact in rang} != twice:
            yield f"alarms {list(rang)}, and {twice} were paid twice"
