"""Objects of Stripe's and our rows: first all that Stripe lists, then what we have and it did not list."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial

from billing import errors, gateway, mirror
from billing.gateway.lists import Page
from billing.mirror.fields import Data
from billing.mirror.kinds import Facts
from billing.models import Difference, MirroredObject, StripePaymentMethod
from billing.ownership import Owner
from billing.reconcile import rows
from billing.reconcile.checks import Check, Finding, Scope, Step

What = Difference.What

# Of these, Stripe lists a customer's. The others it lists all or nothing.
BY_CUSTOMER = (
    "subscription",
    "subscription_schedule",
    "invoice",
    "payment_intent",
    "charge",
    "checkout.session",
)
# The cursor once Stripe's list is through.
LISTED = "listed"
BATCH = 100


def checks(*kinds: str) -> list[Check]:
    return [Check(kind, partial(_find, kind)) for kind in kinds]


def _find(kind: str, scope: Scope, cursor: str) -> Iterator[Step]:
    if cursor != LISTED:
        for page in _listed(kind, scope, cursor):
            objects = {data["id"]: data for data in page.objects}
            yield Step(compare(kind, objects, scope), len(objects), page.cursor)
    if scope.since is None:
        yield from _not_listed(kind, scope)


def _listed(kind: str, scope: Scope, cursor: str) -> Iterator[Page]:
    if kind == "payment_method":
        if scope.since is None:  # they have no list by time
            yield from _payment_methods(scope, cursor)
    elif scope.organization is None:
        yield from gateway.lists.pages(kind, after=cursor, since=scope.seconds)
    elif kind == "customer":
        found = gateway.customers.find(scope.organization.pk).data["data"]
        yield Page(found, "", last=True)
    elif kind in BY_CUSTOMER:
        for customer in scope.customers():
            yield _of_customer(gateway.lists.pages(kind, since=scope.seconds, customer=customer))


def _payment_methods(scope: Scope, cursor: str) -> Iterator[Page]:
    """Stripe lists them by customer only. The cursor is the customer."""
    for customer in sorted(scope.customers()):
        if customer > cursor:
            found = _of_customer(gateway.lists.payment_methods(customer))
            yield replace(found, cursor=customer)


def _of_customer(pages: Iterator[Page]) -> Page:
    """All pages as one. A customer that was deleted at Stripe has nothing, as is found out in its place."""
    try:
        return Page([found for page in pages for found in page.objects], "", last=True)
    except errors.NotFound:
        return Page([], "", last=True)


def _not_listed(kind: str, scope: Scope) -> Iterator[Step]:
    """What we have and Stripe did not list: deleted, or on a test clock, or just made. Each is asked for."""
    guards = MirroredObject.objects.filter(kind=kind, gone=False, **scope.narrow)
    guards = guards.exclude(as_of=None).exclude(compared_by=scope.run)
    if kind == "payment_method":  # the others are known not to be listed
        attached = StripePaymentMethod.objects.filter(attached=True)
        guards = guards.filter(stripe_id__in=attached.values("stripe_id"))
    while batch := list(guards.values_list("stripe_id", flat=True)[:BATCH]):
        yield Step(compare_anew(kind, batch, scope), len(batch), LISTED)


def compare(kind: str, objects: Mapping[str, Data], scope: Scope) -> list[Finding]:
    """What differs of the objects that are ours, just read from Stripe."""
    ours: dict[str, Owner] = {}
    facts: dict[str, Facts] = {}
    for stripe_id, data in objects.items():
        owner = scope.owners.of(kind, data)
        if owner.ours:
            ours[stripe_id], facts[stripe_id] = owner, rows.expected(kind, data)
    names = next(iter(facts.values()), {})
    present = rows.held(kind, facts, names)
    suspects = [stripe_id for stripe_id in facts if facts[stripe_id] != present.get(stripe_id)]
    _note_compared(set(facts) - set(suspects), scope)
    return compare_anew(kind, suspects, scope)


def compare_anew(kind: str, ids: Collection[str], scope: Scope) -> list[Finding]:
    """Ask Stripe for each and only then look at our row, so that a change under way is not taken for a difference."""
    found = [_look_at(kind, stripe_id, scope) for stripe_id in ids]
    _note_compared(ids, scope)
    return [finding for finding in found if finding is not None]


def _look_at(kind: str, stripe_id: str, scope: Scope) -> Finding | None:
    answer = gateway.objects.fetch(kind, stripe_id)
    if answer is None or answer.data.get("deleted"):
        owner, there = _owner_of_row(stripe_id), None
    else:
        owner, there = scope.owners.of(kind, answer.data), rows.expected(kind, answer.data)
    here = rows.held(kind, [stripe_id], there or ["stripe_id"]).get(stripe_id)
    if not owner.ours or here == there:
        return None
    return Finding(
        kind,
        stripe_id,
        owner.organization_id,
        _what(here, there),
        _fields(here, there),
        partial(mirror.pull, kind, stripe_id, owner.organization_id),
    )


def _owner_of_row(stripe_id: str) -> Owner:
    guard = MirroredObject.objects.filter(stripe_id=stripe_id).first()
    return Owner(guard is not None, guard.organization_id if guard else None)


def _what(here: Facts | None, there: Facts | None) -> What:
    if here is None:
        return What.MISSING
    return What.GONE if there is None else What.DIFFERS


def _fields(here: Facts | None, there: Facts | None) -> dict[str, list[object]]:
    """What differs. Of an object that only one side has, its state says enough."""
    if here is not None and there is not None:
        return {name: [here.get(name), there[name]] for name in there if here.get(name) != there[name]}
    one = {"here": here, "there": there}
    state = {side: (facts or {}).get("status") for side, facts in one.items()}
    return {"status": [state["here"], state["there"]]} if any(state.values()) else {}


def _note_compared(ids: Collection[str], scope: Scope) -> None:
    MirroredObject.objects.filter(stripe_id__in=ids).update(compared_by=scope.run)
