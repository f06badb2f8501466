"""From classic to flexible billing; there is no way back.

https://docs.stripe.com/api/subscriptions/migrate
"""

from __future__ import annotations

from sandbox import errors, skeletons
from sandbox.objects.subscriptions import parameters, states
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World


@operation("POST", "/v1/subscriptions/{subscription}/migrate")
def migrate(world: World, call: Call) -> Record:
    subscription = world.get("subscription", call.id)
    world.follow(subscription)
    parameters.refuse_not_played(call.params)
    if subscription["status"] in states.ENDED:
        raise errors.invalid("A canceled subscription cannot be migrated.")
    if subscription["billing_mode"]["type"] == "flexible":
        raise errors.invalid("The subscription is in flexible billing mode already.", "billing_mode[type]")
    subscription["billing_mode"] = skeletons.build(
        "subscriptions_resource_billing_mode",
        type="flexible",
        flexible={"proration_discounts": "included"},
        updated_at=world.now,
    )
    states.tell(world, subscription)
    return subscription
