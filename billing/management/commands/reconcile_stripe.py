"""`manage.py reconcile_stripe [--apply]`: compares Stripe with our rows, shows what differs, and mends it if told to.

Exit code 0: nothing differs, or all is mended; 1: differences are left; 2: wrong use or configuration; 3: Stripe
cannot be reached. Interrupted, it goes on where it was when it is called again in the same words.
"""

import json
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts.models import Organization
from billing import errors, reconcile
from billing.gateway import pace
from billing.management import differing
from billing.management.progress import Bar
from billing.models import Difference, Reconciliation
from billing.reconcile.events import KEPT

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
HEADINGS = ("What", "Kind", "Which", "Organization", "Here -> at Stripe", "Mended")


def moment(text: str) -> datetime:
    """`90m`, `12h`, `3d` ago; or a date, or a time in UTC."""
    now = timezone.now()
    if ago := re.fullmatch(r"(\d{1,5})([mhd])", text):
        when = now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    else:
        try:
            day = parse_date(text)
            time = datetime(day.year, day.month, day.day) if day else parse_datetime(text)  # noqa: DTZ001
        except ValueError:
            time = None
        if time is None:
            raise ArgumentTypeError(f"{text} is no time: write 12h, 3d, 2026-05-01 or 2026-05-01T12:00")
        when = time if time.tzinfo else time.replace(tzinfo=UTC)
    if not now - KEPT <= when <= now:
        raise ArgumentTypeError("Stripe's events reach back 30 days; without --since everything is compared")
    return when


def pace_of(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value <= 1000:
        raise ArgumentTypeError("a number above 0, and at most 1000")
    return value


class Command(BaseCommand):
    help = "Compares what Stripe has of ours with our rows. Shows the differences; --apply mends them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--apply", action="store_true", help="mend what differs; without it nothing is changed"
        )
        parser.add_argument(
            "--since",
            type=moment,
            metavar="WHEN",
            help="only what happened since: 12h, 3d, 2026-05-01 (at most 30 days)",
        )
        parser.add_argument("--organization", type=int, metavar="ID", help="only this organization's")
        parser.add_argument("--json", action="store_true", help="print the differences as JSON")
        parser.add_argument(
            "--calls-per-second", type=pace_of, default=10, metavar="N", help="budget at Stripe (default: 10)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organization = self.organization(options["organization"])
        run = reconcile.begin(organization=organization, since=options["since"], mends=options["apply"])
        if run.check_name and options["verbosity"]:
            self.stderr.write(f"Going on with the run of {run.begun:%Y-%m-%d %H:%M} UTC.")
        try:
            with pace.limited(options["calls_per_second"]), Bar(sys.stderr, reconcile.expected(run)) as bar:
                reconcile.carry_out(run, bar.show)
        except (errors.BillingOff, errors.Misconfigured) as error:
            raise CommandError(reason(error), returncode=2) from error
        except errors.Unavailable as error:
            raise CommandError(
                "Stripe cannot be reached. The same command goes on where this one stopped.", returncode=3
            ) from error
        except KeyboardInterrupt as stopped:
            raise CommandError(
                "Interrupted. The same command goes on where this one stopped.", returncode=1
            ) from stopped
        self.report(run, as_json=options["json"])

    def organization(self, key: int | None) -> Organization | None:
        found = Organization.objects.filter(pk=key).first() if key is not None else None
        if key is not None and found is None:
            raise CommandError(f"There is no organization {key}.", returncode=2)
        return found

    def report(self, run: Reconciliation, *, as_json: bool) -> None:
        found = list(run.differences.select_related("organization"))
        left = sum(difference.mended is None for difference in found)
        if as_json:
            self.stdout.write(json.dumps(summary(run, found), cls=DjangoJSONEncoder, indent=2))
        else:
            self.stdout.writelines(f"{line}\n" for line in table(found))
            self.stdout.write(
                f"Compared: {run.compared}. Differences: {len(found)}. Mended: {len(found) - left}."
            )
        if left and run.mends:
            raise CommandError(f"Differences that could not be mended: {left}.", returncode=1)
        if left:
            raise CommandError(f"Differences: {left}. Add --apply to mend them.", returncode=1)


def reason(error: errors.BillingError) -> str:
    """For whoever runs the product; the error's own sentence is for customers."""
    if isinstance(error, errors.BillingOff):
        return "Billing is off: STRIPE_SECRET_KEY is empty."
    if isinstance(error, reconcile.OtherAccount):
        return (
            "None of our products is at Stripe: this key is probably another account's. If the account was emptied, "
            "run upsert_catalogue first."
        )
    return "Stripe refuses our key. See stripe_doctor."


def summary(run: Reconciliation, found: list[Difference]) -> dict[str, Any]:
    names = ("kind", "subject", "organization_id", "what", "fields", "mended", "error")
    return {
        "begun": run.begun,
        "finished": run.finished,
        "compared": run.compared,
        "differences": [{name: getattr(difference, name) for name in names} for difference in found],
    }


def table(found: list[Difference]) -> list[str]:
    """Lines of a table, in columns as wide as they need to be."""
    if not found:
        return []
    rows = [HEADINGS, *(cells(difference) for difference in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def cells(difference: Difference) -> tuple[str, ...]:
    return (
        str(difference.get_what_display()),
        difference.kind,
        difference.subject,
        str(difference.organization or ""),
        differing.told(difference.fields),
        "yes" if difference.mended else difference.error or "no",
    )
