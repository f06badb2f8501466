"""`manage.py replay_event evt_...`: process stored events again, whatever became of them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.models import Event
from billing.webhooks import process


class Command(BaseCommand):
    help = "Processes events from the inbox again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", nargs="+", help="an event's id at Stripe, evt_...")

    def handle(self, *args: Any, event: list[str], **options: Any) -> None:
        found = {row.stripe_id: row for row in Event.objects.filter(stripe_id__in=event)}
        if missing := [stripe_id for stripe_id in event if stripe_id not in found]:
            raise CommandError(f"Not in the inbox: {', '.join(missing)}", returncode=2)
        unsettled = 0
        for stripe_id in event:
            outcome = process.replay(found[stripe_id])
            unsettled += not outcome.is_settled
            self.stdout.write(f"{stripe_id} {outcome.state} {found[stripe_id].error}".rstrip())
        if unsettled:
            raise CommandError(f"{unsettled} of {len(event)} failed again.", returncode=1)
