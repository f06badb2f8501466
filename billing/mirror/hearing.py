"""The mirror's one way in: hear what Stripe says, judge it by the rule, write it, or go and ask.

`hear` runs in a transaction and never asks; `ask` asks and holds no transaction. `record` and `pull` do both, for
verbs; webhooks do both by themselves, since an event's effects belong into the transaction that writes its object.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from billing import errors, gateway
from billing.mirror import guards, order, statements
from billing.mirror.kinds import Facts, Kind, all_kinds
from billing.mirror.order import Verdict
from billing.mirror.statements import Statement
from billing.models import MirroredObject, StripeProduct

# Who is overtaken so often asks no more: the next delivery, or the next click, will.
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """What was done; the guard under which, if there is one."""

    verdict: Verdict
    guard: MirroredObject | None


def hear(statement: Statement, organization_id: int | None = None) -> Heard:
    """Judge and, if the verdict is so, write. In a transaction. `organization_id` is for an object new to us."""
    kind = all_kinds()[statement.kind]
    guard = guards.lock(kind, statement.id, organization_id)
    row = guards.row_of(guard) if guard else None
    facts = kind.read(statement.data) if statement.is_readable else None
    said = statement.said(statements.digest_of(facts))
    verdict = order.judge(row, said)
    if verdict in (Verdict.WRITE, Verdict.CONFIRM):
        guard = guard or guards.make(kind, statement.id, organization_id)
        if verdict is Verdict.WRITE:
            _write(kind, guard, facts)
        guards.keep(guard, order.written(row or order.Row(), said), gone=facts is None)
    return Heard(verdict, guard)


def _write(kind: Kind, guard: MirroredObject, facts: Facts | None) -> None:
    if facts is None:
        kind.forget(guard)
    else:
        kind.write(guard, facts)


def ask(kind: str, stripe_id: str, organization_id: int | None) -> Statement:
    """Take a number, then ask Stripe for the object as it is now. Raises `errors.NotFound` if that cannot be told."""
    ticket = guards.take_ticket(all_kinds()[kind], stripe_id, organization_id)
    answer = gateway.objects.fetch(kind, stripe_id)
    if answer is None:
        return Statement(kind, stripe_id, {}, _vouched(stripe_id), ticket, gone=True)
    gone = bool(answer.data.get("deleted"))
    return Statement(kind, stripe_id, answer.data, answer.as_of, ticket, gone=gone)


def _vouched(stripe_id: str) -> int:
    """When it was so that Stripe has no such object. With a key of another account it has none of ours: then a
    product of ours is missing too, and nothing is believed.
    """
    product = StripeProduct.objects.filter(active=True).exclude(stripe_id=stripe_id).first()
    found = gateway.objects.fetch("product", product.stripe_id) if product else None
    if found is None:
        raise errors.NotFound
    return found.as_of


def record(statement: Statement, organization_id: int | None = None) -> MirroredObject:
    """Mirror what a call of ours was answered. Asks again only where it is in doubt."""
    try:
        with transaction.atomic():
            heard = hear(statement, organization_id)
    except IntegrityError:  # an event of the same object came in between, and has made its guard
        heard = Heard(Verdict.ASK, None)
    if heard.verdict is Verdict.ASK or heard.guard is None:
        return pull(statement.kind, statement.id, organization_id)
    return heard.guard


def pull(kind: str, stripe_id: str, organization_id: int | None = None) -> MirroredObject:
    """Ask Stripe for the object and mirror it, whatever our rows say. Raises `errors.Busy` if others never let us."""
    for _round in range(ROUNDS):
        statement = ask(kind, stripe_id, organization_id)
        with transaction.atomic():
            heard = hear(statement, organization_id)
        if heard.verdict is not Verdict.ASK and heard.guard is not None:
            return heard.guard
    raise errors.Busy()


def sequence_of(stripe_id: str) -> int:
    """The number of the last write. It changes whenever the row does."""
    guard = MirroredObject.objects.filter(stripe_id=stripe_id).values_list("sequence", flat=True).first()
    return guard or 0
