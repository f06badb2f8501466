"""`manage.py purge_invitations`: forgets invitations, and the addresses in them, a while after they ended. For cron."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import invitations


class Command(BaseCommand):
    help = "Deletes invitations that expired some days ago, accepted or not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="how many days to keep (30)")

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        purged = invitations.purge(days)
        self.stdout.write(f"{purged} invitations deleted.")
