"""Paying a sale: Stripe's hosted Checkout is opened once for it, and what came of it is read back."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction

from billing import access, checkouts, customers, gateway, locales
from billing import errors as stripe_errors
from billing.catalogue import Interval
from billing.checkouts import Page
from billing.models import Attempt, MirroredObject, StripeInvoice
from portal import debits, errors, links, sales, tax, years
from portal.countries import TaxBy
from portal.models import Sale


def open_page(sale: Sale) -> str:
    """The address of Stripe's page on which the sale is paid. The same session for every click, until it closes.

    Raises `AlreadyPaid`, `PaymentUnderWay`, `Withdrawn`, `OutOfDate`, `AlreadySubscribed`, `PurchaseUnderWay`,
    `Unavailable`.
    """
    sale.refresh_from_db()
    if sale.session_id:
        settle(sale, sale.session_id)
    _refuse(sale)
    try:
        page = checkouts.open_for(sale.organization, partial(_draft, sale))
    except stripe_errors.NotFound:
        tax.forget(sale)
        page = checkouts.open_for(sale.organization, partial(_draft, sale))
    _remember(sale, page)
    return page.url


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


def _remember(sale: Sale, page: Page) -> None:
    """The sale's session, as long as somebody can pay there. Raises `Busy` if another click was quicker to close it."""
    here = sale.organization.attempts.open().filter(result=page.session_id)
    with transaction.atomic():
        access.lock(sale.organization_id)
        if not here.exists():
            raise stripe_errors.Busy
        sales_ = Sale.objects.filter(pk=sale.pk)
        sales_.update(session_id=page.session_id)
        sales_.filter(status=Sale.Status.REFUSED).update(status=Sale.Status.OPEN)
    sale.refresh_from_db(fields=["session_id", "status"])


def _draft(sale: Sale) -> Attempt:
    if not sale.organization.stripe_customer_id:  # it was deleted at Stripe
        sales.introduce(sale)
    parameters = {
        "customer": customers.ensure(sale.organization),
        "price": sale.price_id,
        "plan": sale.plan,
        "reference": sale.reference,
        "tax_rate": tax.rate_of(sale),
        "automatic_tax": sales.country_of(sale).tax_by is TaxBy.STRIPE,
        "locale": locales.of(sale.language),
        "success_url": links.success_page(sale),
        "cancel_url": links.checkout_page(sale),
        "expires_at": checkouts.closing(),
    }
    return Attempt(
        kind=Attempt.Kind.CHECKOUT,
        organization=sale.organization,
        plan=sale.plan,
        interval=Interval.YEAR,
        parameters=parameters,
    )


def settle(sale: Sale, session: str) -> None:
    """Ask Stripe what became of a session, mirror it with what it made, and let that have its effects.

    One call, and the same effects as the webhooks', once. Raises `NotFound` for a session that is not the sale's.
    """
    if not session or session != sale.session_id:
        raise stripe_errors.NotFound
    answer = gateway.checkout.fetch(session)
    if answer.data["client_reference_id"] != sale.reference:
        raise stripe_errors.NotFound
    checkouts.take_in(answer, sale.organization_id)


def came_through(guards: Sequence[MirroredObject], **signal: Any) -> None:
    """Stripe was asked what became of a page: the same follows as from its events."""
    with transaction.atomic():
        for guard in guards:
            if guard.kind == "checkout.session":
                completed(guard)
            if guard.kind == "invoice":
                years.add(guard)


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
