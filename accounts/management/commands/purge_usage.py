"""`manage.py purge_usage`: forgets the counts of windows that ended long ago. For cron, once a day."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts import usage


class Command(BaseCommand):
    help = "Deletes usage counters that are older than some days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=35, help="how many days to keep (35)")

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        purged = usage.purge(timezone.now() - timedelta(days=days))
        self.stdout.write(f"{purged} counters deleted.")
