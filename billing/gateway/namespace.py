"""Our mark on what we make at Stripe. The account is shared; what does not bear it is not ours."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

KEY = "namespace"


def stamp(**facts: str) -> dict[str, str]:
    """Metadata for something that we make: whose it is, and what it is to us. Never anything a client sent."""
    return {KEY: settings.STRIPE_NAMESPACE, **facts}


def search(**facts: str) -> str:
    """The query, in the language of Stripe's search, for what bears our mark and these facts."""
    return " AND ".join(f"metadata['{name}']:'{value}'" for name, value in stamp(**facts).items())


def organization_key() -> str:
    """The metadata key under which a customer names its organization. dj-stripe is told the same."""
    return settings.DJSTRIPE_SUBSCRIBER_CUSTOMER_KEY


def read(metadata: Mapping[str, Any] | None) -> str:
    """The namespace in an object's metadata; empty when there is none."""
    return str((metadata or {}).get(KEY) or "")


def is_ours(metadata: Mapping[str, Any] | None) -> bool:
    return read(metadata) == settings.STRIPE_NAMESPACE
