"""`manage.py purge_events`: forgets events that were done or ignored long ago, with the data in them, and comparisons
with Stripe of the same age, with what they found. For cron.
"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing import reconcile
from billing.webhooks import inbox

# Stripe sends an event again for days, and lists it for thirty. Until then we must know it when we see it.
LEAST_DAYS = 31


class Command(BaseCommand):
    help = (
        "Deletes events that were settled long ago, and old runs of reconcile_stripe. Events that were given up stay"
        " until they are replayed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days", type=int, default=settings.BILLING_EVENT_DAYS, help="how long to keep them"
        )

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        if days < LEAST_DAYS:
            raise CommandError(f"Events are kept for at least {LEAST_DAYS} days.", returncode=2)
        before = timezone.now() - timedelta(days=days)
        events, runs = inbox.purge(before), reconcile.purge(before)
        self.stdout.write(f"{events} events and {runs} comparisons deleted.")
