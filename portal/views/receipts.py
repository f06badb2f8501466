"""The papers of an organization: listed and downloaded by its owners and admins, also after its plan has ended."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts import errors, organizations
from accounts.models import Organization
from accounts.organization_pages import MemberRequest, for_members
from portal import links, receipts
from portal.models import Receipt

PER_PAGE = 50


@require_safe
@for_members
def papers(request: MemberRequest) -> HttpResponse:
    """The papers of the organization that one acts for."""
    organization = organizations.current(request)
    if organization is None or not organizations.may_see_invoices(request.user, organization):
        raise errors.NotAllowedError
    page = Paginator(organization.receipts.all(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"organization": organization, "page": page, "renewal_page": _renewal_page(organization)}
    return render(request, "portal/receipts.html", context)


def _renewal_page(organization: Organization) -> str:
    """Where its annual plan stands and is renewed; empty if it never had one."""
    country = organization.sales.paid().order_by("pk").values_list("country", flat=True).last()
    return links.open_renewal_page(organization.pk, country) if country else ""


@require_safe
@for_members
def paper(request: MemberRequest, public_id: str) -> HttpResponse:
    """A paper as a PDF. Found by an id that nobody can guess, and a 404 to whoever may not see it."""
    receipt = Receipt.objects.select_related("organization").filter(public_id=public_id).first()
    if receipt is None or not organizations.may_see_invoices(request.user, receipt.organization):
        raise Http404
    return as_pdf(receipt, as_attachment=True)


def as_pdf(receipt: Receipt, *, as_attachment: bool = False) -> HttpResponse:
    """The paper as a PDF, to be looked at or to be kept."""
    disposition = content_disposition_header(as_attachment, receipt.filename) or ""
    return HttpResponse(
        receipts.pdf(receipt), content_type="application/pdf", headers={"Content-Disposition": disposition}
    )
