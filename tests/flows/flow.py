"""What a flow is: something that somebody does with the product, or that runs by a schedule, and that calls Stripe."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from tests.house import House
from tests.oracle import Oracle

# Does something; a second time it is the same person who tries again, in the same words.
Do = Callable[[House, User], Any]
Leaves = Callable[[Oracle, User], None]


@dataclass(frozen=True)
class Flow:
    """`writes`: by which functions of `billing.gateway` it changes something at Stripe.

    `before`: what was done before. `leaves`: checks what must be there in the end, beside what always must.
    """

    do: Do
    writes: str = ""
    before: tuple[Do, ...] = ()
    is_command: bool = False
    leaves: Leaves | None = None


def events(home: House, user: User) -> None:
    home.deliver()


def command(*arguments: str) -> Do:
    return lambda home, user: home.command(*arguments)
