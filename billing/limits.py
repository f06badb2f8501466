"""How often somebody may make us call Stripe: against card testing, and against impatience.

Counted per user and per address and hour, exactly over all processes, and only what would reach Stripe. A guest is
counted by what else tells one from another, such as the cart.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import usage
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


# Somebody with a drawer full of cards and a double-clicking finger stays below; a list of stolen cards does not.
CARDS = Limit("cards", 20, 40, _("That is too many payments for one hour. Try again after %(time)s UTC."))
LOOKS = Limit("looks", 60, 240, _("That is too often for one hour. Try again after %(time)s UTC."))


def spend(request: "HttpRequest | Request", limit: Limit, guest: str = "") -> None:
    """Count one more; a 429 with `Retry-After` when the user or their address has had all of this hour.

    `guest` names who it is when nobody is signed in; without it the address alone tells.
    """
    for meter in _meters(request, limit, guest):
        if usage.count(meter) is None:
            sentence = str(limit.sentence) % {"time": f"{meter.end:%H:%M}"}
            raise errors.TooOften(sentence, retry_after=meter.seconds_left())


def _meters(request: "HttpRequest | Request", limit: Limit, guest: str) -> list[Meter]:
    who = f"user:{request.user.pk}" if request.user.is_authenticated else guest
    address = usage.meter(f"{limit.name}:{usage.fingerprint(request)}", limit.per_address, HOUR)
    return [usage.meter(f"{limit.name}:{who}", limit.per_user, HOUR), address] if who else [address]
