"""Who calls an endpoint: a program with a key, a client application with a token, or a browser with its session.

Each is found together with the organization that it acts for, in one query (the session itself is another).
`request.auth` is the `ApiKey` or the `TokenSession`; None for a browser.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework import authentication, exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts import errors, keys, tokens, usage
from accounts.models import ApiKey, TokenSession, User

WRONG_PER_HOUR = 100


class Bearer(authentication.BaseAuthentication):
    """What stands in `Authorization: Bearer ...`. One that may only read gets a 403 for a method that writes.

    A view whose `reads_by_post` is true only reads, whatever the method.
    """

    refusal: type[errors.CredentialError]
    write_refuses = (errors.InsufficientScopeError,)

    @property
    def refuses(self) -> tuple[Any, ...]:
        """What comes of a wrong one, for the API's description."""
        return self.refusal, exceptions.Throttled

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        secret = _secret(request)
        if secret is None or not self.is_mine(secret):
            return None
        found = self.find(request, secret)
        if found is None:
            count_wrong(request)
            raise self.refusal
        view = request.parser_context["view"]
        reads = request.method in SAFE_METHODS or getattr(view, "reads_by_post", False)
        if not reads and not found.may_write:
            raise errors.InsufficientScopeError
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def is_mine(self, secret: str) -> bool:
        raise NotImplementedError

    def find(self, request: Request, secret: str) -> ApiKey | TokenSession | None:
        raise NotImplementedError


class KeyAuthentication(Bearer):
    """An API key: `Authorization: Bearer tk_...`."""

    refusal = errors.InvalidKeyError

    def is_mine(self, secret: str) -> bool:
        return secret.startswith("tk_")

    def find(self, request: Request, secret: str) -> ApiKey | None:
        return keys.find(secret)


class TokenAuthentication(Bearer):
    """A client application's access token: `Authorization: Bearer eyJ...`."""

    refusal = errors.InvalidTokenError

    def is_mine(self, secret: str) -> bool:
        return not secret.startswith("tk_")

    def find(self, request: Request, secret: str) -> TokenSession | None:
        return tokens.find(secret)


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session. Writing needs the CSRF token, from guests too; no sign-in is a 401."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, None] | None:
        self.enforce_csrf(request)
        return super().authenticate(request)

    def authenticate_header(self, request: Request) -> str:
        return "Session"


def _secret(request: Request) -> str | None:
    """What the header bears; None without one. Another scheme than ours is none of our business."""
    scheme, _space, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def count_wrong(request: Request) -> None:
    """Nobody guesses 256 bits; this is so that a program with a dead key does not go on asking for ever."""
    meter = usage.meter(f"wrong-keys:{usage.fingerprint(request)}", WRONG_PER_HOUR, usage.HOUR)
    if usage.count(meter) is None:
        raise errors.ThrottledError(meter.end, meter.seconds_left())
