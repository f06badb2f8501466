"""Event destinations of API v2, with the official client: made, changed, told, pinged; and what they tell of."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stripe

from sandbox.testing import Stage

BOTH = ["webhook_endpoint.url", "webhook_endpoint.signing_secret"]


class Receiver:
    """Takes what is posted."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes, str]] = []

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        self.got.append((url, body, headers["Stripe-Signature"]))
        return 200, ""


@pytest.fixture
def core(stage: Stage) -> Any:
    return stage.client.v2.core


def make(core: Any, payload: str = "thin", events: list[str] | None = None, **params: Any) -> Any:
    given = {
        "name": "Shop",
        "type": "webhook_endpoint",
        "event_payload": payload,
        "enabled_events": events or ["*"],
        "webhook_endpoint": {"url": "https://shop.example/hook"},
        "include": BOTH,
        **params,
    }
    return core.event_destinations.create(given)


def test_a_destination_is_shown_as_it_was_made(core: Any) -> None:
    made = make(core, events=["v1.customer.created"], description="All of it", metadata={"a": "b"})
    assert made.id.startswith("ed_test_")
    assert made.webhook_endpoint.signing_secret.startswith("whsec_")
    found = core.event_destinations.retrieve(made.id)
    assert found.to_dict() == {
        "id": made.id,
        "object": "v2.core.event_destination",
        "amazon_eventbridge": None,
        "azure_event_grid": None,
        "created": "2027-01-01T00:00:00.000Z",
        "description": "All of it",
        "enabled_events": ["v1.customer.created"],
        "event_payload": "thin",
        "events_from": ["@self"],
        "livemode": False,
        "metadata": {"a": "b"},
        "name": "Shop",
        "snapshot_api_version": None,
        "status": "enabled",
        "status_details": None,
        "type": "webhook_endpoint",
        "updated": "2027-01-01T00:00:00.000Z",
        "webhook_endpoint": None,
    }
    with_url = core.event_destinations.retrieve(made.id, {"include": ["webhook_endpoint.url"]})
    assert with_url.webhook_endpoint.to_dict() == {"url": "https://shop.example/hook"}


def test_a_thin_destination_is_told_which_object_has_changed_and_the_event_can_be_fetched(
    core: Any, stage: Stage
) -> None:
    made, receiver = make(core, events=["v1.customer.created"]), Receiver()
    customer = stage.customer()
    stage.product()
    stage.deliver(receiver)
    [(url, body, signature)] = receiver.got
    assert url == "https://shop.example/hook"
    notice = stage.client.parse_event_notification(body, signature, made.webhook_endpoint.signing_secret)
    assert (notice.type, notice.related_object.id) == ("v1.customer.created", customer.id)
    assert (
        json.loads(body)["snapshot_event"]
        == stage.client.v1.events.list({"type": "customer.created"}).data[0].id
    )
    fetched = notice.fetch_event()
    assert (fetched.id, fetched.type, fetched.related_object.id) == (notice.id, notice.type, customer.id)
    assert notice.fetch_related_object().email == customer.email


def test_a_snapshot_destination_is_a_webhook_endpoint_and_the_other_way_round(
    core: Any, stage: Stage
) -> None:
    made, receiver = make(core, "snapshot", ["customer.created"]), Receiver()
    old = stage.endpoint("https://old.example/hook", ["customer.created"])
    make(core)
    v1 = {endpoint.id for endpoint in stage.client.v1.webhook_endpoints.list().data}
    assert v1 == {made.id, old.id}
    assert {one.id for one in core.event_destinations.list().data} > v1
    assert core.event_destinations.retrieve(made.id).snapshot_api_version == "2026-08-26.dahlia"
    stage.customer()
    stage.deliver(receiver)
    secret = made.webhook_endpoint.signing_secret
    body, signature = next(
        (body, signed)
        for url, body, signed in receiver.got
        if b'"object": "event"' in body and url == "https://shop.example/hook"
    )
    assert stripe.Webhook.construct_event(body, signature, secret).type == "customer.created"


