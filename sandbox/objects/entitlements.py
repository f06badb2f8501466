"""Entitlements: features, which products have them, and which customers may use them through their subscriptions.

https://docs.stripe.com/billing/entitlements
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, events
from sandbox.lists import cut, page, select
from sandbox.parameters import assign
from sandbox.rendering import field, list_object
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

GIVING = ("active", "trialing", "past_due")
ACTIVE = "entitlements.active_entitlement"
SUMMARY = "entitlements.active_entitlement_summary"


@operation("POST", "/v1/entitlements/features")
def create(world: World, call: Call) -> Record:
    key = call.params["lookup_key"]
    if next(world.scan("entitlements.feature", lookup_key=key), None):
        raise errors.invalid(f"A feature with the lookup key `{key}` already exists.", "lookup_key")
    feature = world.new(
        "entitlements.feature", active=True, lookup_key=key, name=call.params["name"], metadata={}
    )
    assign(feature, call.params, "metadata")
    return feature


@operation("GET", "/v1/entitlements/features")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(
        world, call, "entitlements.feature", archived=lambda feature, archived: feature["active"] != archived
    )


@operation("GET", "/v1/entitlements/features/{id}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("entitlements.feature", call.id)


@operation("POST", "/v1/entitlements/features/{id}")
def update(world: World, call: Call) -> Record:
    feature = world.get("entitlements.feature", call.id)
    assign(feature, call.params, "active", "metadata", "name")
    return feature


# -- on products ---------------------------------------------------------------------------------------------------


@field("product_feature", "entitlement_feature")
def show_feature(world: World, attached: Record) -> Record | None:
    return world.peek(attached["_feature"])


@operation("POST", "/v1/products/{product}/features")
def attach(world: World, call: Call) -> Record:
    product = world.get("product", call.id)
    feature = world.get("entitlements.feature", call.params["entitlement_feature"], "entitlement_feature")
    if next(world.scan("product_feature", _product=product["id"], _feature=feature["id"]), None):
        raise errors.invalid("This feature is already attached to the product.", "entitlement_feature")
    attached = world.new("product_feature", _product=product["id"], _feature=feature["id"])
    _follow_subscribers(world, product["id"])
    return attached


@operation("GET", "/v1/products/{product}/features")
def list_of_product(world: World, call: Call) -> dict[str, Any]:
    product = world.get("product", call.id)
    attached = world.scan("product_feature", newest_first=True, _product=product["id"])
    return cut(call, "product_feature", list(attached))


@operation("GET", "/v1/products/{product}/features/{id}")
def retrieve_of_product(world: World, call: Call) -> Record:
    attached = world.get("product_feature", call.ids["id"])
    if attached["_product"] != call.id:
        raise errors.missing("product_feature", attached["id"])
    return attached


@operation("DELETE", "/v1/products/{product}/features/{id}")
def detach(world: World, call: Call) -> Record:
    gone = world.delete(retrieve_of_product(world, call))
    _follow_subscribers(world, call.id)
    return gone


def _follow_subscribers(world: World, product_id: str) -> None:
    """A product has gained or lost a feature: so have those who subscribe to it."""
    customers = {
        subscription["customer"]
        for subscription in world.scan("subscription")
        if product_id in _products(world, subscription)
    }
    for customer_id in sorted(customers):
        follow(world, customer_id)


# -- of customers --------------------------------------------------------------------------------------------------


@operation("GET", "/v1/entitlements/active_entitlements")
def list_active(world: World, call: Call) -> dict[str, Any]:
    customer = world.get("customer", call.params["customer"], "customer")
    held = world.scan(ACTIVE, newest_first=True, _customer=customer["id"])
    return cut(call, ACTIVE, select(call, held, customer=lambda held, wanted: True))


@operation("GET", "/v1/entitlements/active_entitlements/{id}")
def retrieve_active(world: World, call: Call) -> Record:
    return world.get(ACTIVE, call.id)


def follow(world: World, customer_id: str) -> None:
    """Bring a customer's entitlements in line with his subscriptions; one event with all of them if any changed."""
    if next(world.scan("product_feature"), None) is None and next(world.scan(ACTIVE), None) is None:
        return
    due = _due(world, customer_id)
    held = {e["feature"]: e for e in world.select(ACTIVE, _customer=customer_id)}
    if due.keys() == held.keys():
        return
    for feature_id in held.keys() - due.keys():
        world.delete(held[feature_id])
    for feature_id, feature in due.items():
        if feature_id not in held:
            world.new(
                ACTIVE,
                feature=feature_id,
                lookup_key=feature["lookup_key"],
                _customer=customer_id,
            )
    _tell(world, customer_id)


def _products(world: World, subscription: Record) -> set[str]:
    items = [world.peek(item_id) for item_id in subscription["_items"]]
    return {price["product"] for item in items if item and (price := world.peek(item["_price"]))}


def _due(world: World, customer_id: str) -> dict[str, Record]:
    """The features of all products that the customer subscribes to, by id."""
    products: set[str] = set()
    for subscription in world.scan("subscription", customer=customer_id):
        if subscription["status"] in GIVING:
            products |= _products(world, subscription)
    attached = [a for a in world.scan("product_feature") if a["_product"] in products]
    return {a["_feature"]: feature for a in attached if (feature := world.peek(a["_feature"]))}


def _tell(world: World, customer_id: str) -> None:
    """The event carries a summary, an object that exists nowhere else, with the first page."""
    held = list(world.scan(ACTIVE, _customer=customer_id))
    listed = list_object(held[:10], f"/v1/customer/{customer_id}/entitlements", len(held) > 10)
    summary = {
        "object": SUMMARY,
        "customer": customer_id,
        "entitlements": world.render(listed),
        "livemode": False,
    }
    events.create(world, f"{SUMMARY}.updated", summary, None)


def forget(world: World, customer_id: str) -> None:
    """The customer is gone, and what he was entitled to."""
    for held in world.select(ACTIVE, _customer=customer_id):
        world.delete(held)
