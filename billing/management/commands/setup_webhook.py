"""`manage.py setup_webhook`: makes our webhook endpoint at Stripe, or brings the one that is there up to date.

Exit code 0: it is as it should be; 2: wrong use or configuration; 3: Stripe cannot be reached.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import endpoints, errors


class Command(BaseCommand):
    help = "Subscribes us to Stripe's events: makes the webhook endpoint, or brings it up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--url", default="", help=f"where events shall go (default: BASE_URL{endpoints.PATH})"
        )

    def handle(self, *args: Any, url: str = "", **options: Any) -> None:
        try:
            change = endpoints.set_up(url)
        except (errors.BillingOff, errors.Misconfigured) as error:
            raise CommandError(
                "Stripe's key is missing or refused; see stripe_doctor.", returncode=2
            ) from error
        except errors.Invalid as error:
            raise CommandError(
                f"Stripe does not accept {url or 'BASE_URL'} as a URL.", returncode=2
            ) from error
        except errors.Unavailable as error:
            raise CommandError("Stripe cannot be reached.", returncode=3) from error
        self.stdout.write(f"The endpoint {change.url} was {change.verb}.")
        for note in change.notes:
            self.stdout.write(note)
