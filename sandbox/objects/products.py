"""Products: what is sold. https://docs.stripe.com/api/products"""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.lists import page
from sandbox.objects import prices
from sandbox.parameters import assign, merge_metadata
from sandbox.routing import Call, operation
from sandbox.search import search
from sandbox.store import Record
from sandbox.world import World

LONGEST_NAME = 250  # https://docs.stripe.com/changelog/2018-10-31/names-products-character-limit
PLAIN = (
    "active",
    "description",
    "name",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
)


@operation("POST", "/v1/products")
def create(world: World, call: Call) -> Record:
    params = call.params
    if "id" in params and world.peek(params["id"]) is not None:
        raise errors.invalid("Product already exists.", "id", "resource_already_exists")
    product = make(world, params)
    world.emit("product.created", product)
    if "default_price_data" in params:
        data = params["default_price_data"] | {"product": product["id"]}
        price = prices.make(world, data, "default_price_data")
        product["default_price"] = price["id"]
        world.emit("product.updated", product)
    return product


def make(world: World, params: dict[str, Any]) -> Record:
    """Make a product from its parameters, without its event."""
    chosen = {"id": params["id"]} if "id" in params else {}
    product = world.new("product", name=params["name"], active=True, updated=world.now, **chosen)
    _assign(product, params)
    return product


def _assign(product: Record, params: dict[str, Any]) -> None:
    if len(params.get("name", "")) > LONGEST_NAME:
        raise errors.invalid(f"Invalid string: name must be at most {LONGEST_NAME} characters", "name")
    assign(product, params, *PLAIN)
    for name in ("images", "marketing_features"):
        if name in params:
            product[name] = params[name] or []
    if "package_dimensions" in params:
        given = params["package_dimensions"]
        product["package_dimensions"] = skeletons.build("package_dimensions", **given) if given else None
    if "metadata" in params:
        product["metadata"] = merge_metadata(product["metadata"], params["metadata"])


@operation("GET", "/v1/products")
def list_all(world: World, call: Call) -> Record:
    return page(world, call, "product", ids=lambda product, ids: product["id"] in ids)


@operation("GET", "/v1/products/search")
def search_all(world: World, call: Call) -> Record:
    return search(world, call, "product")


@operation("GET", "/v1/products/{id}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("product", call.id)


@operation("POST", "/v1/products/{id}")
def update(world: World, call: Call) -> Record:
    product = world.get("product", call.id)
    if call.params.get("default_price"):
        price = world.get("price", call.params["default_price"], "default_price")
        if price["product"] != product["id"]:
            raise errors.invalid(
                f"The price `{price['id']}` does not belong to the product `{product['id']}`.",
                "default_price",
            )
    _assign(product, call.params)
    assign(product, call.params, "default_price")
    if world.changed(product):
        product["updated"] = world.now
        world.emit("product.updated", product)
    return product


@operation("DELETE", "/v1/products/{id}")
def delete(world: World, call: Call) -> Record:
    """Only a product that never had a price can be deleted; others are archived."""
    product = world.get("product", call.id)
    if next(world.scan("price", product=product["id"]), None):
        raise errors.invalid(
            "This product cannot be deleted because it has one or more user-created prices.", "id"
        )
    world.emit("product.deleted", product)
    return world.delete(product)
