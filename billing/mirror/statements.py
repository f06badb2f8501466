"""What Stripe said about one object: the payload of an event, the answer to a question, or to something we made."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from billing.gateway.client import Answer
from billing.mirror.kinds import Facts
from billing.mirror.order import Said


@dataclass(frozen=True, slots=True)
class Statement:
    """See `order.Said` for the terms. `gone`: Stripe no longer has the object, or says that it was deleted."""

    kind: str
    id: str
    data: Mapping[str, Any]
    as_of: int
    ticket: int | None = None
    plain: bool = True
    first_hand: bool = False
    gone: bool = False

    @property
    def dated(self) -> bool:
        """Objects on a test clock have the times of that clock; of a thin event we cannot tell."""
        return bool(self.data) and not self.data.get("test_clock")

    @property
    def is_readable(self) -> bool:
        """Whether it shows the object in the form that we know."""
        return bool(self.data) and not self.gone and (self.plain or self.ticket is not None)

    def said(self, digest: str) -> Said:
        return Said(self.as_of, digest, self.ticket, self.plain, self.dated, self.first_hand)


def of_answer(answer: Answer, data: Mapping[str, Any] | None = None) -> Statement:
    """The answer to a writing call, or one object in it. A replayed one may be old: it is asked for anew."""
    said = answer.data if data is None else data
    return Statement(
        kind=said["object"],
        id=said["id"],
        data=said,
        as_of=answer.as_of,
        plain=not answer.replayed,
        first_hand=True,
        gone=bool(said.get("deleted")),
    )


def digest_of(facts: Facts | None) -> str:
    """The same for the same facts; None: the object is gone."""
    return hashlib.blake2b(_encode(facts).encode(), digest_size=16).hexdigest()


_encode = json.JSONEncoder(default=str, sort_keys=True).encode
