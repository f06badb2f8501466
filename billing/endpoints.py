"""Our webhook endpoint at Stripe: what it should be, what is wrong with it, and how it is put right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from billing import gateway
from billing.models.attempts import new_key
from billing.webhooks import PATHS, registry

PATH = f"/{PATHS[0]}/"

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with an endpoint, in words for whoever runs the product."""

    problem: str
    cure: str


@dataclass(frozen=True, slots=True)
class Change:
    """What was done: `made`, `changed` or `kept`. `secret` only of a new one; `old` speaks another API version."""

    verb: str
    url: str
    secret: str = ""
    old: str = ""

    @property
    def notes(self) -> list[str]:
        """What whoever runs it has to do now."""
        notes = []
        if self.secret:
            notes.append(f"Add this to STRIPE_WEBHOOK_SECRET; Stripe shows it only once:\n{self.secret}")
        if self.old:
            notes.append(
                f"{self.old} speaks another API version. Once events arrive at the new one, delete it in Stripe's "
                "dashboard and take its secret out of STRIPE_WEBHOOK_SECRET."
            )
        return notes


def present(url: str = "") -> list[Data]:
    """Those at Stripe that lead to us: to this URL, or to any of our paths."""
    wanted = [url.rstrip("/")] if url else [f"{settings.BASE_URL}/{path}" for path in PATHS]
    return [one for one in gateway.endpoints.all_of_account() if one["url"].rstrip("/") in wanted]


def faults(endpoint: Data) -> list[Fault]:
    """What is wrong with one of ours."""
    found = []
    if endpoint["status"] != "enabled":
        found.append(Fault("it is disabled, so no event is sent", "manage.py setup_webhook"))
    if missing := missing_events(endpoint):
        found.append(
            Fault(f"it lacks {len(missing)} events: {', '.join(missing)}", "manage.py setup_webhook")
        )
    if endpoint["api_version"] != settings.STRIPE_API_VERSION:
        spoken = endpoint["api_version"] or "the account's"
        found.append(
            Fault(
                f"it speaks {spoken} API version, not {settings.STRIPE_API_VERSION}: every event costs a call",
                "manage.py setup_webhook makes another one; then delete this one",
            )
        )
    return found


def missing_events(endpoint: Data) -> list[str]:
    """Types of events that mean something to us and that it is not subscribed to."""
    enabled = endpoint["enabled_events"]
    return [] if "*" in enabled else sorted(set(registry.types()) - set(enabled))


def set_up(url: str = "", *, dry_run: bool = False) -> Change:
    """Make the endpoint, or let the one that is there have the events that mean something to us.

    Its API version cannot be changed: for another one it is made anew, beside the old one, so that nothing is lost.
    With `dry_run` it is only said what would be done.
    """
    url = url or settings.BASE_URL + PATH
    there = present(url)
    ours = [one for one in there if one["api_version"] == settings.STRIPE_API_VERSION]
    if not ours:
        if dry_run:
            return Change("made", url)
        # Nothing to resume: a lost answer leaves an endpoint that is found by its URL next time.
        made = gateway.endpoints.create(url, registry.types(), key=new_key()).data
        return Change("made", url, made["secret"], old=there[0]["id"] if there else "")
    endpoint = ours[0]
    if endpoint["status"] == "enabled" and set(endpoint["enabled_events"]) == set(registry.types()):
        return Change("kept", url)
    if not dry_run:
        gateway.endpoints.update(endpoint["id"], registry.types(), key=new_key())
    return Change("changed", url)
