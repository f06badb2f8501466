"""Our webhook endpoint at Stripe, and the account behind our key. https://docs.stripe.com/api/webhook_endpoints"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from billing.gateway import lists, namespace
from billing.gateway.client import Answer, call


def account() -> Answer:
    """The account that our key belongs to."""
    return call(lambda stripe: stripe.v1.accounts.retrieve_current())


def all_of_account() -> list[dict[str, Any]]:
    """Every endpoint of the account, other applications' too."""
    return [endpoint for page in lists.pages("webhook_endpoint") for endpoint in page.objects]


def create(url: str, events: Sequence[str], *, key: str) -> Answer:
    """An endpoint that speaks our API version, which cannot be changed later. Only this answer holds its secret."""
    params: Any = {
        "url": url,
        "enabled_events": list(events),
        "api_version": settings.STRIPE_API_VERSION,
        "metadata": namespace.stamp(),
    }
    return call(lambda stripe: stripe.v1.webhook_endpoints.create(params, {"idempotency_key": key}))


def update(endpoint: str, events: Sequence[str], *, key: str) -> Answer:
    """Let an endpoint have these events and no others, and make it ours and enabled."""
    params: Any = {"enabled_events": list(events), "disabled": False, "metadata": namespace.stamp()}
    return call(lambda stripe: stripe.v1.webhook_endpoints.update(endpoint, params, {"idempotency_key": key}))
