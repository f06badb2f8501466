"""The one question: what may this visitor use? Asked by pages, templates, permissions and throttles alike.

Reading the answer costs no query beyond the one that loaded the user.
"""

from collections.abc import Callable
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
class WayUp:
    """What opens a gate for the least: a plan, and its price in the currency's smallest unit; `words` say the price."""

    plan: str
    name: str
    amount: int
    currency: str
    interval: str
    words: str

    def to_json(self) -> dict[str, Any]:
        price = {"amount": self.amount, "currency": self.currency, "interval": self.interval}
        return {"plan": self.plan, "price": price}


@dataclass(frozen=True, slots=True)
class Closed:
    """A gate that did not open: which tier would open it (None: no tier does by itself), and what is on sale for it."""

    needs: Tier | None
    way_up: WayUp | None

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
    needs = tiers.lowest(tier=tier, feature=feature)
    return Closed(needs, None if needs is Tier.FREE else way_up(lambda access: allows(access, tier, feature)))


def way_up(opens: Callable[[Access], bool]) -> WayUp | None:
    """The plan that opens it for the least, of whoever sells here. No query."""
    if not settings.UPGRADE_URL:
        return None
    answers: list[Any] = signals.way_up_wanted.send(sender=Organization, opens=opens)
    return next((way for _receiver, way in answers if way), None)


def upgrade_fields(way: WayUp | None = None) -> dict[str, Any]:
    """What an endpoint's error says about the way up; nothing when nothing is on sale."""
    if not settings.UPGRADE_URL:
        return {}
    url = f"{settings.BASE_URL}{settings.UPGRADE_URL}"
    return {"upgrade_url": url, **(way.to_json() if way else {})}
