"""The rule that makes the mirror right in any order, any number of times. Pure; production and the model check run it.

Stripe's events come late, doubled and shuffled; their time has a resolution of a second. Several workers hear and
ask at once. The rule: what is newer beyond doubt is written, what is older beyond doubt is skipped, and where there
is doubt the object is fetched. Who asks takes a number before; the answer counts only while nobody with a higher
number has written. A writer from a payload takes a number too, so that an answer asked for earlier cannot undo it.
"""

from dataclasses import dataclass, replace
from enum import Enum

# Seconds. One for the resolution of Stripe's times, one for clocks of Stripe's that disagree.
MARGIN = 2


@dataclass(frozen=True, slots=True)
class Row:
    """What guards one mirrored object. `as_of`: epoch seconds by Stripe's clock; the state is at least this new.

    `sequence` is the number of the last write, `answered` that of the last answer that was written.
    """

    as_of: int | None = None
    sequence: int = 0
    answered: int = 0
    tickets: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Something that Stripe said about an object: the payload of an event, or the answer to a call.

    `ticket`: the number taken before asking; None for what was not asked for.
    `plain`: whole and in our API version, so that it may be written without asking. `dated`: by Stripe's own clock,
    not by a test clock. `first_hand`: the answer to a call of ours just now, which no older news can be.
    """

    as_of: int
    digest: str
    ticket: int | None = None
    plain: bool = True
    dated: bool = True
    first_hand: bool = False


class Verdict(Enum):
    WRITE = "write"  # newer beyond doubt, or the answer to whoever asked last
    CONFIRM = "confirm"  # in doubt, but it says what is written already
    SKIP = "skip"  # older beyond doubt, or an answer that somebody's later one has overtaken
    ASK = "ask"  # in doubt, or overtaken by a payload


def judge(row: Row | None, said: Said) -> Verdict:
    """What to do with `said`, given the row (None: an object that we do not have). Asked under the row's lock."""
    if said.ticket is not None:
        return _judge_answer(row or Row(), said.ticket)
    if not said.dated:
        return Verdict.ASK
    if row is None or row.as_of is None:
        return Verdict.WRITE if said.plain and said.first_hand else Verdict.ASK
    if said.as_of < row.as_of - MARGIN:
        return Verdict.SKIP
    if not said.plain:
        return Verdict.ASK
    if said.as_of > row.as_of + MARGIN:
        return Verdict.WRITE
    return Verdict.CONFIRM if said.digest == row.digest else Verdict.ASK


def _judge_answer(row: Row, ticket: int) -> Verdict:
    if ticket > row.sequence:
        return Verdict.WRITE
    # Overtaken. An answer to somebody who took their number later tells all that we wanted to know; a payload does not.
    return Verdict.SKIP if row.answered > ticket else Verdict.ASK


def take_ticket(row: Row) -> Row:
    """The row after somebody took a number, `tickets`, before asking Stripe. Committed before the call."""
    return replace(row, tickets=row.tickets + 1)


def written(row: Row, said: Said) -> Row:
    """The row after `said` was written or confirmed, still under the lock."""
    if said.ticket is not None:
        return replace(row, as_of=said.as_of, sequence=said.ticket, answered=said.ticket, digest=said.digest)
    number = row.tickets + 1
    as_of = max(row.as_of or said.as_of, said.as_of)
    return Row(as_of, sequence=number, answered=row.answered, tickets=number, digest=said.digest)
