"""The one question: what may this visitor use? Asked by pages, templates, permissions and throttles alike.

Reading the answer costs no query beyond the one that loaded the user.
"""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts import tiers
from accounts.models import User
from accounts.tiers import Access, Tier

if TYPE_CHECKING:
    from rest_framework.request import Request


def access_of(visitor: "HttpRequest | Request | User | AnonymousUser") -> Access:
    """What the visitor, a request or a user, may use now. A guest has `tiers.GUEST`."""
    user = getattr(visitor, "user", visitor)
    if not user.is_authenticated:
        return tiers.GUEST
    organization = user.current_organization
    return organization.current_access() if organization else tiers.FREE


def allows(access: Access, tier: Tier | str | None = None, feature: str | None = None) -> bool:
    """Whether this access opens a gate that asks for a tier, a feature or both."""
    return (tier is None or access.tier.includes(tier)) and (feature is None or access.can(feature))
