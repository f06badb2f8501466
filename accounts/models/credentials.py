"""What programs call the API with: keys, and the tokens of client applications. Both act for one organization, with
the role that their user has in it.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Organization, User


class Scope(models.TextChoices):
    """What a key or a token is good for."""

    READ = "read", _("Read")
    WRITE = "write", _("Read and write")


class Credential(models.Model):
    """Valid until it is revoked or expires, or until its user is no member any more."""

    user = models.ForeignKey(User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(_("scope"), max_length=8, choices=Scope, default=Scope.READ)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def may_write(self) -> bool:
        return self.scope == Scope.WRITE

    @property
    def is_live(self) -> bool:
        return self.revoked is None and not self.is_expired

    @property
    def is_expired(self) -> bool:
        return self.expires is not None and self.expires <= timezone.now()


# The user is active, and a member of the organization, which is not closed.
OF_A_MEMBER = Q(organization__memberships__user=F("user"), organization__closed=None, user__is_active=True)


def _lives(now: datetime, prefix: str = "") -> Q:
    """Neither revoked nor expired at `now`."""
    unending = Q(**{f"{prefix}expires": None}) | Q(**{f"{prefix}expires__gt": now})
    return Q(**{f"{prefix}revoked": None}) & unending


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Questions about many keys."""

    def live(self) -> Self:
        return self.filter(_lives(timezone.now()))

    def of_members(self) -> Self:
        """Those whose user is still let in, with all that a request asks of them. One query; perhaps they are dead."""
        return self.filter(OF_A_MEMBER).select_related("user", "organization")


class ApiKey(Credential):
    """A program's way in. The key itself was shown once; here is its hash, and its beginning to know it by."""

    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=16)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    last_used = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"


class TokenSessionQuerySet(models.QuerySet["TokenSession"]):
    """Questions about many."""

    def live(self) -> Self:
        """Those that are not over, and whose key, if they come from one, is not either."""
        now = timezone.now()
        return self.filter(_lives(now), Q(key=None) | _lives(now, "key__"))

    def of_members(self) -> Self:
        """Those whose user is still let in, with all that a request asks of them. One query; perhaps they are dead."""
        return self.filter(OF_A_MEMBER).select_related("user", "organization", "key")


class TokenSession(Credential):
    """A client application that was let in: all tokens that followed one another since then hang on it.

    `serial` counts the refresh tokens; only the latest is good.
    """

    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="token_sessions"
    )
    key = models.ForeignKey(
        ApiKey, verbose_name=_("API key"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    serial = models.PositiveIntegerField(default=1, editable=False)
    refreshed = models.DateTimeField(_("refreshed"), default=timezone.now)

    objects = TokenSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_scope_display()}"

    @property
    def opens(self) -> bool:
        """Whether neither it nor the key that it comes from is over."""
        return self.is_live and (self.key is None or self.key.is_live)
