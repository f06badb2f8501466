"""What is bought: the lines, the discount, the tax, the total, and what renews."""

from __future__ import annotations

from typing import Any

from sandbox.objects.checkout import lines, renewals
from sandbox.objects.checkout.renewals import Renewal
from sandbox.pages import money, names
from sandbox.pages.checkout.till import Till
from sandbox.pages.markup import Markup, Templates, address
from sandbox.pages.words import say, translate
from sandbox.store import Record
from sandbox.world import World

html = Templates("checkout")


def show(world: World, till: Till) -> Markup:
    session = till.session
    account = names.of_account(world)
    back = session["cancel_url"]
    return html(
        "summary",
        account=account,
        back=html("back", url=address(back), account=account) if back and address(back) != "#" else "",
        heading=_heading(world, session),
        amount=money.show(session["amount_total"], session["currency"]) if session["mode"] != "setup" else "",
        renewal=renewal(world, session),
        lines=html.each("line", [_line(till, item) for item in lines.show(world, session)]),
        code=_code(world, till),
        sums=html.each("sum", _sums(session)),
    )


def _heading(world: World, session: Record) -> str:
    if session["mode"] == "setup":
        return say("Save a payment method")
    names_of_items = [item["description"] for item in lines.show(world, session)]
    what = names_of_items[0] if len(names_of_items) == 1 else names.of_account(world)
    if session["mode"] == "payment":
        return say("Pay {whom}", whom=names.of_account(world))
    return say("Try {what}", what=what) if lines.has_trial(session) else say("Subscribe to {what}", what=what)


def recurring(world: World, session: Record) -> str:
    """What is charged at renewals, as "$21.60 per month, tax included", before and after a discount ends."""
    end, early = renewals.discounted(world, session)
    lasting = renewals.lasting(world, session)
    said = _amounts(lasting, session["currency"])
    if early:
        day, before = names.of_day(end), _amounts(early, session["currency"])
        said = say("{before} until {day}, then {after}", before=before, day=day, after=said)
    taxed = any(renewal.taxed for renewal in (*early, *lasting))
    return say("{amounts}, tax included", amounts=said) if taxed else said


def _amounts(due: list[Renewal], currency: str) -> str:
    """Those of several intervals are joined."""
    return say(" and ").join(
        say(
            "{amount} per {interval}",
            amount=money.show(renewal.total, currency),
            interval=names.of_interval(renewal.recurring),
        )
        for renewal in due
    )


def renewal(world: World, session: Record) -> str:
    """The note below the amount: the trial, or how often it is charged."""
    if session["mode"] != "subscription":
        return ""
    then = recurring(world, session)
    end = lines.trial_end(world, session)
    if end is None:
        return say("Renews automatically: {then}, until you cancel.", then=then)
    days = session["_data"].get("trial_period_days")
    free = say("{days} days free. ", days=days) if days else ""
    return free + say("Then {then}, starting {day}.", then=then, day=names.of_day(end))


def _line(till: Till, item: Record) -> dict[str, Any]:
    price = item["price"]
    bounds = item["adjustable_quantity"]
    quantity: Any = say("Quantity {count}", count=item["quantity"]) if item["quantity"] > 1 else ""
    if bounds and bounds["enabled"]:
        quantity = html(
            "quantity",
            action=till.path("/quantity"),
            item=item["id"],
            value=item["quantity"],
            least=bounds["minimum"] or 1,
            most=bounds["maximum"] or 99,
        )
    return {
        "description": item["description"],
        "quantity": quantity,
        "price": names.of_price(price) if price["type"] == "recurring" or item["quantity"] > 1 else "",
        "amount": money.show(item["amount_subtotal"], item["currency"]),
    }


def _code(world: World, till: Till) -> Markup:
    """The field for a promotion code, or the one that counts."""
    session = till.session
    discount = world.peek(session["_discount"])
    if discount is not None:
        promotion = world.peek(discount["promotion_code"])
        remove = (
            html("remove_code", action=till.path("/promotion")) if session["allow_promotion_codes"] else ""
        )
        return html("code", code=promotion["code"] if promotion else say("Discount"), remove=remove)
    return (
        html("enter_code", action=till.path("/promotion")) if session["allow_promotion_codes"] else Markup()
    )


def _sums(session: Record) -> list[dict[str, str]]:
    if session["mode"] == "setup":
        return []
    details = session["total_details"]
    rows = [("Subtotal", session["amount_subtotal"])]
    if details["amount_discount"]:
        rows.append(("Discount", -details["amount_discount"]))
    if details["amount_tax"]:
        rows.append(("Tax", details["amount_tax"]))
    rows.append(("Total due today", session["amount_total"]))
    return [
        {"label": translate(label), "amount": money.show(amount, session["currency"])}
        for label, amount in rows
    ]
