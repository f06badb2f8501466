"""Gates for pages: `@tier_required(Tier.PREMIUM)` above a view."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from accounts import gates
from accounts.tiers import Tier

View = Callable[..., HttpResponseBase]


def tier_required(tier: Tier, *, template: str = "accounts/gate.html") -> Callable[[View], View]:
    """Only for visitors with this tier or a higher one; others see `template`, with status 402."""
    return _gate(template, tier=tier)


def feature_required(feature: str, *, template: str = "accounts/gate.html") -> Callable[[View], View]:
    """Only for visitors whose organization has this feature; others see `template`, with status 402."""
    return _gate(template, feature=feature)


def _gate(template: str, tier: Tier | None = None, feature: str | None = None) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if gates.allows(gates.access_of(request), tier, feature):
                return view(request, *args, **kwargs)
            closed = gates.close(request, tier, feature)
            context = {
                "needs": closed.needs,
                "message": closed.message,
                "way_up": closed.way_up,
                "upgrade_url": settings.UPGRADE_URL,
            }
            return render(request, template, context, status=402)

        return guarded

    return decorate
