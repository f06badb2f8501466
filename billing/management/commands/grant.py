"""`manage.py grant give|withdraw|list`: what organizations have without paying, and why.

Exit code 0: done; 2: wrong use.
"""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date, parse_datetime

from accounts.models import Organization, User
from accounts.roles import Role
from accounts.tiers import Tier
from billing import grants
from billing.models import Grant

UNLIMITED = "unlimited"
DIGITS = 15  # of the largest amount


class Command(BaseCommand):
    help = "Gives an organization a tier, a feature or a limit until a date; takes gifts back; lists them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        give = verbs.add_parser("give", help="give one thing")
        give.add_argument("organization", help="its number, or the e-mail address of its owner")
        what = give.add_mutually_exclusive_group(required=True)
        what.add_argument("--tier", choices=[tier.value for tier in Tier if tier.rank > Tier.FREE.rank])
        what.add_argument("--feature", help="export, for example")
        what.add_argument("--limit", help="api_requests_per_day, instance:a10g, ...")
        give.add_argument("--amount", help=f"how much of the limit: a number, or {UNLIMITED}")
        give.add_argument(
            "--until", help="through this day, or until this time with its zone; left out: for good"
        )
        give.add_argument("--why", required=True, help="customers see it on their billing page")
        give.add_argument("--by", help="the e-mail address of whoever gives it")
        withdraw = verbs.add_parser("withdraw", help="take a gift back")
        withdraw.add_argument("number", type=int, help="as `list` says it")
        listed = verbs.add_parser("list", help="the gifts that hold now")
        listed.add_argument("organization", nargs="?", help="of this one only, with those that are over")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        act: Callable[..., None] = getattr(self, f"_{verb}")
        act(**options)

    def _give(self, *, organization: str, why: str, **options: Any) -> None:
        try:
            given = grants.give(
                _organization(organization),
                Tier(options["tier"]) if options["tier"] else None,
                feature=_known(options["feature"], grants.features()),
                limit=_known(options["limit"], grants.limits()),
                amount=_amount(options["limit"], options["amount"]),
                until=_moment(options["until"]),
                why=why,
                by=_user(options["by"]),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from error
        self.stdout.write(_line(given))

    def _withdraw(self, *, number: int, **options: Any) -> None:
        grant = Grant.objects.select_related("organization").filter(pk=number).first()
        if grant is None:
            raise CommandError(f"There is no gift {number}.", returncode=2)
        grants.withdraw(grant)
        grant.refresh_from_db()
        self.stdout.write(_line(grant))

    def _list(self, *, organization: str | None = None, **options: Any) -> None:
        found = Grant.objects.with_machines().select_related("organization")
        of_one = found.filter(organization=_organization(organization)) if organization else found.in_force()
        for grant in of_one:
            self.stdout.write(_line(grant))


def _organization(named: str) -> Organization:
    """By its number, or by an owner who owns no other, their personal one apart."""
    if "@" not in named:
        found = list(Organization.objects.filter(pk=int(named))) if named.isdecimal() else []
    else:
        owned = Organization.objects.filter(
            memberships__user__email=named.lower(), memberships__role=Role.OWNER, closed=None
        )
        found = list(owned.filter(personal=False)) or list(owned)
    if len(found) > 1:
        several = ", ".join(f"{one.pk} ({one})" for one in found)
        raise CommandError(f"They own several; give the number of one: {several}.", returncode=2)
    if not found:
        raise CommandError("There is no such organization.", returncode=2)
    return found[0]


def _known(name: str | None, known: list[str]) -> str:
    if name and name not in known:
        raise CommandError(f"{name} is none of ours: {', '.join(known)}.", returncode=2)
    return name or ""


def _amount(limit: str | None, given: str | None) -> int | None:
    """A number for a limit, said outright: what is left out is not taken for unlimited."""
    if (limit is None) == (given is None):
        if limit is None or given == UNLIMITED:
            return None
        if given and given.isascii() and given.isdecimal() and len(given) <= DIGITS:
            return int(given)
    raise CommandError(f"--limit needs --amount: a number, or {UNLIMITED}.", returncode=2)


def _moment(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        moment, day = parse_datetime(given) if "T" in given else None, parse_date(given[:10])
    except ValueError:
        moment = day = None
    if day is not None and len(given) == 10:
        moment = datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=1)
    if moment is None or moment.tzinfo is None:
        raise CommandError("--until takes 2027-01-31, or 2027-01-31T12:00Z.", returncode=2)
    return moment


def _user(email: str | None) -> User | None:
    if email is None:
        return None
    found = User.objects.filter(email=email.lower()).first()
    if found is None:
        raise CommandError("Nobody has the address given with --by.", returncode=2)
    return found


def _line(grant: Grant) -> str:
    until = f"until {grant.until:%Y-%m-%d %H:%M} UTC" if grant.until else "without end"
    taken = f", withdrawn {grant.withdrawn:%Y-%m-%d}" if grant.withdrawn else ""
    return f"{grant.pk}: {grant.organization} ({grant.organization_id}): {grant.gift}, {until}{taken}: {grant.why}"
