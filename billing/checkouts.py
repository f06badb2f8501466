"""Buying a subscription on Stripe's own page, Checkout. What is bought there comes in by the mirror, as all else.

While somebody can pay on a page, whatever room opened it, an attempt is open for it, and nothing else can be bought:
`close` comes first, after which nobody can pay there. So there are never two ways to buy at once, and never two
subscriptions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization
from billing import access, customers, errors, gateway, locales, mirror, purchases, signals
from billing.gateway.client import Answer
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
    """Stripe's page for an order. The rows must be synchronized. See `open_for`; raises `NotOnSale` too."""
    return open_for(order.organization, lambda: _draft(order))


def open_for(organization: Organization, draft: Callable[[], Attempt]) -> Page:
    """Stripe's page for what is drafted; the same page for the same draft, until it closes. Every other one is closed.

    `draft` makes an attempt that is not stored yet, for the customer that the organization has when it is called; its
    parameters are those of `gateway.checkout.open_subscription`. Raises `AlreadySubscribed`, `PurchaseUnderWay`,
    `Unavailable`, and what Stripe refuses.
    """
    for _round in range(ROUNDS):
        try:
            customers.ensure(organization)
            wanted = draft()
            attempt = _begin(wanted)
            page = _page_of(attempt) if _is_for(attempt, wanted) else None
        except errors.CustomerGone:
            customers.forget(organization)
            continue
        except errors.StoredFailure:  # its key is given up; nobody has the address of what it may have opened
            continue
        if page is not None:
            return page
        _close(attempt)
    raise errors.Busy


def close(organization: Organization) -> None:
    """Let nobody pay on a page any more that was opened for the organization; without one this does nothing.

    If somebody has just paid there, their subscription is mirrored. Raises `Unavailable`, and then it may be open.
    """
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
    else:
        take_in(answer, attempt.organization_id)


def take_in(answer: Answer, organization: int) -> None:
    """Mirror what became of a page of an organization's, with what it made; rooms above hear of it (`checked_out`)."""
    guards = [mirror.record(mirror.of_answer(answer), organization)]
    for made in (answer.data.get(name) for name in gateway.checkout.MADE):
        if isinstance(made, dict):
            guards.append(mirror.record(mirror.of_answer(answer, made), organization))
    signals.checked_out.send(sender=Attempt, guards=guards)
    end(guards[0])


def end(session: MirroredObject) -> None:
    """A page was paid (`complete`) or closed (`expired`): its attempt ends. No call."""
    facts = session.data
    its = Q(result=session.stripe_id) | Q(key=facts.get("client_reference_id") or "")
    attempts = Attempt.objects.open().filter(its, kind=Attempt.Kind.CHECKOUT)
    if facts.get("status") == "complete":
        attempts.finish(facts.get("subscription") or "")
    elif facts.get("status") == "expired":
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


def _draft(order: Order) -> Attempt:
    return purchases.draft(order, Attempt.Kind.CHECKOUT, expires_at=closing(), locale=locales.current())


def closing() -> int:
    """When a page that is opened now closes, as Stripe takes it."""
    return int((timezone.now() + LIFETIME).timestamp())


def _begin(wanted: Attempt) -> Attempt:
    """The attempt under way, whatever it is for, or the one that is wanted, committed before Stripe is called."""
    organization = wanted.organization
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
        wanted.save()
    return wanted


def _is_for(attempt: Attempt, wanted: Attempt) -> bool:
    return _terms(attempt) == _terms(wanted) and timezone.now() + TOO_LATE < _expiry(attempt)


def _terms(attempt: Attempt) -> tuple[str, str, dict[str, Any]]:
    """What is bought, and by whom; not until when, nor in which language."""
    terms = {
        name: value for name, value in attempt.parameters.items() if name not in ("expires_at", "locale")
    }
    return attempt.plan, attempt.interval, terms


def _page_of(attempt: Attempt) -> Page | None:
    """Its page, opened if it was not; None when that is closed. Raises what Stripe refuses, and then it is given up."""
    answer = gateway.checkout.fetch(attempt.result) if attempt.result else _open_at_stripe(attempt)
    mirror.record(mirror.of_answer(answer), attempt.organization_id)
    is_ours = Attempt.objects.open().filter(pk=attempt.pk).exists()  # nobody has closed it meanwhile
    if answer.data["status"] != "open" or not is_ours:
        return None
    return Page(answer.data["id"], answer.data["url"], _expiry(attempt))


def _open_at_stripe(attempt: Attempt) -> Answer:
    """Open its page, or hear again of the one that was opened: the key is the attempt's."""
    wanted: dict[str, Any] = {
        "reference": attempt.key,
        "success_url": f"{settings.BASE_URL}{reverse('checked-out')}?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": settings.BASE_URL + reverse("pricing"),
        **attempt.parameters,
    }
    wanted.pop("payment_method", None)
    try:
        answer = gateway.checkout.open_subscription(**wanted, key=attempt.key)
    except errors.BillingError as error:
        if not error.leaves_open:
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
        end(mirror.record(mirror.of_answer(answer), attempt.organization_id))
    for left in attempt.organization.subscriptions.unfinished().filter(attempt_key=attempt.key):
        purchases.withdraw(left)  # a card was declined on the page


def _learn(attempt: Attempt) -> bool:
    """Which page it opened, if the answer was lost. Whether there is one to close."""
    if attempt.is_stale or timezone.now() > _expiry(attempt):
        Attempt.objects.open().filter(pk=attempt.pk).fail("expired")
        return False
    try:
        _open_at_stripe(attempt)
    except errors.BillingError as error:
        if error.leaves_open:
            raise
        return False  # it never opened one, or nobody has its address
    return True


def _expiry(attempt: Attempt) -> datetime:
    return datetime.fromtimestamp(attempt.parameters["expires_at"], UTC)
