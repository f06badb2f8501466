"""Users, organizations and memberships for staff. What was bought is shown, never edited, here."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import organizations
from accounts.forms import StaffSignInForm
from accounts.models import Membership, Organization, User
from accounts.tiers import Access

admin.site.login_form = StaffSignInForm
admin.site.unregister([SocialApp, SocialToken])  # keys are in the environment, and tokens are not kept


class NotDeleted:
    """People and payers are closed, not deleted: what they bought hangs on them."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class PersonAdmin(NotDeleted, UserAdmin):
    add_form = AdminUserCreationForm
    form = UserChangeForm
    ordering = ("email",)
    list_display = ("email", "name", "current_organization", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff", "is_superuser")
    list_select_related = ("current_organization",)
    search_fields = ("email", "name")
    readonly_fields = ("current_organization", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (_("Organization"), {"fields": ("current_organization",)}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """With a new address the old one opens the account no more."""
        super().save_model(request, obj, form, change)
        EmailAddress.objects.filter(user=obj).exclude(email=obj.email).delete()


class MembersInline(admin.TabularInline):
    """Who is a member; to change that, go to the memberships."""

    model = Membership
    fields = readonly_fields = ("user", "role", "created")
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Organization)
class OrganizationAdmin(NotDeleted, admin.ModelAdmin):
    list_display = ("name", "personal", "tier", "tier_until", "stripe_customer_id", "created")
    list_filter = ("tier", "personal")
    search_fields = ("name", "email", "stripe_customer_id")
    fields = (
        "name",
        "email",
        "personal",
        "access_timeline",
        "tier",
        "tier_until",
        "stripe_customer_id",
        "created",
    )
    readonly_fields = ("personal", "access_timeline", "tier", "tier_until", "stripe_customer_id", "created")
    inlines = (MembersInline,)

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
    limits = (
        f"{name}: {_('unlimited') if limit is None else limit}" for name, limit in access.limits.items()
    )
    parts = (access.tier.label, until, access.why, ", ".join(sorted(access.features)), ", ".join(limits))
    return " · ".join(str(part) for part in parts if part)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ("user", "organization", "role", "created")
    list_filter = ("role",)
    list_select_related = ("user", "organization")
    search_fields = ("user__email", "user__name", "organization__name")
    autocomplete_fields = ("user", "organization")
    fields = ("user", "organization", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("user", "organization") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """Nobody loses their personal organization."""
        return super().has_delete_permission(request, obj) and not (obj and obj.organization.personal)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            made = organizations.join(obj.user, obj.organization, Membership.Role(obj.role))
            obj.pk = made.pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        organizations.leave(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for membership in queryset.select_related("user", "organization"):
            organizations.leave(membership)
