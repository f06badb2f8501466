"""The balance: what the balance transactions add up to, per currency."""

from __future__ import annotations

from sandbox import skeletons
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World


@operation("GET", "/v1/balance")
def retrieve(world: World, call: Call) -> Record:
    default = next(world.scan("account"))["default_currency"]
    sums: dict[str, dict[str, int]] = {"available": {default: 0}, "pending": {default: 0}}
    for transaction in world.scan("balance_transaction"):
        side = "available" if transaction["available_on"] <= world.now else "pending"
        currency = transaction["currency"]
        sums[side][currency] = sums[side].get(currency, 0) + transaction["net"]
    amounts = {
        side: [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in by_currency.items()
        ]
        for side, by_currency in sums.items()
    }
    return skeletons.build("balance", **amounts)
