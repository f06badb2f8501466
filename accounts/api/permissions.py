"""Gates for endpoints: `permission_classes = [tier_required(Tier.PREMIUM)]`."""

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import gates
from accounts.tiers import Tier
from config.api import ApiError
from config.description import Refusal

PAYMENT_REQUIRED = Refusal(
    402, "payment_required", gettext_lazy("This is part of a plan that you do not have.")
)


def tier_required(tier: Tier) -> type[BasePermission]:
    """Only for callers with this tier or a higher one; others get a 402, guests a 401."""
    return _gate(tier=tier)


def feature_required(feature: str) -> type[BasePermission]:
    """Only for callers whose organization has this feature; others get a 402, guests a 401."""
    return _gate(feature=feature)


def _gate(tier: Tier | None = None, feature: str | None = None) -> type[BasePermission]:
    class Gate(BasePermission):
        refuses = (PAYMENT_REQUIRED,)

        def has_permission(self, request: Request, view: Any) -> bool:
            if gates.allows(gates.access_of(request), tier, feature):
                return True
            if not request.user.is_authenticated:
                raise NotAuthenticated
            closed = gates.close(request, tier, feature)
            fields = {"tier": closed.needs, **gates.upgrade_fields(closed.way_up)}
            raise ApiError(402, "payment_required", closed.message, **fields)

    return Gate
