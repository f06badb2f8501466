"""Whose is an object of Stripe's? The account is shared: what does not bear our namespace, or belong to something
that does, is not ours, and is neither written nor touched, whatever ids it holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.core.cache import cache

from accounts.models import Organization
from billing import errors, gateway, mirror
from billing.gateway import namespace
from billing.mirror.fields import id_of
from billing.models import MirroredObject, StripeCustomer, StripeProduct

Data = Mapping[str, Any]
logger = structlog.get_logger(__name__)

# Seconds for which an object that was asked for and is another's is not asked for again.
FOREIGN_FOR = 3600
# Seconds by which this machine's clock and Stripe's may differ.
CLOCKS = 60


@dataclass(frozen=True, slots=True)
class Owner:
    """Ours or not; and whose of us, for what belongs to an organization."""

    ours: bool
    organization_id: int | None = None


FOREIGN = Owner(ours=False)


@dataclass(frozen=True, slots=True)
class Undecided(Exception):  # noqa: N818  (not an error: Stripe has to be asked)
    """It hangs on another object that we do not know."""

    kind: str
    stripe_id: str


def is_foreign(data: Data) -> bool:
    """Whether it says of itself that it is another's. No query."""
    stamped = _namespace(data)
    return bool(stamped) and not namespace.is_ours({namespace.KEY: stamped})


def of(kind: str, data: Data) -> Owner:
    """Whose the object is, from our rows. Raises `Undecided` when they do not tell. Never calls Stripe.

    Of an object that is only named, `data` is `{"id": ...}`.
    """
    known = MirroredObject.objects.filter(stripe_id=data["id"]).exclude(as_of=None).first()
    if known is not None:
        return Owner(True, known.organization_id)
    if "object" not in data:
        raise Undecided(kind, data["id"])
    if is_foreign(data):
        return FOREIGN
    if kind in ("product", "price"):
        return _of_catalogue(data)
    if kind == "customer":
        return _of_customer(data)
    return _of_belonging(kind, data)


def resolve(kind: str, data: Data) -> Owner:
    """As `of`, but what hangs on an unknown object is asked for at Stripe; a customer of ours found so is adopted.

    Outside transactions only. Raises `errors.Unavailable` when Stripe cannot be asked, `errors.NotFound` when it knows
    nothing of it.
    """
    try:
        return of(kind, data)
    except Undecided as hangs:
        return _ask(hangs.kind, hangs.stripe_id)


def _ask(kind: str, stripe_id: str) -> Owner:
    remembered = f"foreign:{stripe_id}"
    if cache.get(remembered):
        return FOREIGN
    answer = gateway.objects.fetch(kind, stripe_id)
    if answer is None:
        raise errors.NotFound
    owner = FOREIGN if answer.data.get("deleted") else resolve(kind, answer.data)
    if owner.ours:
        mirror.pull(kind, stripe_id, owner.organization_id)
    else:
        cache.set(remembered, True, FOREIGN_FOR)
    return owner


def _of_catalogue(data: Data) -> Owner:
    if _namespace(data):
        return Owner(True)
    product = id_of(data.get("product"))
    return Owner(bool(product) and StripeProduct.objects.filter(stripe_id=product).exists())


def _of_customer(data: Data) -> Owner:
    """A customer with our mark names its organization; one that we do not have can only be another copy's of us.

    So can a customer that is older than the organization it names: after a database was restored from a backup, a
    number may be given to somebody else.
    """
    metadata = data.get("metadata") or {}
    named = str(metadata.get(namespace.organization_key()) or "")
    if not namespace.is_ours(metadata) or not (named.isascii() and named.isdigit()) or len(named) > 18:
        return FOREIGN
    organization = Organization.objects.filter(pk=int(named)).only("created").first()
    if organization is None or _is_older(data, organization):
        logger.warning("customer of an organization that we do not have", customer=data["id"])
        return FOREIGN
    return Owner(True, organization.pk)


def _is_older(customer: Data, organization: Organization) -> bool:
    """Not told of one on a test clock, whose times are another's."""
    return not customer.get("test_clock") and customer["created"] < organization.created.timestamp() - CLOCKS


def _of_belonging(kind: str, data: Data) -> Owner:
    customer = id_of(data.get("customer"))
    if customer:
        organization_id = (
            StripeCustomer.objects.filter(stripe_id=customer)
            .values_list("organization_id", flat=True)
            .first()
        )
        if organization_id is None:
            raise Undecided("customer", customer)
        return Owner(True, organization_id)
    for related in ("charge", "payment_intent"):
        if related != kind and (stripe_id := id_of(data.get(related))):
            return _like(related, stripe_id)
    return Owner(bool(_namespace(data)))


def _like(kind: str, stripe_id: str) -> Owner:
    """A refund is whose its charge is."""
    guard = MirroredObject.objects.filter(stripe_id=stripe_id).exclude(as_of=None).first()
    if guard is None:
        raise Undecided(kind, stripe_id)
    return Owner(True, guard.organization_id)


def _namespace(data: Data) -> str:
    """Its own mark, or the one that an invoice has from its subscription."""
    parent = (data.get("parent") or {}).get("subscription_details") or {}
    return namespace.read(data.get("metadata")) or namespace.read(parent.get("metadata"))
