"""Stripe's side: the clock, our webhook endpoint, events that never arrived."""

import time
from collections.abc import Iterator

from django.conf import settings

from billing import endpoints, gateway, ownership
from billing.doctor.symptoms import Symptom, shortened
from billing.models import Event
from billing.webhooks import registry

# Signatures are refused beyond five minutes.
CLOCK_TOLERANCE = 60
# Seconds for which an event may be on its way, and for which its absence is told.
ON_ITS_WAY = 300
TOLD_FOR = 24 * 3600


def examine() -> Iterator[Symptom]:
    now = gateway.endpoints.account().as_of
    # The local Stripe's clock may have been moved on purpose.
    if not settings.STRIPE_SANDBOX_URL and abs(time.time() - now) > CLOCK_TOLERANCE:
        yield Symptom("This machine's clock is not Stripe's: events will be refused.", "Let NTP set it.")
    yield from _endpoint()
    yield from _deliveries(now)


def _endpoint() -> Iterator[Symptom]:
    there = endpoints.present()
    if not there:
        yield Symptom(f"No webhook endpoint leads to {settings.BASE_URL}.", "manage.py setup_webhook")
    for endpoint in there:
        for fault in endpoints.faults(endpoint):
            yield Symptom(f"The endpoint {endpoint['url']}: {fault.problem}.", fault.cure)
    if len(there) > len(settings.STRIPE_WEBHOOK_SECRETS):
        yield Symptom(
            f"{len(there)} endpoints lead here, with a secret each; STRIPE_WEBHOOK_SECRET holds "
            f"{len(settings.STRIPE_WEBHOOK_SECRETS)}.",
            "Add the others' secrets, from Stripe's dashboard, or delete those endpoints.",
        )


def _deliveries(now: int) -> Iterator[Symptom]:
    """Of Stripe's latest events, which never arrived? One call."""
    page = next(gateway.lists.pages("event", since=now - TOLD_FOR))
    sent = [
        event["id"]
        for event in page.objects
        if event["created"] < now - ON_ITS_WAY
        and registry.knows(event["type"])
        and not ownership.is_foreign(event["data"]["object"])
    ]
    arrived = set(Event.objects.filter(stripe_id__in=sent).values_list("stripe_id", flat=True))
    lost = [event for event in sent if event not in arrived]
    if lost:
        yield Symptom(
            f"Of the last {len(sent)} events these never arrived: {shortened(lost)}.",
            "See the endpoint's deliveries in Stripe's dashboard: 400 is a wrong STRIPE_WEBHOOK_SECRET; no answer, a "
            "wrong URL. Then manage.py reconcile_stripe --since 1d --apply",
        )
