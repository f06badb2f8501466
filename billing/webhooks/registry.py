"""Which events mean something to us, and who reacts to them. Apps register by import, when they are ready.

A handler is a small function whose docstring says the business effect. It runs in the transaction that mirrors the
event's object, once for each event; it reads rows, not payloads, since a later event may have come first; and it
never calls Stripe. What it wants done outside is noted in the outbox.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from billing.models import MirroredObject

if TYPE_CHECKING:
    from billing.webhooks.notices import Notice

Handler = Callable[["Notice", MirroredObject], None]

_handlers: dict[str, list[Handler]] = defaultdict(list)
_gone: set[str] = set()


def mirror_on(*types: str) -> None:
    """These events bring the mirror up to date, which is all that they mean."""
    for type_ in types:
        _handlers[type_]


def forget_on(*types: str) -> None:
    """After these events Stripe no longer has the object, though they still show it."""
    mirror_on(*types)
    _gone.update(types)


def on(*types: str) -> Callable[[Handler], Handler]:
    """Register a handler for these types of events."""

    def register(handler: Handler) -> Handler:
        for type_ in types:
            _handlers[type_].append(handler)
        return handler

    return register


def knows(type_: str) -> bool:
    return type_ in _handlers


def means_gone(type_: str) -> bool:
    return type_ in _gone


def types() -> list[str]:
    """All types that mean something to us: what a webhook endpoint should be subscribed to."""
    return sorted(_handlers)


def react(notice: "Notice", guard: MirroredObject) -> None:
    """Let the handlers of the event's type do what it means."""
    for handler in _handlers.get(notice.type, ()):
        handler(notice, guard)
