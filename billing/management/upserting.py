"""What the three commands that bring the catalogue to Stripe share: their options, what they print, how they end.

Exit code 0: done; 1: Stripe refused something, see the lines with `!`; 2: wrong use or configuration; 3: Stripe cannot
be reached.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from billing import errors, products, repricing
from billing.management.progress import Bar
from billing.steps import Act, Step


class UpsertCommand(BaseCommand):
    """`kinds`: of which wares; none is all. What else is to be done, `steps` says."""

    kinds: tuple[products.Kind, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
        parser.add_argument("--live", action="store_true", help="needed when the key is a live one")
        parser.add_argument(
            "--migrate-subscribers",
            action="store_true",
            help="move those who pay a former price to the new one, from their next invoice on",
        )

    def steps(self, *, dry_run: bool) -> Iterator[Step]:
        return products.upsert(*self.kinds, dry_run=dry_run)

    def handle(self, *args: Any, dry_run: bool = False, live: bool = False, **options: Any) -> None:
        if settings.STRIPE_LIVE_MODE and not (live or dry_run):
            raise CommandError(
                "The key is a live one. Look with --dry-run, then run with --live.", returncode=2
            )
        done: list[Step] = []
        try:
            self._carry_out(done, dry_run, move=options.get("migrate_subscribers", False))
        finally:  # also what was done before Stripe could not be reached any more
            self._print(done, dry_run, as_json=options.get("json", False), verbosity=options["verbosity"])
        if any(step.act is Act.LEAVE for step in done):
            raise CommandError("Stripe refused something: see above.", returncode=1)

    def _carry_out(self, done: list[Step], dry_run: bool, *, move: bool) -> None:
        todo = self.steps(dry_run=dry_run)
        if move:
            todo = chain(todo, repricing.move(*self.kinds, dry_run=dry_run))
        wares = products.wares(*self.kinds)
        try:
            with Bar(sys.stderr, sum(1 + len(ware.prices) for ware in wares), verb="seen to") as bar:
                for step in todo:
                    done.append(step)
                    bar.show(step.what, len(done))
        except (errors.BillingOff, errors.Misconfigured) as error:
            raise CommandError(f"{error.detail} Set STRIPE_SECRET_KEY.", returncode=2) from error
        except products.NotOurs as error:
            raise CommandError(f"{error.detail} Choose another STRIPE_NAMESPACE.", returncode=2) from error
        except errors.Unavailable as error:
            raise CommandError(
                f"{error.detail} Run it again: it goes on where it stopped.", returncode=3
            ) from error

    def _print(self, done: list[Step], dry_run: bool, *, as_json: bool, verbosity: int) -> None:
        changed = sum(step.is_change for step in done)
        if as_json:
            said = {"dry_run": dry_run, "changed": changed, "steps": [step.to_json() for step in done]}
            self.stdout.write(json.dumps(said, indent=2, ensure_ascii=False))
            return
        for step in done:
            if verbosity:
                self.stdout.write(str(step))
            if step.note:
                self.stdout.write(step.note)
        if verbosity:
            self.stdout.write(f"{changed} to change." if dry_run else f"{changed} changed.")
