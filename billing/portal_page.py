"""What customers may do on Stripe's own page for them: our configuration of it, since the account's is everybody's."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from billing import gateway, mirror
from billing.models import MirroredObject
from billing.steps import Act, Step

KIND = "billing_portal.configuration"
WHAT = "configuration of the customer portal"
# Name and e-mail address are our organization's and follow it; plans are changed on our own pages, with a preview.
FEATURES: Mapping[str, Mapping[str, Any]] = {
    "customer_update": {"enabled": True, "allowed_updates": ["address", "phone", "tax_id"]},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
    "subscription_update": {"enabled": False},
}


def configuration() -> str:
    """The id of ours at Stripe; empty before the first upsert: then the account's own holds."""
    found = MirroredObject.objects.filter(kind=KIND, gone=False).exclude(as_of=None).order_by("-pk")
    return found.values_list("stripe_id", flat=True).first() or ""


def upsert(*, dry_run: bool = False) -> Iterator[Step]:
    """Make our configuration, or put it right. One read."""
    return_url = f"{settings.BASE_URL}/billing/"
    answer = gateway.portal.configurations()
    ours = [one for one in answer.data["data"] if gateway.namespace.is_ours(one["metadata"])]
    if not ours:
        if not dry_run:
            _mirror(gateway.portal.configure(FEATURES, return_url, key=_key("made", return_url)))
        yield Step(Act.CREATE, WHAT)
        return
    there = ours[-1]  # the oldest: of two that were made at once all choose the same
    mirror.record(mirror.of_answer(answer, there))
    if there["active"] and there["default_return_url"] == return_url and _has_all(there["features"]):
        yield Step(Act.KEEP, WHAT)
        return
    if not dry_run:
        key = _key(f"{there['id']}:{there['updated']}:{mirror.sequence_of(there['id'])}", return_url)
        _mirror(gateway.portal.reconfigure(there["id"], FEATURES, return_url, key=key))
    yield Step(Act.CHANGE, WHAT, "was changed by hand, or by a new version")


def _has_all(found: Mapping[str, Any]) -> bool:
    """Stripe answers with more than was asked for, and lists in an order of its own."""
    return all(
        _same(found[feature][name], value)
        for feature, settings_ in FEATURES.items()
        for name, value in settings_.items()
    )


def _same(one: Any, other: Any) -> bool:
    return sorted(one) == sorted(other) if isinstance(other, list) else bool(one == other)


def _key(about: str, return_url: str) -> str:
    wanted = json.dumps([FEATURES, return_url], sort_keys=True)
    return f"{settings.STRIPE_NAMESPACE}:portal:{about}:{hashlib.sha256(wanted.encode()).hexdigest()[:16]}"


def _mirror(answer: gateway.client.Answer) -> None:
    mirror.record(mirror.of_answer(answer))
