"""What one does with orders: place one, pay it, look how it stands, give money back, let what is not paid expire.

payment = orders.check_out(Draft(cart, email, organization))     # what the browser pays with
orders.look_again(payment.order)                                 # where it stands, when the buyer returns
"""

from dataclasses import dataclass

from django.http import HttpRequest

from accounts import organizations
from accounts.models import Organization, User
from billing import buyers, customers
from billing import errors as stripe_errors
from cart import drafts, errors, payments, refunds, withdrawals
from cart.drafts import Draft
from cart.models import Cart, Order, Refund
from cart.models.orders import OrderQuerySet

# Who is overtaken so often gives up: whoever overtook them is still at it.
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Payment:
    """What the browser pays with. `client_secret` is empty when nothing is left to pay: look at the order's state."""

    order: Order
    client_secret: str
    amount: int
    currency: str
    payment_intent_id: str


def payer(request: HttpRequest) -> Organization | None:
    """The organization that the visitor may buy for; None: they pay for themselves, as guests do."""
    return organizations.current(request) if buyers.may_buy(request) else None


def check_out(draft: Draft) -> Payment:
    """Place the order of what is in the cart, and get its payment. Twice the same is once.

    Raises what `place` and `pay` raise.
    """
    for _round in range(ROUNDS):
        order = place(draft)
        try:
            return pay(order)
        except errors.OrderOver:
            continue  # its payment was canceled at Stripe, or can never be made: the next one has another key
    raise errors.OrderOver


def place(draft: Draft) -> Order:
    """The order of what is in the cart now, at the prices of now; the same one while neither changes.

    Any other open order of the cart is canceled, at Stripe too, before this returns. Raises `EmptyCart`,
    `EmailMissing`, `AmountOutOfRange`, `SoldOut`; `AlreadyPaid` when the other one was paid after all; `Unavailable`.
    """
    drafts.check(draft)
    if draft.organization is not None:
        customers.ensure(draft.organization)
    try:
        order = drafts.store(draft)
    except errors.SoldOut:
        for overdue in Order.objects.overdue().holding(line.item for line in draft.cart.lines):
            expire(overdue)  # somebody holds what they will not pay for
        order = drafts.store(draft)
    for other in Order.objects.unsettled().filter(purchase=order.purchase):
        withdrawals.carry_out(other)
        if other.state in Order.TAKEN:
            raise errors.AlreadyPaid(other)
    return order


def pay(order: Order) -> Payment:
    """Its payment at Stripe: made once, fetched again ever after.

    Raises `OrderOver` when it is not to be paid, or can never be; `Unavailable` when Stripe does not answer: ask again.
    """
    secret = ""
    if order.state not in (Order.State.PAID, Order.State.REFUNDED, Order.State.RETURNED):
        try:
            answer = payments.begin(order)
        except (stripe_errors.StoredFailure, stripe_errors.KeyReused, stripe_errors.NotFound) as never:
            _refuse(order, never)
            raise errors.OrderOver from never
        except stripe_errors.Invalid as never:
            _refuse(order, never)
            raise
        payments.note(order, answer)
        withdrawals.carry_out_of(order.purchase)
        order.refresh_from_db()
        secret = answer.data["client_secret"] if order.state == Order.State.OPEN else ""
    if order.state == Order.State.CANCELED:
        raise errors.OrderOver
    return Payment(order, secret, order.amount, order.currency, order.payment_intent_id or "")


def _refuse(order: Order, never: stripe_errors.BillingError) -> None:
    """Stripe will not make its payment."""
    if isinstance(never, stripe_errors.CustomerGone) and order.organization is not None:
        customers.forget(order.organization)
    drafts.drop(order)


def look_again(order: Order) -> Order:
    """Ask Stripe how its payment stands, and do what follows from it. For the page to which a buyer returns."""
    payments.look_again(order)
    withdrawals.carry_out_of(order.purchase)
    order.refresh_from_db()
    return order


def refund(order: Order, amount: int, by: User | None, seen: int | None = None) -> Refund:
    """Give an amount back, in the smallest unit; see `refunds.give`."""
    return refunds.give(order, amount, by, seen)


def expire(order: Order) -> Order:
    """Cancel one that has waited long enough for its payment; one that turns out to be paid is paid."""
    drafts.expire(order)
    withdrawals.carry_out(order)
    return order


def of_cart(cart: Cart) -> OrderQuerySet:
    """The orders that whoever holds the cart may see, open ones included."""
    return Order.objects.visible_to(cart)
