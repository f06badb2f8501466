"""How often somebody may make us call Stripe: against card testing, and against impatience.

Counted per user and per address and hour, exactly over all processes, and only what would reach Stripe. A guest is
counted by what else tells one from another, such as the cart. What is tried in the browser, past us, is counted when
Stripe tells of it: cards that were declined, for whoever began the payment. Each payment that succeeds is one try, and
one decline, more for its address: an office behind one stays able to buy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import organizations, usage
from accounts.models import UsageCounter
from accounts.usage import HOUR, Meter
from billing import errors

if TYPE_CHECKING:
    from rest_framework.request import Request


@dataclass(frozen=True, slots=True)
class Limit:
    """So many an hour. `sentence` says so, with the `%(time)s` from which on there are more."""

    name: str
    per_user: int
    per_address: int
    sentence: str | Promise

    def of(self, payer: str) -> int:
        return self.per_address if payer.startswith(ADDRESS) else self.per_user


ADDRESS = "address:"
PAID = "paid"
# Somebody with a drawer full of cards and a double-clicking finger stays below; a list of stolen cards does not.
CARDS = Limit("cards", 20, 40, _("That is too many payments for one hour. Try again after %(time)s UTC."))
LOOKS = Limit("looks", 60, 240, _("That is too often for one hour. Try again after %(time)s UTC."))
# Cards that were declined. An organization has as many as a user.
DECLINES = Limit("declined", 10, 20, CARDS.sentence)
# More than any limit: what has happened is counted also past it.
_ANY = 1_000_000


def spend(request: "HttpRequest | Request", limit: Limit, guest: str = "") -> None:
    """Count one more; a 429 with `Retry-After` when the user or their address has had all of this hour.

    `guest` names who it is when nobody is signed in; without it the address alone tells. No card is tried for whom so
    many were declined already.
    """
    address, more = address_of(request), 0
    if limit is CARDS:
        more = _refuse_declined([address, *_signed_in(request)])
    for meter in _meters(request, limit, guest, address, more):
        if usage.count(meter) is None:
            raise _too_often(limit, meter)


def address_of(request: "HttpRequest | Request") -> str:
    """By what an address is counted; it cannot be read back."""
    return f"{ADDRESS}{usage.fingerprint(request)}"


def declined(*payers: str) -> bool:
    """A card was declined; whether one of those who pay has none left for this hour: let them try no other."""
    for payer in payers:
        usage.count(_meter(DECLINES.name, payer, _ANY))
    return bool(_spent(payers, _counts(payers)))


def paid(address: str) -> None:
    """A payment that was begun from an address has succeeded."""
    usage.count(_meter(PAID, address, _ANY))


def _refuse_declined(payers: Sequence[str]) -> int:
    """Raises `TooOften`; returns how many payments of the first, an address, have succeeded. One query."""
    counts = _counts(payers)
    if spent := _spent(payers, counts):
        raise _too_often(DECLINES, _meter(DECLINES.name, spent[0], _ANY))
    return counts.get(f"{PAID}:{payers[0]}", 0)


def _spent(payers: Sequence[str], counts: dict[str, int]) -> list[str]:
    return [
        payer
        for payer in payers
        if counts.get(f"{DECLINES.name}:{payer}", 0) >= DECLINES.of(payer) + counts.get(f"{PAID}:{payer}", 0)
    ]


def _counts(payers: Sequence[str]) -> dict[str, int]:
    meters = [_meter(name, payer, _ANY) for payer in payers for name in (DECLINES.name, PAID)]
    found = UsageCounter.objects.filter(
        subject__in=[one.subject for one in meters], window_start=meters[0].start
    )
    return dict(found.values_list("subject", "count"))


def _signed_in(request: "HttpRequest | Request") -> list[str]:
    if not request.user.is_authenticated:
        return []
    organization = organizations.current(request)
    return [user_of(request.user.pk)] + ([organization_of(organization.pk)] if organization else [])


def user_of(pk: int) -> str:
    return f"user:{pk}"


def organization_of(pk: int) -> str:
    return f"organization:{pk}"


def _meters(
    request: "HttpRequest | Request", limit: Limit, guest: str, address: str, more: int
) -> list[Meter]:
    who = user_of(request.user.pk) if request.user.is_authenticated else guest
    place = _meter(limit.name, address, limit.per_address + more)
    return [_meter(limit.name, who, limit.per_user), place] if who else [place]


def _meter(name: str, payer: str, most: int) -> Meter:
    return usage.meter(f"{name}:{payer}", most, HOUR)


def _too_often(limit: Limit, meter: Meter) -> errors.TooOften:
    sentence = str(limit.sentence) % {"time": f"{meter.end:%H:%M}"}
    return errors.TooOften(sentence, retry_after=meter.seconds_left())
