"""API keys, and the client applications that hold tokens: shown, and revoked, never made or changed here. Neither a
key nor its hash is shown."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import keys, tokens
from accounts.admin.records import ReadOnlyAdmin
from accounts.models import ApiKey, TokenSession

FIELDS = ("organization", "user", "scope", "created", "expires", "revoked")


class CredentialAdmin(ReadOnlyAdmin):
    """Looking is for who may view; revoking for who may change."""

    list_filter = ("scope", ("revoked", admin.EmptyFieldListFilter))
    list_select_related: ClassVar[tuple[str, ...]] = ("organization", "user")
    search_fields: ClassVar[tuple[str, ...]] = ("organization__name", "user__email")
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request)

    @admin.action(description=_("Revoke what is selected"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        """It opens nothing any more. Noted in the admin's log."""
        for credential in chosen.filter(revoked=None):
            self.end(credential)
            self.log_change(request, credential, gettext("Revoked."))

    def end(self, credential: Any) -> None:
        raise NotImplementedError


@admin.register(ApiKey)
class ApiKeyAdmin(CredentialAdmin):
    list_display = ("name", "prefix", *FIELDS, "last_used")
    fields = list_display
    search_fields = ("name", "prefix", *CredentialAdmin.search_fields)

    def end(self, credential: ApiKey) -> None:
        keys.revoke(credential)


@admin.register(TokenSession)
class TokenSessionAdmin(CredentialAdmin):
    list_display = ("id", *FIELDS, "key", "refreshed")
    fields = list_display
    list_select_related = (*CredentialAdmin.list_select_related, "key")

    def end(self, credential: TokenSession) -> None:
        tokens.end(credential)
