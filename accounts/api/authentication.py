"""Who calls an endpoint."""

from django.contrib.auth.models import AnonymousUser
from rest_framework import authentication
from rest_framework.request import Request

from accounts.models import User


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session. Writing needs the CSRF token, from guests too; no sign-in is a 401."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, None] | None:
        self.enforce_csrf(request)
        return super().authenticate(request)

    def authenticate_header(self, request: Request) -> str:
        return "Session"