def test_a_destination_is_changed_disabled_enabled_and_deleted(core: Any, stage: Stage) -> None:
    made, receiver = make(core, metadata={"a": "b", "c": "d"}), Receiver()
    stage.advance(seconds=5)
    hook = {"url": "https://new.example/hook"}
    changed = core.event_destinations.update(
        made.id, {"name": "New", "webhook_endpoint": hook, "metadata": {"a": ""}}
    )
    assert (changed.name, changed.metadata.to_dict(), changed.updated) == (
        "New",
        {"c": "d"},
        "2027-01-01T00:00:05.000Z",
    )
    disabled = core.event_destinations.disable(made.id)
    assert (disabled.status, disabled.status_details.disabled.reason) == ("disabled", "user")
    stage.customer()
    assert stage.deliver(receiver) == []
    assert core.event_destinations.enable(made.id).status_details is None
    stage.customer()
    stage.deliver(receiver)
    assert {url for url, *_ in receiver.got} == {"https://new.example/hook"}
    assert core.event_destinations.delete(made.id).to_dict() == {
        "id": made.id,
        "object": "v2.core.event_destination",
    }
    with pytest.raises(stripe.InvalidRequestError) as gone:
        core.event_destinations.retrieve(made.id)
    assert (gone.value.http_status, gone.value.code) == (404, "not_found")


def test_a_ping_arrives_at_the_one_that_was_pinged(core: Any, stage: Stage) -> None:
    made, receiver = make(core, events=["v1.customer.deleted"]), Receiver()
    make(core, webhook_endpoint={"url": "https://other.example/"})
    pinged = core.event_destinations.ping(made.id)
    stage.deliver(receiver)
    [(url, body, signature)] = receiver.got
    notice = stage.client.parse_event_notification(body, signature, made.webhook_endpoint.signing_secret)
    assert (url, notice.id) == ("https://shop.example/hook", pinged.id)
    assert notice.type == "v2.core.event_destination.ping"
    assert notice.fetch_related_object().id == made.id
    assert core.events.retrieve(pinged.id).type == notice.type


def test_lists_go_on_to_the_next_page(core: Any) -> None:
    made = [make(core).id for _ in range(5)]
    first = core.event_destinations.list({"limit": 2})
    assert [one.id for one in first.data] == made[:2:-1]
    assert [one.id for one in first.auto_paging_iter()] == made[::-1]


def test_events_are_found_by_type_object_and_time(core: Any, stage: Stage) -> None:
    customer = stage.customer()
    stage.advance(days=1)
    stage.client.v1.customers.update(customer.id, {"name": "Bob"})
    assert {e.type for e in core.events.list({"object_id": customer.id}).data} >= {
        "v1.customer.created",
        "v1.customer.updated",
    }
    assert [e.type for e in core.events.list({"types": ["v1.customer.created"]}).data] == [
        "v1.customer.created"
    ]
    late = core.events.list({"created": {"gte": "2027-01-02T00:00:00Z"}}).data
    assert {event.type for event in late} == {"v1.customer.updated"}


def test_the_same_key_makes_one_destination(core: Any, stage: Stage) -> None:
    params: Any = {
        "name": "Shop",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["*"],
        "webhook_endpoint": {"url": "https://shop.example/hook"},
    }
    once, twice = (core.event_destinations.create(params, {"idempotency_key": "k"}) for _ in range(2))
    assert once.id == twice.id
    with pytest.raises(stripe.IdempotencyError):
        core.event_destinations.create(params | {"name": "Other"}, {"idempotency_key": "k"})
    assert len(core.event_destinations.list().data) == 1


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"event_payload": "fat"}, "event_payload"),
        ({"enabled_events": ["customer.created"]}, "enabled_events"),
        ({"webhook_endpoint": {}}, "webhook_endpoint.url"),
        ({"webhook_endpoint": {"url": "shop"}}, "url"),
        ({"name": 7}, "name"),
        ({"nonsense": True}, "nonsense"),
        ({"include": ["data"]}, "include"),
        ({"enabled_events": "*"}, "enabled_events"),
    ],
)
def test_what_makes_no_sense_is_refused(core: Any, wrong: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        make(core, **wrong)
    assert refused.value.param == param


@pytest.mark.parametrize(("body", "status"), [("[", 400), ("[]", 400), ("null", 400), ("[" * 100_000, 400)])
def test_a_body_that_is_no_json_object_is_refused(ask: Any, body: str, status: int) -> None:
    assert ask("POST", "/v2/core/event_destinations", body).status == status
    assert ask("GET", "/v2/core/nothing").status == 404
    assert ask("GET", "/v2/core/events", key=None).status == 401


def test_a_fault_meets_calls_of_v2_too(stage: Stage, core: Any) -> None:
    stage.sandbox.faults.add("error", path="/v2/*", status=500)
    client = stage.connect("sk_test_of_any_kind", max_network_retries=1)
    assert client.v2.core.event_destinations.list().data == []
