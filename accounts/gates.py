"""The one question: what may this visitor use? Asked by pages, templates, permissions and throttles alike.

Reading the answer costs no query beyond the one that loaded the user.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import organizations, signals, tiers
from accounts.models import Organization, User
from accounts.tiers import Access, Tier

if TYPE_CHECKING:
    from rest_framework.request import Request


def access_of(visitor: "HttpRequest | Request | User | AnonymousUser") -> Access:
    """What the visitor, a request or a user, may use now. A guest has `tiers.GUEST`."""
    user: Any = getattr(visitor, "user", visitor)
    if not user.is_authenticated:
        return tiers.GUEST
    organization = user.current_organization
    return organization.current_access() if organization else tiers.FREE


def allows(access: Access, tier: Tier | str | None = None, feature: str | None = None) -> bool:
    """Whether this access opens a gate that asks for a tier, a feature or both."""
    return (tier is None or access.tier.includes(tier)) and (feature is None or access.can(feature))


@dataclass(frozen=True, slots=True)
class Closed:
    """A gate that did not open: which tier would open it (None: no tier does by itself)."""

    needs: Tier | None

    @property
    def message(self) -> str:
        if self.needs is None:
            return _("This is not part of your plan.")
        if self.needs is Tier.FREE:
            return _("Sign in to use this.")
        return _("This is part of %(tier)s.") % {"tier": self.needs.label}


def close(request: "HttpRequest | Request", tier: Tier | None = None, feature: str | None = None) -> Closed:
    """Tells whoever listens that a gate stayed closed, and returns what would open it."""
    organization = organizations.current(request)
    signals.gate_closed.send(
        sender=Organization, organization=organization, tier=tier, feature=feature, request=request
    )
    return Closed(tiers.lowest(tier=tier, feature=feature))


def upgrade_fields() -> dict[str, Any]:
    """What an endpoint's error says about the way up; nothing when nothing is on sale."""
    return {"upgrade_url": f"{settings.BASE_URL}{settings.UPGRADE_URL}"} if settings.UPGRADE_URL else {}
