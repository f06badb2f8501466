"""Sales that are paid, or refused by a bank, and nobody told us: what the webhook would have done is done now."""

from collections.abc import Iterator
from functools import partial

from django.db import transaction

from billing import gateway
from billing.models import Difference, MirroredObject, StripeInvoice, StripeSubscription
from billing.reconcile.checks import Check, Finding, Scope, Step
from portal import debits, years
from portal.models import Receipt, Sale


def checks() -> list[Check]:
    """After those of invoices and subscriptions, so that their rows are right."""
    return [Check("sale", _find_paid), Check("debit", _find_refused)]


def _find_paid(scope: Scope, cursor: str) -> Iterator[Step]:
    """Paid invoices of subscriptions that sales made, and that have no receipt."""
    sold = StripeSubscription.objects.filter(attempt_key__in=Sale.objects.values("reference"))
    known = Receipt.objects.filter(kind=Receipt.Kind.RECEIPT).values("stripe_id")
    paid = StripeInvoice.objects.filter(
        status=StripeInvoice.Status.PAID,
        deleted=False,
        subscription_id__in=sold.values("stripe_id"),
        **scope.narrow,
    )
    for invoice in paid.exclude(stripe_id__in=known).order_by("pk"):
        finding = Finding(
            "sale",
            invoice.stripe_id,
            invoice.organization_id,
            Difference.What.UNFINISHED,
            {"receipt": [None, invoice.number]},
            partial(_fulfil, invoice.stripe_id),
        )
        yield Step([finding], 1)


def _fulfil(invoice: str) -> None:
    guard = MirroredObject.objects.select_related("organization").get(stripe_id=invoice)
    with transaction.atomic():
        years.add(guard)


def _find_refused(scope: Scope, cursor: str) -> Iterator[Step]:
    """Sales that wait for a bank which has refused. Asks Stripe for each that waits."""
    for sale in Sale.objects.filter(status=Sale.Status.PENDING, **scope.narrow).order_by("pk"):
        invoices = StripeSubscription.objects.filter(stripe_id=sale.subscription_id)
        invoice = invoices.values_list("latest_invoice_id", flat=True).first()
        found = []
        if invoice and gateway.payments.last_decline(invoice):
            fields = {"status": [sale.status, Sale.Status.REFUSED.value]}
            mend = partial(_refuse, sale.pk)
            what = Difference.What.UNFINISHED
            found = [Finding("debit", invoice, sale.organization_id, what, fields, mend)]
        yield Step(found, 1)


def _refuse(sale: int) -> None:
    with transaction.atomic():
        debits.refuse(Sale.objects.select_for_update(no_key=True).get(pk=sale))
