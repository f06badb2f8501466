"""`manage.py remind_renewals`: writes to organizations whose annual plan is renewed within a month. For cron, daily."""

from typing import Any

from django.core.management.base import BaseCommand

from portal import renewals


class Command(BaseCommand):
    help = "Tells organizations that their annual plan is about to be renewed; each once for each renewal."

    def handle(self, *args: Any, **options: Any) -> None:
        reminded = sum(1 for _sale in renewals.remind())
        self.stdout.write(f"{reminded} organizations reminded.")
