"""`manage.py process_events`: what waits is done: events to be tried again, mails to be sent, what refunds and
disputes end, members and names that Stripe does not know yet, dj-stripe's rows.

For cron, every minute; safe to run at the same time as the web server and as itself.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import errors, following, gateway, outbox, reversals
from billing.mirror import djstripe
from billing.webhooks import process


class Command(BaseCommand):
    help = "Processes events that wait, sends mails that wait, and brings dj-stripe's tables up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=1000, help="at most so many events (default: 1000)")

    def handle(self, *args: Any, limit: int = 1000, **options: Any) -> None:
        outcomes = [outcome for _event, outcome in process.sweep(limit)]
        settled = sum(outcome.is_settled for outcome in outcomes)
        sent = outbox.send_waiting()
        ended = reversals.carry_out_waiting()
        following.carry_out_waiting()
        copied = self.copy()
        left = len(outcomes) - settled
        self.stdout.write(
            f"{settled} events processed, {left} left for later; {sent} mails sent; {ended} refunds and disputes "
            f"followed; {copied} objects copied."
        )
        if left:
            raise CommandError(f"{left} events failed; they will be tried again.", returncode=1)

    def copy(self) -> int:
        if not gateway.client.is_on():
            return 0
        try:
            return djstripe.copy_waiting()
        except errors.Unavailable as error:
            raise CommandError(f"{error.detail}", returncode=3) from error
