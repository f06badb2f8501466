"""`manage.py expire_orders`: what was never paid is canceled, at Stripe too; what a process left behind is finished;
carts of guests that nobody has touched for a year are deleted. For cron, every few minutes.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import errors as stripe_errors
from cart import carts, orders


class Command(BaseCommand):
    help = "Cancels orders that were not paid in time, and finishes what was left behind."

    def handle(self, *args: Any, **options: Any) -> None:
        states: list[str] = []
        try:
            states += [order.state for order in orders.clear_up()]
        except (stripe_errors.Unavailable, stripe_errors.BillingOff, stripe_errors.Misconfigured) as error:
            raise CommandError(f"{error.detail}", returncode=3) from error
        forgotten = carts.forget_old()
        paid = states.count("paid")
        self.stdout.write(
            f"{len(states)} orders looked at, {paid} of them turned out to be paid; {forgotten} old carts deleted."
        )
