"""`manage.py remind_renewals`: annual plans renew with today's tax, and those that do within a month are announced.

For cron, daily.
"""

from typing import Any

from django.core.management.base import BaseCommand

from portal import renewals, retaxing


class Command(BaseCommand):
    help = (
        "Lets annual plans renew at what their state taxes now, and tells organizations whose plan is about to be "
        "renewed; each once for each renewal."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        retaxed = sum(1 for _subscription in retaxing.follow())
        reminded = sum(1 for _sale in renewals.remind())
        self.stdout.write(f"{retaxed} plans renew with another tax. {reminded} organizations reminded.")
