"""`manage.py expire_orders`: what was never paid is canceled, at Stripe too; what a process left behind is finished;
carts of guests that nobody has touched for a year are deleted. For cron, every few minutes.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import errors as stripe_errors
from cart import carts, unfinished


class Command(BaseCommand):
    help = "Cancels orders that were not paid in time, and finishes what was left behind."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcomes = list(unfinished.finish())
        except (stripe_errors.Unavailable, stripe_errors.BillingOff, stripe_errors.Misconfigured) as error:
            raise CommandError(f"{error.detail}", returncode=3) from error
        forgotten = carts.forget_old()
        paid = sum(outcome.found_paid for outcome in outcomes)
        self.stdout.write(
            f"{len(outcomes)} orders looked at, {paid} of them turned out to be paid; {forgotten} old carts deleted."
        )
        if left := [outcome for outcome in outcomes if outcome.error]:
            raise CommandError(f"{len(left)} could not be finished; they will be tried again.", returncode=1)
