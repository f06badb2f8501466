"""`manage.py file_receipts`: papers are filed, refunds credited, refused debits cleared: what failed before, or was
left behind.

For cron, every few minutes; workers do the same by themselves. Safe to run at the same time as itself.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import debits, filing, refunds
from portal.models import Receipt


class Command(BaseCommand):
    help = "Files receipts that wait, writes credit notes for refunds, and ends what refused debits left at Stripe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=1000, help="at most so many papers (default: 1000)")
        parser.add_argument("--parked", action="store_true", help="also those that were given up")

    def handle(self, *args: Any, limit: int = 1000, parked: bool = False, **options: Any) -> None:
        credited = refunds.credit_waiting(limit)
        debits.clear_waiting()
        if parked:
            filing.take_up(Receipt.objects.all())
        filed, failed = filing.file_waiting(limit)
        self.stdout.write(f"{filed} papers filed, {failed} left for later; {credited} refunds credited.")
        if failed:
            raise CommandError(f"{failed} papers were not filed; they will be tried again.", returncode=1)
