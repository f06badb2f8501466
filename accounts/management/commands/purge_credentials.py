"""`manage.py purge_credentials`: forgets answers of yesterday's requests, and tokens that ended. For cron, daily."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import idempotency, tokens


class Command(BaseCommand):
    help = "Deletes answers kept for an Idempotency-Key for a day, and token sessions that expired some days ago."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days", type=int, default=30, help="how many days to keep expired sessions (30)"
        )

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        answers, sessions = idempotency.purge(), tokens.purge(days)
        self.stdout.write(f"{answers} answers and {sessions} token sessions deleted.")
