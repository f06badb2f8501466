"""What the dashboard lists: the part of the path, the kind of object behind it, and what people call it."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.engine import Sandbox
from sandbox.pages import money, names
from sandbox.pages.markup import Markup, Templates
from sandbox.store import Record
from sandbox.world import World

html = Templates("dashboard")


@dataclass(frozen=True)
class Kind:
    slug: str
    kind: str
    title: str


MAIN = (
    Kind("customers", "customer", "Customers"),
    Kind("subscriptions", "subscription", "Subscriptions"),
    Kind("payments", "payment_intent", "Payments"),
    Kind("invoices", "invoice", "Invoices"),
    Kind("products", "product", "Products"),
    Kind("events", "event", "Events"),
)
MORE = (
    Kind("prices", "price", "Prices"),
    Kind("checkout_sessions", "checkout.session", "Checkout sessions"),
    Kind("payment_methods", "payment_method", "Payment methods"),
    Kind("setup_intents", "setup_intent", "Setup intents"),
    Kind("charges", "charge", "Charges"),
    Kind("refunds", "refund", "Refunds"),
    Kind("disputes", "dispute", "Disputes"),
    Kind("credit_notes", "credit_note", "Credit notes"),
    Kind("coupons", "coupon", "Coupons"),
    Kind("promotion_codes", "promotion_code", "Promotion codes"),
    Kind("tax-rates", "tax_rate", "Tax rates"),
    Kind("subscription_schedules", "subscription_schedule", "Subscription schedules"),
    Kind("features", "entitlements.feature", "Features"),
    Kind("balance_transactions", "balance_transaction", "Balance transactions"),
    Kind("webhooks", "webhook_endpoint", "Webhook endpoints"),
    Kind("test_clocks", "test_helpers.test_clock", "Test clocks"),
)
BY_SLUG = {kind.slug: kind for kind in (*MAIN, *MORE)}
BY_KIND = {kind.kind: kind for kind in (*MAIN, *MORE)}

GOOD = frozenset(
    ("active", "paid", "succeeded", "delivered", "complete", "enabled", "available", "ready", "won")
)
BAD = frozenset(
    (
        "canceled",
        "failed",
        "unpaid",
        "uncollectible",
        "void",
        "expired",
        "incomplete_expired",
        "deleted",
        "dropped",
        "lost",
    )
)
QUIET = frozenset(("archived", "draft", "disabled", "not_started", "released", "completed"))


def path_of(record: Record) -> str:
    """Where an object's page is."""
    known = BY_KIND.get(record["object"])
    return f"/dashboard/{known.slug if known else 'objects'}/{record['id']}"


def link(world: World, object_id: str | None) -> Markup:
    """An object by its title, with a link to its page; nothing for none."""
    record = world.peek(object_id)
    if record is None:
        return html("text", value=object_id)
    return html("link", path=path_of(record), text=title_of(world, record))


def title_of(world: World, record: Record) -> str:
    """What a person would call it."""
    if record["object"] == "subscription" and not record.get("deleted"):
        return ", ".join(_items_of(world, record)) or record["id"]
    if record["object"] == "payment_method" and not record.get("deleted"):
        return names.of_method(record)
    if record["object"] in ("price", "subscription_item") and not record.get("deleted"):
        price = record if record["object"] == "price" else world.get("price", record["_price"])
        return f"{names.of_product(world, price)}, {names.of_price(price)}"
    for name in ("name", "email", "number", "display_name", "code", "url", "type", "description"):
        if isinstance(record.get(name), str) and record[name]:
            return record[name]
    return amount_of(record) or record["id"]


def _items_of(world: World, subscription: Record) -> list[str]:
    titles = []
    for item in world.render(subscription)["items"]["data"]:
        count = item.get("quantity") or 1
        name = names.of_product(world, item["price"])
        titles.append(f"{count} × {name}" if count > 1 else name)
    return titles


def status_of(record: Record) -> str:
    if record.get("deleted"):
        return "deleted"
    if isinstance(record.get("status"), str):
        if record["status"] == "active" and (record.get("cancel_at") or record.get("cancel_at_period_end")):
            return "cancels"
        return record["status"]
    if "active" in record:
        return "active" if record["active"] else "archived"
    return ""


def badge(status: str) -> Markup:
    """The status as a coloured label."""
    if not status:
        return Markup()
    tone = "good" if status in GOOD else "bad" if status in BAD else "quiet" if status in QUIET else "wait"
    return html("badge", tone=tone, text=status.replace("_", " "))


def amount_of(record: Record) -> str:
    for name in ("amount", "total", "amount_total", "unit_amount", "amount_off"):
        if isinstance(record.get(name), int) and record.get("currency"):
            return money.show(record[name], record["currency"])
    return f"{record['percent_off']}%" if record.get("percent_off") else ""


def row(world: World, record: Record) -> dict[str, object]:
    """One object as a row of a table."""
    customer = record.get("customer")
    return {
        "path": path_of(record),
        "title": title_of(world, record),
        "id": record["id"],
        "status": badge(status_of(record)),
        "amount": amount_of(record),
        "customer": link(world, customer) if isinstance(customer, str) else "",
        "created": names.of_moment(record.get("created")),
    }


def table(world: World, records: list[Record]) -> Markup:
    return html("table", rows=html.each("row", [row(world, record) for record in records]))


def find(sandbox: Sandbox, text: str) -> str | None:
    """The page of what somebody looks for: an id, or a customer's e-mail address."""
    with sandbox.work() as world:
        record = world.peek(text)
        if record is None or record["object"].startswith("_"):
            record = next(world.scan("customer", newest_first=True, email=text), None)
        return path_of(record) if record else None
