"""Buying a subscription on Stripe's own page, Checkout. What is bought there comes in by the mirror, as all else.

While somebody can pay on a page, an attempt is open for it, and nothing else can be bought: `close` comes first, after
which nobody can pay there. So there are never two ways to buy at once, and never two subscriptions.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization
from billing import access, customers, errors, gateway, locales, mirror, purchases, signals
from billing.gateway.client import Answer
from billing.mirror.fields import id_of
from billing.models import Attempt, MirroredObject, StripeSubscription
from billing.purchases import Order

# Shorter than Stripe keeps an idempotency key, and than an attempt counts as stale.
LIFETIME = timedelta(hours=12)
# A page that closes so soon is not handed out any more: entering a card takes a while.
TOO_LATE = timedelta(minutes=45)
# Who is overtaken so often gives up: whoever overtook them is still at it.
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Page:
    """Where to pay, and until when."""

    session_id: str
    url: str
    expires_at: datetime


def open_page(order: Order) -> Page:
    """Stripe's page for an order; the same page for the same order, until it closes. The rows must be synchronized.

    Raises `AlreadySubscribed`, `PurchaseUnderWay`, `NotOnSale`, `Unavailable`.
    """
    signals.pages_closing.send(sender=Organization, organization=order.organization)
    for _round in range(ROUNDS):
        customers.ensure(order.organization)
        attempt = _begin(order)
        try:
            page = _page_of(attempt) if _is_for(attempt, order) else None
        except errors.CustomerGone:
            customers.forget(order.organization)
            continue
        except errors.StoredFailure:  # its key is given up; nobody has the address of what it may have opened
            continue
        if page is not None:
            return page
        _close(attempt)
    raise errors.Busy


def close(organization: Organization) -> None:
    """Let nobody pay on a page any more that was opened for the organization; without one this does nothing.

    Those of higher rooms are closed too. If somebody has just paid there, their subscription is mirrored. Raises
    `Unavailable`, and then it may be open.
    """
    signals.pages_closing.send(sender=Organization, organization=organization)
    attempt = _open(organization)
    if attempt is not None:
        _close(attempt)


def settle(attempt: Attempt) -> None:
    """Ask Stripe what became of a page, and mirror it with what it made. One call; a second time changes nothing."""
    if not attempt.result or attempt.state != Attempt.State.OPEN:
        return
    try:
        answer = gateway.checkout.fetch(attempt.result)
    except errors.NotFound:
        Attempt.objects.open().filter(pk=attempt.pk).fail("gone")
        return
    for made in (answer.data, *(answer.data.get(name) for name in gateway.checkout.MADE)):
        if isinstance(made, dict):
            mirror.record(mirror.of_answer(answer, made), attempt.organization_id)
    end(attempt.key, answer.data["status"], id_of(answer.data.get("subscription")))


def end(reference: str, status: str, subscription: str) -> None:
    """A page was paid (`complete`) or closed (`expired`): its attempt ends. No call."""
    attempts = Attempt.objects.open().filter(kind=Attempt.Kind.CHECKOUT, key=reference)
    if status == "complete":
        attempts.finish(subscription)
    elif status == "expired":
        attempts.fail("expired")


def come_back(organization: Organization, session_id: str) -> None:
    """A buyer comes from the page: see what became of it. Raises `NotFound` for a session that is not theirs."""
    session_id = session_id.replace("\0", "")  # PostgreSQL cannot even look for that
    sessions = MirroredObject.objects.filter(kind="checkout.session", organization=organization)
    if not sessions.filter(stripe_id=session_id).exists():
        raise errors.NotFound
    attempt = _open(organization)
    if attempt is not None and attempt.result == session_id:
        settle(attempt)


def _open(organization: Organization) -> Attempt | None:
    return organization.attempts.open().filter(kind=Attempt.Kind.CHECKOUT).first()


def _begin(order: Order) -> Attempt:
    """The attempt under way, whatever it is for, or a new one for this order, committed before Stripe is called."""
    organization = order.organization
    with transaction.atomic():
        access.lock(organization.pk)
        if StripeSubscription.objects.of(organization) is not None:
            raise errors.AlreadySubscribed
        direct = organization.attempts.open().filter(kind=Attempt.Kind.SUBSCRIPTION).first()
        if direct is not None:
            purchases.give_up(direct)
        if found := _open(organization):
            return found
        if organization.subscriptions.unfinished().exists():
            raise errors.PurchaseUnderWay
        expires = int((timezone.now() + LIFETIME).timestamp())
        more: dict[str, Any] = {"expires_at": expires, "locale": locales.current()}
        return purchases.store(order, Attempt.Kind.CHECKOUT, **more)


def _is_for(attempt: Attempt, order: Order) -> bool:
    same_customer = attempt.parameters["customer"] == order.organization.stripe_customer_id
    return same_customer and order.matches(attempt) and timezone.now() + TOO_LATE < _expiry(attempt)


def _page_of(attempt: Attempt) -> Page | None:
    """Its page, opened if it was not; None when that is closed. Raises what Stripe refuses, and then it is given up."""
    answer = gateway.checkout.fetch(attempt.result) if attempt.result else _open_at_stripe(attempt)
    mirror.record(mirror.of_answer(answer), attempt.organization_id)
    if answer.data["status"] != "open":
        return None
    return Page(answer.data["id"], answer.data["url"], _expiry(attempt))


def _open_at_stripe(attempt: Attempt) -> Answer:
    """Open its page, or hear again of the one that was opened: the key is the attempt's."""
    wanted: dict[str, Any] = {**attempt.parameters}
    wanted.pop("payment_method")
    back = f"{settings.BASE_URL}{reverse('checked-out')}?session_id={{CHECKOUT_SESSION_ID}}"
    try:
        answer = gateway.checkout.open_subscription(
            **wanted,
            reference=attempt.key,
            success_url=back,
            cancel_url=settings.BASE_URL + reverse("pricing"),
            key=attempt.key,
        )
    except errors.BillingError as error:
        if not isinstance(error, errors.Unavailable) or isinstance(error, errors.StoredFailure):
            Attempt.objects.open().filter(pk=attempt.pk).fail(error.code)
        raise
    Attempt.objects.open().filter(pk=attempt.pk).update(result=answer.data["id"])
    attempt.result = answer.data["id"]
    return answer


def _close(attempt: Attempt) -> None:
    if not attempt.result and not _learn(attempt):
        return
    try:
        answer = gateway.checkout.expire(attempt.result, key=f"{attempt.result}:expire")
    except (errors.Invalid, errors.NotFound):  # it is paid, or closed already
        settle(attempt)
    else:
        mirror.record(mirror.of_answer(answer), attempt.organization_id)
        end(attempt.key, answer.data["status"], "")
    for left in attempt.organization.subscriptions.unfinished().filter(attempt_key=attempt.key):
        purchases.withdraw(left)  # a card was declined on the page


def _learn(attempt: Attempt) -> bool:
    """Which page it opened, if the answer was lost. Whether there is one to close."""
    if attempt.is_stale or timezone.now() > _expiry(attempt):
        Attempt.objects.open().filter(pk=attempt.pk).fail("expired")
        return False
    try:
        _open_at_stripe(attempt)
    except errors.Unavailable as error:
        if not isinstance(error, errors.StoredFailure):
            raise
        return False
    except errors.BillingError:  # it never opened one
        return False
    return True


def _expiry(attempt: Attempt) -> datetime:
    return datetime.fromtimestamp(attempt.parameters["expires_at"], UTC)
