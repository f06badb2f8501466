"""What things are called on the pages: the account, days, intervals, cards."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.pages import money
from sandbox.pages.words import say, translate
from sandbox.store import Record
from sandbox.world import World


def of_account(world: World) -> str:
    """The business that is paid."""
    account: Record = next(world.scan("account"))
    return (
        account["business_profile"]["name"] or account["settings"]["dashboard"]["display_name"] or "Sandbox"
    )


def of_day(timestamp: int | None) -> str:
    """15 January 2027, in UTC."""
    if not timestamp:
        return "—"
    day = datetime.fromtimestamp(timestamp, UTC)
    return say("{day} {month} {year}", day=day.day, month=translate(f"{day:%B}"), year=day.year)


def of_moment(timestamp: int | None) -> str:
    """15 Jan 2027, 12:00:05 UTC."""
    return f"{datetime.fromtimestamp(timestamp, UTC):%-d %b %Y, %H:%M:%S} UTC" if timestamp else "—"


def of_interval(recurring: Record | None) -> str:
    """ "month", "3 months"; nothing for a one-off price."""
    if not recurring:
        return ""
    count, interval = recurring["interval_count"], recurring["interval"]
    return translate(interval) if count == 1 else say(f"{{count}} {interval}s", count=count)


def of_price(price: Record) -> str:
    """ "$20.00 / month"."""
    if price["unit_amount"] is None:
        return say("variable")
    interval = of_interval(price["recurring"])
    amount = money.show(price["unit_amount"], price["currency"])
    return f"{amount} / {interval}" if interval else amount


def of_method(method: Record | None) -> str:
    """ "Visa •••• 4242"."""
    if not method:
        return say("no payment method")
    kind = method["type"]
    held = method[kind]
    brand = str(held.get("display_brand") or held.get("brand") or kind).replace("_", " ").title()
    return f"{brand} •••• {held['last4']}"


def of_product(world: World, price: Record) -> str:
    """The name of what a price sells, archived or not."""
    product = world.peek(price["product"]) or {}
    return str(product.get("name") or price["product"])
