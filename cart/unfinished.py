"""What is left to be done for orders: those that waited long enough for their payment, and what was left behind.

Each by itself, so that one of which Stripe makes difficulties holds up no other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from billing import errors as stripe_errors
from cart import orders, refunds, withdrawals
from cart.models import Order, Refund

# After so many in a row for which Stripe does not answer, it is down.
PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """An order that was looked at, as it is now; its state before; the code of what kept it unfinished, if anything."""

    order: Order
    before: str
    error: str = ""

    @property
    def found_paid(self) -> bool:
        return self.order.is_paid and self.before not in Order.TAKEN


def finish() -> Iterator[Outcome]:
    """Expire what is overdue, and finish what was left behind.

    Raises `Unavailable` when Stripe is down, `BillingOff`, `Misconfigured`; what was not reached is reached next time.
    """
    unanswered = 0
    for order, act in _all():
        before = order.state
        try:
            act()
        except (stripe_errors.BillingOff, stripe_errors.Misconfigured):
            raise
        except stripe_errors.BillingError as error:
            unanswered = unanswered + 1 if type(error) is stripe_errors.Unavailable else 0
            if unanswered == PATIENCE:
                raise
            yield Outcome(order, before, error.code)
        else:
            unanswered = 0
            yield Outcome(order, before)


def _all() -> Iterator[tuple[Order, Callable[[], object]]]:
    """What was begun comes first, so that what is begun now is not tried twice."""
    for refund in Refund.objects.left_behind().select_related("order"):
        yield refund.order, partial(refunds.carry_out, refund)
    for order in Order.objects.unsettled():
        yield order, partial(withdrawals.carry_out, order)
    for order in Order.objects.overdue():
        yield order, partial(orders.expire, order)
