"""Our side: the catalogue, the inbox, the outbox, attempts, subscriptions that need a person, the last comparison."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Organization
from billing import catalogue, price_list, products
from billing.doctor.symptoms import Symptom, shortened
from billing.models import (
    Attempt,
    Event,
    Mail,
    Reconciliation,
    StripeSubscription,
    StripeSubscriptionItem,
)

LAG = timedelta(minutes=5)
ATTEMPT_AGE = timedelta(hours=1)
COMPARED_EVERY = timedelta(days=7)


def examine() -> Iterator[Symptom]:
    yield from _catalogue()
    yield from _inbox()
    yield from _outbox()
    yield from _subscriptions()
    yield from _attempts()
    yield from _comparison()


def _catalogue() -> Iterator[Symptom]:
    wares = products.wares()
    listed = price_list.read(*wares)
    waiting = {catalogue.lookup_key(ware, price) for ware in wares for price in listed.waiting(ware)}
    if missing := sorted(waiting - set(listed.amounts)):
        yield Symptom(f"Not on sale at Stripe: {shortened(missing)}.", "manage.py upsert_catalogue")
    if former := sorted(waiting & set(listed.amounts)):
        yield Symptom(f"Sold at a former price: {shortened(former)}.", "manage.py upsert_catalogue")
    items = StripeSubscriptionItem.objects.filter(key="", subscription__status__in=StripeSubscription.LIVE)
    if unknown := sorted(set(items.values_list("price_id", flat=True))):
        yield Symptom(
            f"Subscriptions have prices that nothing of ours has, and that grant nothing: {shortened(unknown)}.",
            "Put those subscriptions on a plan's price, in Stripe's dashboard, or give their product the plan's key in "
            "its metadata (`plan`, with our `namespace`).",
        )


def _inbox() -> Iterator[Symptom]:
    if late := Event.objects.due().filter(received__lte=timezone.now() - LAG).count():
        yield Symptom(
            f"Events that have waited for more than five minutes: {late}.",
            "manage.py process_events; is it in cron?",
        )
    for state, word in ((Event.State.FAILED, "fail"), (Event.State.PARKED, "were given up")):
        events = Event.objects.filter(state=state)
        if count := events.count():
            worst = events.values_list("error").annotate(number=Count("pk")).order_by("-number")[:3]
            reasons = [f"{error} ({number})" for error, number in worst]
            yield Symptom(
                f"Events that {word}: {count}. {shortened(reasons)}.",
                "Mend what their error says; then replay them in the admin, or manage.py replay_event evt_...",
            )


def _outbox() -> Iterator[Symptom]:
    if parked := Mail.objects.filter(state=Mail.State.PARKED).count():
        yield Symptom(
            f"Mails that were given up: {parked}.", "Look at EMAIL_URL and at their errors in the admin."
        )


def _subscriptions() -> Iterator[Symptom]:
    live = Count("subscriptions", filter=Q(subscriptions__status__in=StripeSubscription.LIVE))
    several = Organization.objects.annotate(live=live).filter(live__gt=1)
    if names := [f"{one} ({one.pk})" for one in several]:
        yield Symptom(
            f"Organizations pay several subscriptions at once: {shortened(names)}.",
            "Access is on. Cancel those that are not meant in Stripe's dashboard.",
        )
    closed = StripeSubscription.objects.live().filter(organization__closed__isnull=False)
    if names := list(closed.values_list("stripe_id", flat=True)):
        yield Symptom(
            f"Closed organizations still pay: {shortened(names)}.", "Cancel them in Stripe's dashboard."
        )


def _attempts() -> Iterator[Symptom]:
    if left := Attempt.objects.open().filter(created__lte=timezone.now() - ATTEMPT_AGE).count():
        yield Symptom(
            f"Purchases that were begun and never finished: {left}.", "manage.py reconcile_stripe --apply"
        )


def _comparison() -> Iterator[Symptom]:
    """Only for a deployment that has something to compare."""
    if not StripeSubscription.objects.exists():
        return
    whole = Reconciliation.objects.filter(organization=None, since=None).exclude(finished=None)
    last = whole.first()
    if last is None or last.begun < timezone.now() - COMPARED_EVERY:
        yield Symptom(
            "Our rows were not compared with Stripe's for a week.", "manage.py reconcile_stripe, weekly"
        )
    elif left := last.differences.left().count():
        yield Symptom(
            f"Differences from Stripe that are not mended: {left}.", "manage.py reconcile_stripe --apply"
        )
