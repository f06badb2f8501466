"""The client, made when it is first needed, and the one way in which every call is made."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings
from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from billing import errors
from billing.gateway import failures
from billing.gateway.transport import RETRIES, Network, Transport

_below: stripe.HTTPClient | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What Stripe said, as a plain dict, and as of when by its own clock (epoch seconds).

    `as_of` is the date of the answer less the time that it took: the object was read no earlier than that.
    `replayed`: the stored answer to an earlier call with the same key, so `data` may be old.
    """

    data: dict[str, Any]
    as_of: int
    replayed: bool = False


class Mode(TextChoices):
    """Whose money moves."""

    OFF = "off", _("billing is off")
    LOCAL = "local", _("local Stripe")
    TEST = "test", _("Stripe's test mode")
    LIVE = "live", _("live: real money")


def mode() -> Mode:
    """What the configuration makes of this deployment."""
    if not is_on():
        return Mode.OFF
    if settings.STRIPE_LIVE_MODE:
        return Mode.LIVE
    return Mode.LOCAL if settings.STRIPE_SANDBOX_URL else Mode.TEST


def is_on() -> bool:
    """Whether billing is configured at all."""
    return bool(settings.STRIPE_SECRET_KEY)


def call(make: Callable[[stripe.StripeClient], Any]) -> Answer:
    """Make one call. Raises only `billing.errors`; `BillingOff` without a key."""
    refuse_in_transaction()
    client = connected()
    began = time.monotonic()
    try:
        result = make(client)
    except stripe.StripeError as error:
        raise failures.translate(error) from error
    response = result.last_response
    took = int(time.monotonic() - began)
    return Answer(response.data, _date(response.headers) - took, failures.is_replayed(response.headers))


def refuse_in_transaction() -> None:
    """A call takes seconds, and a transaction holds locks. The one that a test case wraps around itself is exempt."""
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("Stripe must not be called inside a database transaction.")


def connected() -> stripe.StripeClient:
    """The client for the present settings. Also points the SDK's globals, which dj-stripe uses, to the same place."""
    if not is_on():
        raise errors.BillingOff()
    return _connect(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, settings.STRIPE_API_VERSION, _below)


@contextmanager
def using(http_client: stripe.HTTPClient) -> Iterator[None]:
    """Let calls go through another HTTP client: the sandbox in process, in tests."""
    global _below
    before, _below = _below, http_client
    try:
        yield
    finally:
        _below = before
        _connect.cache_clear()


@lru_cache(maxsize=4)
def _connect(key: str, base: str, version: str, below: stripe.HTTPClient | None) -> stripe.StripeClient:
    transport = Transport(below or Network(), key)
    stripe.api_key, stripe.api_base, stripe.api_version = key, base, version
    stripe.default_http_client, stripe.max_network_retries = transport, RETRIES
    stripe.enable_telemetry = False
    return stripe.StripeClient(
        key,
        stripe_version=version,
        base_addresses={"api": base},
        http_client=transport,
        max_network_retries=RETRIES,
    )


def _date(headers: Any) -> int:
    """The `Date` of an answer in epoch seconds. Our own time only if there is none."""
    date = headers.get("Date") or headers.get("date")
    return int(parsedate_to_datetime(date).timestamp() if date else time.time())
