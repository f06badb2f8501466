"""`manage.py upsert_stripe_products`: brings the plans of the catalogue to Stripe. Run it after every change of it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from billing import errors, products


class Command(BaseCommand):
    help = "Creates and updates the plans' products and prices at Stripe; a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument("--live", action="store_true", help="needed when the key is a live one")

    def handle(
        self, *args: Any, verbosity: int, dry_run: bool = False, live: bool = False, **options: Any
    ) -> None:
        if settings.STRIPE_LIVE_MODE and not (live or dry_run):
            raise CommandError(
                "The key is a live one. Look with --dry-run, then run with --live.", returncode=2
            )
        changed = 0
        try:
            for step in products.upsert(dry_run=dry_run):
                changed += step.act is not products.Act.KEEP
                if verbosity:
                    self.stdout.write(str(step))
        except (errors.BillingOff, errors.Misconfigured) as error:
            raise CommandError(f"{error.detail} Set STRIPE_SECRET_KEY.", returncode=2) from error
        except errors.Unavailable as error:
            raise CommandError(
                f"{error.detail} Run it again: it goes on where it stopped.", returncode=3
            ) from error
        if verbosity:
            self.stdout.write(f"{changed} to change." if dry_run else f"{changed} changed.")
