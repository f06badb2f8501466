"""An organization's billing page in the admin: everything at a glance, and a button that compares it with Stripe."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from accounts.admin import OrganizationAdmin
from accounts.models import Organization
from billing import errors, gateway, reconcile
from billing.admin import glance

admin.site.unregister(Organization)


@admin.register(Organization)
class PayerAdmin(OrganizationAdmin):
    """The organization's own page, with a way to its billing."""

    change_form_template = "admin/billing/organization.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.billing)
        return [path("<path:object_id>/billing/", view, name="billing_organization"), *super().get_urls()]

    def billing(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Everything at a glance. A POST compares the organization with Stripe first, and mends what differs."""
        organization = self.get_object(request, unquote(object_id))
        if organization is None:
            raise Http404
        if not self.has_view_permission(request, organization):
            raise PermissionDenied
        if request.method == "POST":
            return self.compare(request, organization)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Billing of %(name)s") % {"name": organization.name},
            "opts": self.opts,
            "organization": organization,
            "customers": [
                (glance.at_stripe("customer", one.stripe_id), one) for one in organization.customers.all()
            ],
            "sections": glance.sections(organization),
            "is_current": glance.is_current(organization),
            "may_compare": self.has_change_permission(request, organization) and gateway.client.is_on(),
        }
        return TemplateResponse(request, "admin/billing/glance.html", context)

    def compare(self, request: HttpRequest, organization: Organization) -> HttpResponse:
        if not self.has_change_permission(request, organization):
            raise PermissionDenied
        run = reconcile.begin(organization=organization, mends=True)
        try:
            reconcile.carry_out(run)
        except errors.BillingError as error:
            messages.error(request, str(error.detail))
        else:
            found, left = run.differences.count(), run.differences.left().count()
            text = _("Compared with Stripe: %(compared)s. Differences: %(found)s. Mended: %(mended)s.")
            level = messages.WARNING if left else messages.SUCCESS
            words = {"compared": run.compared, "found": found, "mended": found - left}
            messages.add_message(request, level, text % words)
        return redirect("admin:billing_organization", organization.pk)
