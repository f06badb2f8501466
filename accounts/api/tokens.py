"""Tokens for client applications: `POST /api/token/`, `/api/token/refresh/` and `/api/token/revoke/`."""

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import organizations, tokens, usage
from accounts.api.authentication import count_wrong
from accounts.errors import (
    InsufficientScopeError,
    InvalidTokenError,
    KeyOrSessionRequiredError,
    ThrottledError,
)
from accounts.models import ApiKey, Scope, TokenSession, User
from accounts.tokens import Tokens
from config import bodies
from config.bodies import StrictSerializer
from config.description import describe

LET_IN_PER_HOUR = 100


class TokenField(serializers.CharField):
    """A token as it was given. No number is taken for one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=4096, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Wanted(StrictSerializer):
    """`{scope?}`"""

    scope = serializers.ChoiceField(Scope.choices, default=Scope.READ)


class Refresh(StrictSerializer):
    """`{refresh}`"""

    refresh = TokenField()


class Revocation(StrictSerializer):
    """`{token}`: of either kind."""

    token = TokenField()


class TokenShape(serializers.Serializer[Any]):
    """Two tokens. Times are in seconds."""

    access = serializers.CharField()
    refresh = serializers.CharField()
    token_type = serializers.ChoiceField(["Bearer"])
    expires_in = serializers.IntegerField()
    refresh_expires_in = serializers.IntegerField()
    scope = serializers.ChoiceField(Scope.choices)


class Revoked(serializers.Serializer[Any]):
    revoked = serializers.BooleanField()


TOKENS = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiI5In0.c2lnbmF0dXJl",
    "token_type": "Bearer",
    "expires_in": 300,
    "refresh_expires_in": 2592000,
    "scope": "read",
}


class Obtain(APIView):
    """Lets a client application in, for whoever comes with an API key or a session: never with another token.

    Its tokens act for the same organization, and may do no more than what they were obtained with.

    Takes no `Idempotency-Key`, since tokens are kept nowhere, not even sealed. Sent twice, it lets in twice: of an
    answer that was lost nobody has the tokens, and it can be ended on the page of keys.
    """

    permission_classes = [IsAuthenticated]
    reads_by_post = True  # a key that may only read gets tokens that may only read

    @describe(
        _("Let a client application in"),
        takes=Wanted,
        answers=TokenShape,
        sends={"scope": "read"},
        example=TOKENS,
        refuses=[InsufficientScopeError, KeyOrSessionRequiredError, exceptions.Throttled],
    )
    def post(self, request: Request) -> Response:
        user, key = request.user, cast("ApiKey | TokenSession | None", request.auth)
        organization = organizations.current(request)
        if isinstance(key, TokenSession):
            raise KeyOrSessionRequiredError
        assert isinstance(user, User)
        assert organization is not None  # every user acts for one
        scope = Scope(bodies.read(request, Wanted)["scope"])
        if scope == Scope.WRITE and key is not None and not key.may_write:
            raise InsufficientScopeError
        meter = usage.meter(f"tokens:{user.pk}", LET_IN_PER_HOUR, usage.HOUR)
        if usage.count(meter) is None:
            raise ThrottledError(meter.end, meter.seconds_left())
        return _answer(tokens.obtain(user, organization, scope, key))


class RefreshToken(APIView):
    """The next two tokens for a refresh token, which is good once.

    Takes no `Idempotency-Key`: for a minute the same refresh token may be sent again, in case the answer was lost.
    """

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @describe(
        _("The next two tokens"),
        takes=Refresh,
        answers=TokenShape,
        sends={"refresh": TOKENS["refresh"]},
        example=TOKENS,
        refuses=[InvalidTokenError, exceptions.Throttled],
    )
    def post(self, request: Request) -> Response:
        raw = bodies.read(request, Refresh)["refresh"]
        try:
            return _answer(tokens.refresh(raw))
        except InvalidTokenError:
            count_wrong(request)
            raise


class Revoke(APIView):
    """Ends what this token belongs to, as when somebody signs out. One that is dead already is revoked, too.

    Takes no `Idempotency-Key`: sent twice, it does the same.
    """

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @describe(
        _("Sign a client application out"),
        takes=Revocation,
        answers=Revoked,
        sends={"token": TOKENS["refresh"]},
        example={"revoked": True},
    )
    def post(self, request: Request) -> Response:
        tokens.revoke(bodies.read(request, Revocation)["token"])
        return Response({"revoked": True})


def _answer(made: Tokens) -> Response:
    body = {
        "access": made.access,
        "refresh": made.refresh,
        "token_type": "Bearer",
        "expires_in": made.expires_in,
        "refresh_expires_in": made.refresh_expires_in,
        "scope": made.scope.value,
    }
    return Response(body, headers={"Cache-Control": "no-store"})
