"""Invoices, a page at a time, newest first: `GET /api/billing/invoices/`. For whoever may see them on the page."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import organizations
from billing.api.endpoint import Endpoint
from billing.api.shapes import CENTS
from billing.models import StripeInvoice
from config import paging
from config.description import describe


class InvoiceShape(serializers.Serializer[Any]):
    """One invoice, in the smallest unit of its currency. Negative amounts are credit."""

    id = serializers.CharField()
    number = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(["open", "paid", "uncollectible"])
    reason = serializers.CharField(allow_blank=True, help_text=_("Stripe's word: `subscription_create`, ..."))
    currency = serializers.CharField()
    total = serializers.IntegerField(help_text=CENTS)
    amount_paid = serializers.IntegerField(help_text=CENTS)
    amount_remaining = serializers.IntegerField(help_text=CENTS)
    created = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField(
        allow_blank=True, help_text=_("Its page at Stripe, on which an open one is paid.")
    )
    pdf = serializers.CharField(allow_blank=True)


class InvoicePage(paging.Page):
    results = InvoiceShape(many=True)


EXAMPLE: dict[str, Any] = {
    "results": [
        {
            "id": "in_1QbYw2LkdIwHu7ixP0aa",
            "number": "7D6A1E2B-0001",
            "status": "paid",
            "reason": "subscription_create",
            "currency": "usd",
            "total": 2000,
            "amount_paid": 2000,
            "amount_remaining": 0,
            "created": "2027-01-15T12:00:00Z",
            "paid_at": "2027-01-15T12:00:00Z",
            "url": "https://invoice.stripe.com/i/acct_1/test_1",
            "pdf": "https://pay.stripe.com/invoice/acct_1/test_1/pdf",
        }
    ],
    "next": None,
}


class SeesInvoices(BasePermission):
    """For whom the billing page shows invoices."""

    message = _("Only the owners and admins of your organization can do this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        organization = organizations.current(request)
        return organization is not None and organizations.may_see_invoices(request.user, organization)  # type: ignore[arg-type]


class Invoices(Endpoint):
    """Those that were sent: no drafts, and none that was withdrawn."""

    permission_classes = [IsAuthenticated, SeesInvoices]

    @describe(
        _("Invoices"),
        answers=InvoicePage,
        example=EXAMPLE,
        query=paging.PARAMETERS,
    )
    def get(self, request: Request) -> Response:
        """From our own rows. What comes in meanwhile shifts nothing: a page begins behind the last invoice seen."""
        limit, cursor = paging.read(request)
        found = self.organization().invoices.shown()
        if cursor is not None:
            found = found.behind(self._seen(cursor))
        page = list(found[: limit + 1])
        return Response(paging.answer(request, page, limit, show=_of, name=lambda last: last.stripe_id))

    def _seen(self, cursor: str) -> StripeInvoice:
        last = self.organization().invoices.filter(stripe_id=cursor).first()
        if last is None:
            raise paging.refuse()
        return last


def _of(invoice: StripeInvoice) -> dict[str, Any]:
    return {
        "id": invoice.stripe_id,
        "number": invoice.number,
        "status": invoice.status,
        "reason": invoice.billing_reason,
        "currency": invoice.currency,
        "total": invoice.total,
        "amount_paid": invoice.amount_paid,
        "amount_remaining": invoice.amount_remaining,
        "created": invoice.created,
        "paid_at": invoice.paid_at,
        "url": invoice.hosted_url,
        "pdf": invoice.pdf_url,
    }
