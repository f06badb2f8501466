"""Events for the receiver's tests: taken from the local Stripe or made up, signed with the secret of the tests."""

import hashlib
import hmac
import itertools
import json
import time
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from billing.models import Event

URL = "/api/stripe-webhooks/"


_numbers = itertools.count(1)


def event(data: dict[str, Any], type_: str = "", **fields: Any) -> dict[str, Any]:
    """A snapshot event about an object, as of now."""
    return {
        "id": f"evt_made_up_{next(_numbers)}",
        "object": "event",
        "api_version": settings.STRIPE_API_VERSION,
        "created": int(time.time()),
        "data": {"object": data},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type_ or f"{data['object']}.updated",
        **fields,
    }


def sign(body: bytes, secret: str = "", at: int | None = None) -> str:
    at = int(time.time()) if at is None else at
    digest = hmac.new(
        (secret or settings.STRIPE_WEBHOOK_SECRETS[0]).encode(), f"{at}.".encode() + body, hashlib.sha256
    )
    return f"t={at},v1={digest.hexdigest()}"


def post(payload: Any, *, url: str = URL, signature: str | None = None, **headers: Any) -> HttpResponse:
    """Send a payload, or raw bytes, as Stripe would."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signature = sign(body) if signature is None else signature
    return Client().post(  # type: ignore[return-value]
        url, body, content_type="application/json", headers={"Stripe-Signature": signature, **headers}
    )


def stored(payload: dict[str, Any]) -> Event:
    """Its row in the inbox, as it is now."""
    return Event.objects.get(stripe_id=payload["id"])
