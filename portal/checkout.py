"""Paying a sale: Stripe's hosted Checkout is opened once for it, and what came of it is read back."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization
from billing import access, checkouts, customers, gateway, locales, mirror
from billing import errors as refused
from billing.gateway.client import Answer
from billing.models import MirroredObject, StripeInvoice, StripeSubscription
from billing.models.attempts import new_key
from portal import debits, errors, links, sales, tax, years
from portal.countries import TaxBy
from portal.models import Sale
from portal.models.sales import SESSION_LIFETIME

logger = structlog.get_logger(__name__)

# A session that closes so soon is not handed out any more: entering a card takes a while.
TOO_LATE = timedelta(minutes=45)


def open_page(sale: Sale) -> str:
    """The address of Stripe's page on which the sale is paid. The same session for every click, until it closes.

    Raises `AlreadyPaid`, `PaymentUnderWay`, `Withdrawn`, `OutOfDate`, `AlreadySubscribed`, `Unavailable`.
    """
    sale.refresh_from_db()
    closed = sale.session_id
    if closed and (url := _continue(sale)):
        return url
    _refuse(sale)
    _take_key(sale, closed)
    try:
        return _open(sale)
    except refused.CustomerGone:
        customers.forget(sale.organization)
        sales.introduce(sale)
    except refused.NotFound:
        tax.forget(sale)
    except (refused.KeyReused, refused.StoredFailure):
        pass
    _take_key(sale, closed, given_up=sale.session_key)
    return _open(sale)


def _continue(sale: Sale) -> str:
    """The page of the session that was opened before; empty when another is needed."""
    session = settle(sale, sale.session_id)
    closes_soon = timezone.now() + TOO_LATE > _opened(sale) + SESSION_LIFETIME
    if session["status"] == "open" and not closes_soon:
        return str(session["url"])
    if session["status"] == "open":
        _close(sale)
    return ""


def close(organization: Organization, **signal: Any) -> None:
    """Nobody pays a sale of theirs any more: something else is sold to them, or they are closed. The sale stays.

    What was just paid is fulfilled. Raises `Unavailable`.
    """
    sale = organization.sales.unpaid().exclude(session_id="").select_related("organization").first()
    if sale is None:
        return
    try:
        if settle(sale, sale.session_id)["status"] == "open":
            _close(sale)
    except refused.Invalid:  # paid in this very moment
        settle(sale, sale.session_id)
    except refused.NotFound:  # as in another account
        return


def _close(sale: Sale) -> None:
    answer = gateway.checkout.expire(sale.session_id, key=f"{sale.session_id}:expire")
    mirror.record(mirror.of_answer(answer), sale.organization_id)


def _refuse(sale: Sale) -> None:
    """Raises what stands in the way of paying."""
    sale.refresh_from_db()
    if sale.status == Sale.Status.PAID:
        raise errors.AlreadyPaid
    if sale.status == Sale.Status.PENDING:
        raise errors.PaymentUnderWay
    if sale.status == Sale.Status.WITHDRAWN or sale.organization.closed:
        raise errors.Withdrawn
    if not sales.offer_again(sale).is_of(sale):
        raise errors.OutOfDate
    debits.clear(sale)
    checkouts.close(sale.organization)
    if StripeSubscription.objects.of(sale.organization) is not None:
        raise refused.AlreadySubscribed


def _open(sale: Sale) -> str:
    answer = gateway.checkout.open_subscription(**_parameters(sale), key=sale.session_key)
    session = answer.data
    if session["status"] != "open" or not session["url"]:  # the answer to an earlier call with this key
        raise refused.KeyReused
    mirror.record(mirror.of_answer(answer), sale.organization_id)
    Sale.objects.filter(pk=sale.pk, session_key=sale.session_key).update(session_id=session["id"])
    sale.session_id = session["id"]
    return str(session["url"])


def _take_key(sale: Sale, closed: str, *, given_up: str = "") -> None:
    """The idempotency key under which the session is made, stored before the call.

    Another one after the session that is `closed`, after a key that was `given_up`, and when it is so old that what it
    may have made closes soon.
    """
    with transaction.atomic():
        locked = Sale.objects.select_for_update(no_key=True).get(pk=sale.pk)
        begun = locked.session_begun
        is_old = begun is None or timezone.now() + TOO_LATE > begun + SESSION_LIFETIME
        is_spent = bool(closed) and locked.session_id == closed
        if is_old or is_spent or locked.session_key == given_up:
            locked.session_key, locked.session_id, locked.session_begun = new_key(), "", timezone.now()
            if locked.status == Sale.Status.REFUSED:
                locked.status = Sale.Status.OPEN
            locked.save(update_fields=["status", "session_key", "session_id", "session_begun"])
    sale.session_key, sale.session_id = locked.session_key, locked.session_id
    sale.session_begun = locked.session_begun


def _parameters(sale: Sale) -> dict[str, Any]:
    return {
        "customer": customers.ensure(sale.organization),
        "price": sale.price_id,
        "plan": sale.plan,
        "reference": sale.reference,
        "tax_rate": tax.rate_of(sale),
        "automatic_tax": sales.country_of(sale).tax_by is TaxBy.STRIPE,
        "locale": locales.of(sale.language),
        "success_url": links.success_page(sale),
        "cancel_url": links.checkout_page(sale),
        "expires_at": int((_opened(sale) + SESSION_LIFETIME).timestamp()),
    }


def _opened(sale: Sale) -> datetime:
    return sale.session_begun or timezone.now()


def settle(sale: Sale, session: str) -> dict[str, Any]:
    """Ask Stripe what became of a session, mirror it with what it made, and let that have its effects; returns it.

    One call, and the same effects as the webhooks', once. Raises `NotFound` for a session that is not the sale's.
    """
    if not session or session != sale.session_id:
        raise refused.NotFound
    answer = gateway.checkout.fetch(session)
    if answer.data["client_reference_id"] != sale.reference:
        raise refused.NotFound
    guards = [mirror.record(mirror.of_answer(answer), sale.organization_id)]
    guards += [mirror.record(made, sale.organization_id) for made in _made(answer)]
    with transaction.atomic():
        completed(guards[0])
        for guard in guards:
            if guard.kind == "invoice":
                years.add(guard)
    return answer.data


def _made(answer: Answer) -> list[mirror.Statement]:
    found = [answer.data.get(name) for name in ("subscription", "invoice")]
    return [mirror.of_answer(answer, made) for made in found if isinstance(made, dict)]


def completed(guard: MirroredObject) -> None:
    """A buyer has come through Checkout: the sale knows its subscription, and whether the bank has still to answer.

    In a transaction; a second time changes nothing.
    """
    sale = _lock(guard)
    if sale is None or guard.data.get("status") != "complete":
        return
    sale.subscription_id = guard.data["subscription"]
    if sale.status == Sale.Status.OPEN and guard.data["payment_status"] == "unpaid":
        sale.status = Sale.Status.PENDING
    sale.save(update_fields=["subscription_id", "status"])
    # Its event may have come before anything told whose it is.
    invoice = guard.data["invoice"]
    if StripeInvoice.objects.filter(stripe_id=invoice, status=StripeInvoice.Status.PAID).exists():
        years.add(MirroredObject.objects.get(stripe_id=invoice))


def failed(guard: MirroredObject) -> Sale | None:
    """A bank has refused after days: the sale can be paid again. Returns it, if that is news. In a transaction."""
    sale = _lock(guard)
    return sale if sale is not None and debits.refuse(sale) else None


def _lock(guard: MirroredObject) -> Sale | None:
    """The sale that the session is about; one that is not of the same organization is none. As in `years`."""
    if guard.organization_id is None:
        return None
    access.lock(guard.organization_id)
    sales_ = Sale.objects.select_for_update(no_key=True, of=("self",)).select_related("organization")
    reference = guard.data.get("client_reference_id") or ""
    return sales_.filter(
        reference=reference, organization=guard.organization_id, session_id=guard.stripe_id
    ).first()
