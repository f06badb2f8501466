"""Sales that are paid at Stripe and that nobody told us of: they are fulfilled as the webhook would have done it."""

from collections.abc import Iterator
from functools import partial

from django.db import transaction

from billing.models import Difference, MirroredObject, StripeInvoice, StripeSubscription
from billing.reconcile.checks import Check, Finding, Scope, Step
from portal import years
from portal.models import Receipt, Sale


def check() -> Check:
    """After those of invoices and subscriptions, so that their rows are right."""
    return Check("sale", _find)


def _find(scope: Scope, cursor: str) -> Iterator[Step]:
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
            partial(_mend, invoice.stripe_id),
        )
        yield Step([finding], 1)


def _mend(invoice: str) -> None:
    guard = MirroredObject.objects.select_related("organization").get(stripe_id=invoice)
    with transaction.atomic():
        years.add(guard)
