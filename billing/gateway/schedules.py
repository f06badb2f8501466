"""What a subscription becomes when its period ends. https://docs.stripe.com/api/subscription_schedules"""

from collections.abc import Sequence
from typing import Any

from billing.gateway import namespace
from billing.gateway.client import Answer, call

# What the present phase says beside its items, and both phases go on saying.
KEPT = ("default_payment_method", "default_tax_rates", "discounts", "metadata")


def take_over(subscription: str, *, key: str) -> Answer:
    """A schedule over a running subscription; its one phase is the present period, after which it lets go."""
    return call(
        lambda stripe: stripe.v1.subscription_schedules.create(
            {"from_subscription": subscription}, {"idempotency_key": key}
        )
    )


def turn(schedule: dict[str, Any], items: Sequence[dict[str, Any]], interval: str, *, key: str) -> Answer:
    """Let the subscription of a schedule, as Stripe showed it, have these items when its period ends; nothing before.

    A phase needs an end, so the schedule lets go after the new items' first period.
    """
    present = _present(schedule)
    kept = {name: _ids(present[name]) for name in KEPT if present.get(name)}
    now = {
        "items": [{"price": _id(item["price"]), "quantity": item["quantity"]} for item in present["items"]],
        "start_date": present["start_date"],
        "end_date": present["end_date"],
        "proration_behavior": "none",
    }
    then = {"items": list(items), "duration": {"interval": interval}, "proration_behavior": "none"}
    params: Any = {
        "end_behavior": "release",
        "metadata": namespace.stamp(),
        "phases": [now | kept, then | kept],
        "proration_behavior": "none",
    }
    return call(
        lambda stripe: stripe.v1.subscription_schedules.update(
            schedule["id"], params, {"idempotency_key": key}
        )
    )


def release(schedule: str, *, key: str) -> Answer:
    """Let the subscription go on as it is."""
    return call(
        lambda stripe: stripe.v1.subscription_schedules.release(schedule, {}, {"idempotency_key": key})
    )


def _present(schedule: dict[str, Any]) -> dict[str, Any]:
    start = (schedule["current_phase"] or {}).get("start_date")
    phases: list[dict[str, Any]] = schedule["phases"]
    return next((phase for phase in phases if phase["start_date"] == start), phases[0])


def _ids(value: Any) -> Any:
    """What Stripe shows whole and wants to have named."""
    if isinstance(value, list):
        return [_named(one) for one in value]
    return _id(value) if isinstance(value, dict) and "object" in value else value


def _named(one: Any) -> Any:
    """A tax rate by its id; a discount by the one of its names that it has."""
    if not isinstance(one, dict):
        return one
    if "id" in one:
        return one["id"]
    return {name: _id(one[name]) for name in ("discount", "coupon", "promotion_code") if one.get(name)}


def _id(value: Any) -> str:
    return str(value["id"] if isinstance(value, dict) else value)
