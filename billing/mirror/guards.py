"""The guards' rows: locked to be judged, written with what they guard, and numbered for those who go and ask."""

from django.db.models import QuerySet

from billing import access
from billing.mirror import order
from billing.mirror.fields import moment
from billing.mirror.kinds import Kind
from billing.models import MirroredObject
from config import statements
from config.statements import Prepared

_TICKET = """
    INSERT INTO billing_mirroredobject
        (stripe_id, kind, organization_id, sequence, answered, tickets, digest, gone, data)
    VALUES (%s, %s, %s, 0, 0, 1, '', %s, '{}')
    ON CONFLICT (stripe_id) DO UPDATE SET tickets = billing_mirroredobject.tickets + 1
    RETURNING tickets
"""


def _any(stripe_id: str) -> QuerySet[MirroredObject]:
    return MirroredObject.objects.filter(stripe_id=stripe_id).select_for_update(no_key=True)


def _owned(stripe_id: str) -> QuerySet[MirroredObject]:
    """A condition on the organization makes it an inner join, the only one whose far side can be locked."""
    owned = MirroredObject.objects.filter(stripe_id=stripe_id, organization__created__isnull=False)
    return owned.select_related("organization").select_for_update(no_key=True, of=("self", "organization"))


_ANY, _OWNED = Prepared(_any, "a stripe id"), Prepared(_owned, "a stripe id")


def lock(kind: Kind, stripe_id: str, organization_id: int | None = None) -> MirroredObject | None:
    """The guard, locked, and its organization where the kind says so; None when there is none yet.

    In the usual case one statement. `organization_id` is whose it is, for a guard that does not know it.
    """
    if kind.locks_owner and (guard := _OWNED.first(stripe_id)):
        return guard
    guard = _ANY.first(stripe_id)
    if guard is not None:
        _give(guard, kind, guard.organization_id or organization_id)
    return guard


def make(kind: Kind, stripe_id: str, organization_id: int | None) -> MirroredObject:
    """A guard for an object of which we hear first-hand. Raises IntegrityError if somebody else just made it."""
    guard = MirroredObject(stripe_id=stripe_id, kind=kind.name)
    _give(guard, kind, organization_id)
    guard.save(force_insert=True)
    return guard


def _give(guard: MirroredObject, kind: Kind, organization_id: int | None) -> None:
    guard.organization_id = organization_id
    if kind.locks_owner and organization_id is not None:
        guard.organization = access.lock(organization_id)


def row_of(guard: MirroredObject) -> order.Row:
    return order.Row(
        as_of=int(guard.as_of.timestamp()) if guard.as_of else None,
        sequence=guard.sequence,
        answered=guard.answered,
        tickets=guard.tickets,
        digest=guard.digest,
    )


def keep(guard: MirroredObject, row: order.Row, *, gone: bool) -> None:
    """Write what the rule says the row is now, with the guard's data."""
    guard.as_of = moment(row.as_of) if row.as_of is not None else None
    guard.sequence, guard.answered, guard.tickets = row.sequence, row.answered, row.tickets
    guard.digest, guard.gone = row.digest, gone
    statements.update(
        guard, "organization", "as_of", "sequence", "answered", "tickets", "digest", "gone", "data"
    )


def take_ticket(kind: Kind, stripe_id: str, organization_id: int | None) -> int:
    """A number for somebody who is about to ask Stripe: higher than all before, committed at once."""
    ((number,),) = statements.run(_TICKET, [stripe_id, kind.name, organization_id, False])
    return int(number)
