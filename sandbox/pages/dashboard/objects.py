"""The page of one object: what can be done with it, what belongs to it, its events, and its JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.engine import Sandbox
from sandbox.pages import names
from sandbox.pages.dashboard import actions, deliveries, frame, kinds, verbs
from sandbox.pages.markup import Markup, Templates, address, fill
from sandbox.pages.operations import perform
from sandbox.routing import Request, Response, page
from sandbox.store import Record
from sandbox.world import World

html = Templates("dashboard")
ID = re.compile(r'"([a-z]+(?:_[a-z]+)*_[A-Za-z0-9_]{6,})"')
MOST = 25
LINKS = (("hosted_invoice_url", "Open the invoice's page"), ("invoice_pdf", "PDF"), ("url", "Open the page"))


@page("GET", "/dashboard/{slug}/{id}")
def show(sandbox: Sandbox, request: Request) -> Response:
    with sandbox.work() as world:
        record = world.peek(request.ids["id"])
        if record is None or record["object"].startswith("_"):
            return frame.missing(sandbox, f"object {request.ids['id']}")
        body = html(
            "object",
            kind=record["object"].replace("_", " ").replace(".", " "),
            title=kinds.title_of(world, record),
            id=record["id"],
            status=kinds.badge(kinds.status_of(record)),
            amount=kinds.amount_of(record),
            facts=html.each("fact", _facts(world, record)),
            links=html.each("outside", _links(record)),
            actions=[
                actions.forms(world, one, verbs.offered(one)) for one in (*verbs.parts(world, record), record)
            ],
            special=_special(world, record),
            related=_related(world, record),
            events=_events(world, record),
            json=_link_ids(world, json.dumps(world.render(record), indent=2)),
        )
        known = kinds.BY_KIND.get(record["object"])
    return frame.show(sandbox, request.ids["id"], body, known.slug if known else "")


def _facts(world: World, record: Record) -> list[dict[str, Any]]:
    """The fields that one looks at first."""
    rows: list[dict[str, Any]] = [{"name": "Created", "value": names.of_moment(record.get("created"))}]
    for name in (
        "customer",
        "subscription",
        "invoice",
        "payment_intent",
        "latest_charge",
        "product",
        "default_payment_method",
    ):
        if isinstance(record.get(name), str):
            rows.append(
                {"name": name.replace("_", " ").capitalize(), "value": kinds.link(world, record[name])}
            )
    for name in ("trial_end", "cancel_at", "canceled_at", "ended_at", "due_date", "expires_at"):
        if isinstance(record.get(name), int):
            rows.append({"name": name.replace("_", " ").capitalize(), "value": names.of_moment(record[name])})
    for name in ("description", "email", "lookup_key", "collection_method", "url"):
        if record.get(name):
            rows.append({"name": name.replace("_", " ").capitalize(), "value": record[name]})
    for key, value in (record.get("metadata") or {}).items():
        rows.append({"name": f"metadata: {key}", "value": value})
    return rows


def _links(record: Record) -> list[dict[str, str]]:
    if record["object"] == "webhook_endpoint":
        return []
    return [
        {"path": address(record[name]), "text": text}
        for name, text in LINKS
        if isinstance(record.get(name), str) and address(record[name]) != "#"
    ]


def _special(world: World, record: Record) -> Markup:
    """What only this kind has."""
    if record["object"] == "event":
        return html("special", title="Deliveries", body=deliveries.of_event(world, record))
    if record["object"] == "webhook_endpoint" and not record.get("deleted"):
        secrets = [{"text": held["secret"]} for held in record["_secrets"]]
        return html("special", title="Signing secrets", body=html.each("secret", secrets))
    return Markup()


def _related(world: World, record: Record) -> Markup:
    """Every other object that names this one, by kind."""
    parts = []
    for kind in (*kinds.MAIN, *kinds.MORE):
        if kind.kind == "event":
            continue
        naming = [
            r for r in world.scan(kind.kind, newest_first=True) if r is not record and _names(r, record["id"])
        ]
        if naming:
            parts.append(html("related", title=kind.title, table=kinds.table(world, naming[:MOST])))
    return Markup("".join(parts))


def _names(value: Any, object_id: str) -> bool:
    """Whether an id stands anywhere in a record, but for its own place."""
    if isinstance(value, dict):
        return any(_names(item, object_id) for name, item in value.items() if name != "id")
    if isinstance(value, list):
        return any(_names(item, object_id) for item in value)
    return bool(value == object_id)


def _events(world: World, record: Record) -> Markup:
    """The newest events that tell of this object, or of one that names it."""
    if record["object"] == "event":
        return Markup()
    found = []
    for event in world.scan("event", newest_first=True):
        told = event["data"]["object"]
        if told.get("id") == record["id"] or _names(told, record["id"]):
            found.append(event)
        if len(found) == MOST:
            break
    return html("special", title="Events", body=deliveries.table(world, found))


def _link_ids(world: World, text: str) -> Markup:
    """JSON as HTML, in which the ids of objects that exist lead to them."""
    parts: list[Markup] = []
    for position, part in enumerate(ID.split(text)):
        if position % 2 == 0:
            parts.append(fill("{part}", part=part))
            continue
        record = world.peek(part)
        known = record is not None and not record["object"].startswith("_")
        inner = (
            html("link", path=kinds.path_of(record), text=part)
            if known and record
            else fill("{part}", part=part)
        )
        parts.append(fill('"{inner}"', inner=inner))
    return Markup("".join(parts))


@frame.action("/dashboard/{slug}/{id}/{action}")
def act(sandbox: Sandbox, request: Request) -> str:
    """Carry out an action of the page, as a call of the API would."""
    record = sandbox.store.records.get(request.ids["id"])
    action = verbs.find(record, request.ids["action"]) if record else None
    if record is None or action is None:
        raise ValueError("This cannot be done here any more.")
    answer = perform(
        sandbox, action.method, action.path.format(id=record["id"]), action.read(record, request.form)
    )
    if action.follow and isinstance(answer.get("url"), str):
        return str(answer["url"])
    return kinds.path_of(sandbox.store.records[record[action.back]] if action.back else record)
