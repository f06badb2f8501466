"""Who calls, for whom, and what they may use: `GET /api/me/`. And how much of it is left: `GET /api/usage/`."""

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import gates, organizations, usage
from accounts.api.organizations import OrganizationShape, describe_organization
from accounts.models import ApiKey, Scope, TokenSession, User
from accounts.tiers import Access, Tier
from config.description import describe


class Person(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    email = serializers.EmailField()


class AccessShape(serializers.Serializer[Any]):
    """What may be used now."""

    tier = serializers.ChoiceField(Tier.choices)
    until = serializers.DateTimeField(allow_null=True, help_text=_("Null: without end."))
    reason = serializers.CharField(
        allow_null=True, help_text=_("Why there is more than free; null if there is not.")
    )
    features = serializers.ListField(child=serializers.CharField())
    limits = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text=_("Null: unlimited.")
    )


class MeShape(serializers.Serializer[Any]):
    """A key's or a token's `user` is whoever made it."""

    user = Person()
    organization = OrganizationShape()
    access = AccessShape()
    by = serializers.ChoiceField(
        ["session", "key", "token"], help_text=_("How the caller said who they are.")
    )
    scope = serializers.ChoiceField(Scope.choices)


class UsageShape(serializers.Serializer[Any]):
    """How many calls were counted. `limit`, `used` and `remaining` are null for who has no limit."""

    window = serializers.ChoiceField(["day", "hour"], help_text=_("What the limit is for, in UTC."))
    limit = serializers.IntegerField(allow_null=True)
    used = serializers.IntegerField(allow_null=True)
    remaining = serializers.IntegerField(allow_null=True)
    resets_at = serializers.DateTimeField(help_text=_("When the count starts again."))


ME: dict[str, Any] = {
    "user": {"id": 7, "name": "Alice", "email": "alice@acme.example"},
    "organization": {
        "id": 12,
        "name": "Acme",
        "personal": False,
        "role": "owner",
        "tier": "premium",
        "current": True,
    },
    "access": {
        "tier": "premium",
        "until": "2027-02-18T12:00:00Z",
        "reason": "subscription",
        "features": ["charts", "export"],
        "limits": {"api_requests_per_day": None},
    },
    "by": "key",
    "scope": "read",
}
USAGE: dict[str, Any] = {
    "window": "day",
    "limit": 100,
    "used": 37,
    "remaining": 63,
    "resets_at": "2027-01-16T00:00:00Z",
}


class Me(APIView):
    """Who calls, for which organization, and what it may use. Not counted against the limit."""

    permission_classes = [IsAuthenticated]

    @describe(_("Who am I"), answers=MeShape, example=ME)
    def get(self, request: Request) -> Response:
        """The place to try a key out: what it acts for, as whom, and whether it may write."""
        user, auth = cast(User, request.user), cast("ApiKey | TokenSession | None", request.auth)
        organization = organizations.current(request)
        assert organization is not None  # every user acts for one
        role = organizations.role_of(user, organization)
        return Response(
            {
                "user": {"id": user.pk, "name": user.name, "email": user.email},
                "organization": describe_organization(organization, role, current=True),
                "access": _access(gates.access_of(request)),
                "by": _by(auth),
                "scope": auth.scope if auth else Scope.WRITE,
            }
        )


class Usage(APIView):
    """The calls that count against the caller's limit: an organization's per day, a guest's per address and hour."""

    permission_classes = [AllowAny]

    @describe(_("How much is left"), answers=UsageShape, example=USAGE)
    def get(self, request: Request) -> Response:
        """The same numbers as on the account page, and in the `RateLimit` headers. Asking is not counted."""
        meter = usage.meter_of(request)
        used = None if meter.limit is None else usage.counted(meter)
        return Response(
            {
                "window": meter.name,
                "limit": meter.limit,
                "used": used,
                "remaining": None if meter.limit is None or used is None else max(0, meter.limit - used),
                "resets_at": meter.end,
            }
        )


def _access(access: Access) -> dict[str, Any]:
    return {
        "tier": access.tier,
        "until": access.until,
        "reason": access.reason or None,
        "features": sorted(access.features),
        "limits": access.all_limits,
    }


def _by(auth: ApiKey | TokenSession | None) -> str:
    if auth is None:
        return "session"
    return "key" if isinstance(auth, ApiKey) else "token"
