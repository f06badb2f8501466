"""The catalogue's features brought to Stripe, where its dashboard and other applications read who may use what.

We ourselves decide by our own rows (`billing.access`). Which features a product has is noted in its metadata once they
are attached: a run that is cut off attaches them again, and one that finds the note reads nothing more.
"""

from collections.abc import Iterator
from typing import Any

from billing import catalogue, errors, gateway, mirror
from billing.catalogue import Plan
from billing.models import StripeProduct
from billing.models.attempts import new_key
from billing.steps import Act, Step

Found = dict[str, dict[str, Any]]


def upsert(*, dry_run: bool = False) -> Iterator[Step]:
    """Make the features that plans have, put them on the plans' products, archive ours that no plan has any more.

    The products have to be there. One read while nothing changes.
    """
    found = gateway.entitlements.features()
    wanted = sorted({feature for plan in catalogue.PLANS for feature in plan.features})
    for feature in wanted:
        yield _feature(feature, found, dry_run)
    products = {one.stripe_id: one for one in StripeProduct.objects.all()}
    for plan in catalogue.PLANS:
        yield _product(plan, products.get(gateway.catalogue.product_id(plan.code)), found, dry_run)
    keys = [gateway.entitlements.lookup_key(feature) for feature in wanted]
    for lookup_key, left in found.items():
        if left["active"] and lookup_key not in keys:
            if not dry_run:
                _update(left, left["name"], active=False)
            yield Step(Act.CHANGE, f"feature {lookup_key}", "no plan has it")


def _feature(feature: str, found: Found, dry_run: bool) -> Step:
    lookup_key, name = gateway.entitlements.lookup_key(feature), _name(feature)
    there = found.get(lookup_key)
    if there is None:
        if not dry_run:
            found[lookup_key] = gateway.entitlements.create(feature, name=name, key=f"{lookup_key}:made").data
        return Step(Act.CREATE, f"feature {lookup_key}")
    if there["active"] and there["name"] == name:
        return Step(Act.KEEP, f"feature {lookup_key}")
    if not dry_run:
        found[lookup_key] = _update(there, name, active=True)
    return Step(Act.CHANGE, f"feature {lookup_key}", there["name"] if there["active"] else "archived")


def _update(there: dict[str, Any], name: str, *, active: bool) -> dict[str, Any]:
    """Without a key that could be worked out again: doing it twice is doing it once."""
    key = new_key()
    return gateway.entitlements.update(there["id"], name=name, active=active, key=key).data


def _product(plan: Plan, product: StripeProduct | None, found: Found, dry_run: bool) -> Step:
    wanted = ",".join(sorted(plan.features))
    noted = product.features if product else ""
    what = f"features of {plan.title}: {wanted or 'none'}"
    if noted == wanted:
        return Step(Act.KEEP, what)
    if not dry_run:
        _attach(plan, found)
        key = f"{gateway.catalogue.product_id(plan.code)}:features:{wanted}:{_sequence(plan)}"
        answer = gateway.entitlements.note(plan.code, wanted, key=key)
        mirror.record(mirror.of_answer(answer))
    return Step(Act.CHANGE, what, f"was {noted or 'none'}")


def _attach(plan: Plan, found: Found) -> None:
    wanted = {found[gateway.entitlements.lookup_key(feature)]["id"] for feature in plan.features}
    try:
        _set(plan, wanted, _attached(plan, found))
    except (errors.Invalid, errors.NotFound):  # another run does the same at this moment
        _set(plan, wanted, _attached(plan, found))


def _set(plan: Plan, wanted: set[str], attached: dict[str, str]) -> None:
    for feature_id in sorted(wanted - attached.keys()):
        key = f"{gateway.catalogue.product_id(plan.code)}:{feature_id}:{_sequence(plan)}"
        gateway.entitlements.attach(plan.code, feature_id, key=key)
    for feature_id in sorted(attached.keys() - wanted):
        gateway.entitlements.detach(plan.code, attached[feature_id])


def _attached(plan: Plan, found: Found) -> dict[str, str]:
    """Under which id each feature of ours is attached to the plan's product."""
    attached = gateway.entitlements.of_product(plan.code)
    return {
        one["entitlement_feature"]["id"]: one["id"]
        for one in attached
        if one["entitlement_feature"]["lookup_key"] in found
    }


def _sequence(plan: Plan) -> int:
    return mirror.sequence_of(gateway.catalogue.product_id(plan.code))


def _name(feature: str) -> str:
    return feature.replace("_", " ").capitalize()
