"""Organizations for staff. What was bought is shown, never edited, here."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization
from accounts.tiers import Access


class NotDeleted:
    """People and payers are closed, not deleted: what they bought hangs on them."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembersInline(admin.TabularInline):
    """Who is a member; to change that, go to the memberships."""

    model = Membership
    fields = readonly_fields = ("user", "role", "created")
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Organization)
class OrganizationAdmin(NotDeleted, admin.ModelAdmin):
    list_display = ("name", "personal", "present_tier", "until", "stripe_customer_id", "created", "closed")
    list_filter = ("tier", "personal", ("closed", admin.EmptyFieldListFilter))
    search_fields = ("name", "email", "stripe_customer_id")
    readonly_fields = (
        "personal",
        "access_timeline",
        "tier",
        "tier_until",
        "stripe_customer_id",
        "created",
        "closed",
    )
    fields = ("name", "email", *readonly_fields)
    inlines = (MembersInline,)

    @admin.display(description=_("tier"), ordering="tier")
    def present_tier(self, organization: Organization) -> str:
        """As gates see it: the column, which filters use, is of when the timeline was written."""
        return str(organization.current_access().tier.label)

    @admin.display(description=_("tier until"), ordering="tier_until")
    def until(self, organization: Organization) -> datetime | None:
        return organization.current_access().until

    @admin.display(description=_("access"))
    def access_timeline(self, organization: Organization) -> SafeString | str:
        """The timeline, a line per segment: each begins where the one before it ends."""
        segments = [Access.from_json(segment) for segment in organization.access]
        if not segments:
            return str(_("Free"))
        lines = format_html_join("", "<li>{}</li>", ((_line(segment),) for segment in segments))
        return format_html("<ol>{}</ol>", lines)


def _line(access: Access) -> str:
    until = f"{access.until:%Y-%m-%d %H:%M} UTC" if access.until else _("without end")
    unlimited = _("unlimited")
    limits = (f"{name}: {unlimited if limit is None else limit}" for name, limit in access.limits.items())
    parts = (access.tier.label, until, access.why, ", ".join(sorted(access.features)), ", ".join(limits))
    return " · ".join(str(part) for part in parts if part)
