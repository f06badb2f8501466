"""A renewal whose payment failed: which invoice, why, and where it can be paid."""

from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.models import Organization
from billing import declines
from billing.models import MirroredObject, StripeInvoice


@dataclass(frozen=True, slots=True)
class Overdue:
    """An open invoice that Stripe has tried to collect. `why` is a sentence."""

    invoice: StripeInvoice
    why: str | Promise


def of(organization: Organization) -> Overdue | None:
    """The newest failed payment of an organization; neither a first purchase nor a change that was not
    finished is one. Two queries.
    """
    failed = organization.invoices.awaited().filter(attempt_count__gt=0)
    failed = failed.exclude(stripe_id__in=organization.subscriptions.invoices_of_changes())
    invoice = failed.exclude(billing_reason="subscription_create").order_by("-created").first()
    return Overdue(invoice, declines.why(_failure(organization))) if invoice else None


def _failure(organization: Organization) -> str:
    """Why the newest payment of the organization failed, as Stripe's code."""
    payments = MirroredObject.objects.filter(organization=organization, kind="payment_intent", gone=False)
    newest = payments.order_by("-as_of", "-pk").first()
    return newest.data.get("failure", "") if newest else ""
