"""The credit or debt of a customer that his next invoice takes up; negative is credit.

https://docs.stripe.com/billing/customer/balance
"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.lists import cut, select
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

KIND = "customer_balance_transaction"


def adjust(
    world: World, customer: Record, amount: int, currency: str, kind: str = "adjustment", **fields: Any
) -> Record:
    """Move the balance by an amount, with a transaction of this type (`applied_to_invoice`, ...) and the event."""
    transaction = move(world, customer, amount, currency, kind, **fields)
    world.emit("customer.updated", customer)
    return transaction


def move(world: World, customer: Record, amount: int, currency: str, kind: str, **fields: Any) -> Record:
    """The same without the event, for who tells of more than that."""
    held = customer["currency"]
    if held not in (None, currency):
        raise errors.invalid(
            f"The customer's balance is in {held}, so it cannot be adjusted in {currency}.", "currency"
        )
    customer["currency"] = currency
    customer["balance"] += amount
    return world.new(
        KIND,
        amount=amount,
        currency=currency,
        customer=customer["id"],
        ending_balance=customer["balance"],
        type=kind,
        **{"metadata": {}} | fields,
    )


@operation("POST", "/v1/customers/{customer}/balance_transactions")
def create(world: World, call: Call) -> Record:
    customer, params = world.get("customer", call.id), call.params
    world.follow(customer)
    fields = {name: params[name] for name in ("description", "metadata") if params.get(name)}
    return adjust(world, customer, params["amount"], params["currency"], **fields)


@operation("GET", "/v1/customers/{customer}/balance_transactions")
def list_all(world: World, call: Call) -> dict[str, Any]:
    world.get("customer", call.id)
    return cut(call, KIND, select(call, world.scan(KIND, newest_first=True, customer=call.id)))


@operation("GET", "/v1/customers/{customer}/balance_transactions/{transaction}")
def retrieve(world: World, call: Call) -> Record:
    transaction = world.get(KIND, call.ids["transaction"])
    if transaction["customer"] != call.id:
        raise errors.missing(KIND, transaction["id"])
    return transaction


@operation("POST", "/v1/customers/{customer}/balance_transactions/{transaction}")
def update(world: World, call: Call) -> Record:
    transaction = retrieve(world, call)
    assign(transaction, call.params, "description", "metadata")
    return transaction
