"""What every template knows: what the visitor may use, the organization they act for, and the way to more."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import gates, organizations


def access(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that a page that asks neither loads no user."""
    return {
        "access": SimpleLazyObject(lambda: gates.access_of(request)),
        "organization": SimpleLazyObject(lambda: organizations.current(request)),
        "upgrade_url": settings.UPGRADE_URL,
    }
