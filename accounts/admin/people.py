"""Users, memberships and invitations for staff."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import memberships, organizations
from accounts.admin.payers import NotDeleted
from accounts.errors import OrganizationError
from accounts.forms import StaffSignInForm
from accounts.models import Invitation, Membership, User
from accounts.roles import Role

admin.site.login_form = StaffSignInForm
admin.site.unregister([SocialApp, SocialToken])  # keys are in the environment, and tokens are not kept


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
        if "is_active" in form.changed_data and not obj.is_active:
            for organization in organizations.left_alone_by(obj):
                text = _("Nobody is left who acts for %(organization)s. What it pays for goes on.")
                self.message_user(request, text % {"organization": organization}, messages.WARNING)


class MembershipForm(ModelForm):
    """Staff may do what owners may, and as little as they leave an organization without an owner."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        membership: Membership = self.instance
        organization = cleaned.get("organization") or (membership.pk and membership.organization)
        try:
            if organization and not membership.pk:
                organizations.refuse_personal(organization)
            if membership.pk and cleaned.get("role") != Role.OWNER:
                organizations.keep_an_owner(Membership.objects.get(pk=membership.pk))
        except OrganizationError as error:
            raise ValidationError(str(error.message), error.code) from error
        return cleaned


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    form = MembershipForm
    list_display = ("user", "organization", "role", "created")
    list_filter = ("role",)
    list_select_related = ("user", "organization")
    search_fields = ("user__email", "user__name", "organization__name")
    autocomplete_fields = ("user", "organization")
    fields = ("user", "organization", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("user", "organization") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """Nobody loses their personal organization, and no organization its last owner."""
        allowed = super().has_delete_permission(request, obj)
        if not allowed or obj is None:
            return allowed
        try:
            organizations.refuse_personal(obj.organization)
            organizations.keep_an_owner(obj)
        except OrganizationError:
            return False
        return True

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        role = Role(obj.role)
        if change:
            memberships.set_role(obj, role)
        else:
            obj.pk = organizations.join(obj.user, obj.organization, role).pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        organizations.leave(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for membership in queryset.select_related("user", "organization"):
            try:
                organizations.leave(membership)
            except OrganizationError as error:
                self.message_user(request, f"{membership}: {error.message}", messages.ERROR)


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    """Who was invited by whom, and whether they came. Read-only: links are made and mailed by members."""

    list_display = ("email", "organization", "role", "invited_by", "sent", "expires", "accepted")
    list_filter = ("role", ("accepted", admin.EmptyFieldListFilter))
    list_select_related = ("organization", "invited_by")
    search_fields = ("email", "organization__name")
    fields = (*list_display, "accepted_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False
