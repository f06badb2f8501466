"""The conformance check sees what it is there to see: sound traffic spoilt in one place at a time."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe

from sandbox import recording
from sandbox.recording import Recorder
from sandbox.testing import PUBLISHABLE_KEY, SECRET_KEY, Stage
from sandbox.tests.conformance.traffic import check

Line = dict[str, Any]


@pytest.fixture
def traffic(stage: Stage, tmp_path: Path) -> Path:
    """A directory with a call that expands, one that is repeated, one that is refused, and the events of them."""
    Recorder(stage.sandbox, tmp_path)
    price = stage.price()
    stage.client.v1.prices.retrieve(price["id"], {"expand": ["product"]})
    for _ in range(2):
        stage.client.v1.customers.create({"email": "alice@example.com"}, {"idempotency_key": "once"})
    with pytest.raises(Exception, match="No such customer"):
        stage.client.v1.customers.retrieve("cus_nobody")
    return tmp_path


def find(lines: list[Line], path: str, status: int = 200) -> Line:
    return next(
        line
        for line in reversed(lines)
        if line["kind"] == "http" and line["path"].startswith(path) and line["status"] == status
    )


def read_lines(directory: Path) -> list[Line]:
    (file,) = directory.glob("*.jsonl")
    return [json.loads(line) for line in file.read_text().splitlines()]


def spoil(directory: Path, change: Callable[[list[Line]], Any]) -> str:
    """The report after the traffic was changed."""
    (file,) = directory.glob("*.jsonl")
    lines = read_lines(directory)
    change(lines)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(check(directory))


def test_sound_traffic_is_found_sound(traffic: Path) -> None:
    assert str(check(traffic)).endswith("6 calls and 3 events against Stripe's shapes: no violation")


SPOILT_ANSWERS: dict[str, tuple[Callable[[Line], Any], str]] = {
    "a field is missing": (lambda a: a.pop("livemode"), "'livemode' is a required property"),
    "a field that was removed": (lambda a: a.update(account_balance=0), "'account_balance' was unexpected"),
    "a field of the wrong type": (lambda a: a.update(balance="0"), "'0' is not of type 'integer'"),
    "null where it must not be": (lambda a: a.update(balance=None), "None is not of type 'integer'"),
    "a word that is none of Stripe's": (lambda a: a.update(tax_exempt="maybe"), "'maybe' is not one of"),
    "a time in milliseconds": (lambda a: a.update(created=a["created"] * 1000), "greater than the maximum"),
    "a list shown unasked": (lambda a: a.update(subscriptions=None) or a.update(
        subscriptions={"object": "list", "data": [], "has_more": False, "url": "/v1/subscriptions"}
    ), "shown though only included when expanded"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT_ANSWERS)
def test_a_spoilt_answer_is_seen(traffic: Path, case: str) -> None:
    change, reason = SPOILT_ANSWERS[case]
    report = spoil(traffic, lambda lines: change(find(lines, "/v1/customers")["response"]))
    assert "answer POST /v1/customers" in report
    assert reason in report


SPOILT_REQUESTS: dict[str, tuple[list[str], str]] = {
    "an unknown parameter": (["colour", "red"], "'colour' was unexpected"),
    "a mistyped parameter": (["balance", "much"], "'much' does not match"),
    "an empty string": (["description", ""], "should be non-empty"),
    "a word that is none of Stripe's": (["tax_exempt", "maybe"], "'maybe' is not one of"),
    "an illegal expansion": (["expand[0]", "email"], "'email' cannot be expanded"),
    "an expansion too deep": (["expand[0]", "a.b.c.d.e"], "more than 4 levels"),
    "too long a metadata value": (["metadata[note]", "x" * 501], "is too long"),
}


@pytest.mark.parametrize("case", SPOILT_REQUESTS)
def test_an_illegal_request_that_was_carried_out_is_seen(traffic: Path, case: str) -> None:
    pair, reason = SPOILT_REQUESTS[case]
    report = spoil(traffic, lambda lines: find(lines, "/v1/customers")["form"].append(pair))
    assert "request POST /v1/customers" in report
    assert reason in report


def test_an_illegal_request_that_was_refused_is_no_violation(traffic: Path) -> None:
    def ask_for_colour(lines: list[Line]) -> None:
        find(lines, "/v1/customers/cus_nobody", 404)["query"].append(["colour", "red"])

    assert "no violation" in spoil(traffic, ask_for_colour)


def test_a_missing_parameter_is_seen(traffic: Path) -> None:
    report = spoil(traffic, lambda lines: find(lines, "/v1/products")["form"].clear())
    assert "'name' is a required property" in report


def test_an_expansion_that_was_ignored_is_seen(traffic: Path) -> None:
    report = spoil(traffic, lambda lines: find(lines, "/v1/prices/")["response"].update(product="prod_1"))
    assert "an id though `expand` asked for the object" in report


def test_an_expansion_that_nobody_asked_for_is_seen(traffic: Path) -> None:
    report = spoil(traffic, lambda lines: find(lines, "/v1/prices/")["query"].clear())
    assert "an object though `expand` did not ask for it" in report


def test_a_currency_in_capitals_is_seen(traffic: Path) -> None:
    report = spoil(traffic, lambda lines: find(lines, "/v1/prices/")["response"].update(currency="USD"))
    assert "'USD' does not match" in report


def test_a_decline_without_its_status_is_seen(traffic: Path) -> None:
    def decline(lines: list[Line]) -> None:
        find(lines, "/v1/customers/", 404)["response"]["error"]["type"] = "card_error"

    assert "error.type: card_error with this status" in spoil(traffic, decline)


def test_a_call_carried_out_twice_under_one_key_is_seen(traffic: Path) -> None:
    report = spoil(traffic, lambda lines: find(lines, "/v1/customers")["response"].update(id="cus_another"))
    assert "a replay got another answer than the first call" in report


def test_a_key_taken_for_another_request_is_seen(traffic: Path) -> None:
    report = spoil(traffic, lambda lines: find(lines, "/v1/customers")["form"].append(["name", "Bob"]))
    assert "taken again with another path or other parameters" in report


def test_a_replay_is_written_before_the_call_that_it_repeats(stage: Stage, tmp_path: Path) -> None:
    """As of two threads, when the first is put aside between its answer and its line."""

    def make(*_: object) -> None:
        stage.sandbox.observers.remove(make)
        stage.client.v1.customers.create({"email": "alice@example.com"}, {"idempotency_key": "once"})

    stage.sandbox.observers.append(make)
    Recorder(stage.sandbox, tmp_path)
    stage.client.v1.customers.create({"email": "alice@example.com"}, {"idempotency_key": "once"})
    first, second = (line for line in read_lines(tmp_path) if line["kind"] == "http")
    assert first["response_headers"]["original-request"] == second["response_headers"]["request-id"]
    assert "no violation" in str(check(tmp_path))
    assert "a replay got another answer" in spoil(
        tmp_path, lambda lines: find(lines, "/v1/customers")["response"].update(id="cus_another")
    )


def make_and_lose(stage: Stage) -> Callable[[], Any]:
    """A call that was carried out and whose answer was lost, and how to make it once more."""
    patient = stage.connect(SECRET_KEY, max_network_retries=0).v1.customers

    def make() -> Any:
        return patient.create({"email": "alice@example.com"}, {"idempotency_key": "once"})

    stage.sandbox.faults.add("lost")
    with pytest.raises(stripe.APIConnectionError):
        make()
    return make


def test_a_day_begins_with_the_call_though_its_answer_was_lost(stage: Stage, tmp_path: Path) -> None:
    Recorder(stage.sandbox, tmp_path)
    make = make_and_lose(stage)
    stage.advance(days=0.5)
    replayed = make()
    stage.advance(days=0.5)
    assert make()["id"] != replayed["id"]
    assert str(check(tmp_path)).endswith("3 calls and 2 events against Stripe's shapes: no violation")


def test_a_call_carried_out_twice_as_its_answer_was_lost_is_seen(stage: Stage, tmp_path: Path) -> None:
    Recorder(stage.sandbox, tmp_path)
    make_and_lose(stage)()

    def forget(lines: list[Line]) -> None:
        find(lines, "/v1/customers")["response_headers"].pop("idempotent-replayed")

    assert "missing on a replay" in spoil(tmp_path, forget)


UNTRIED = {
    "a publishable key where a secret one is wanted": ("/v1/customers", PUBLISHABLE_KEY, 403),
    "an address that leads nowhere": ("/v1/nowhere", SECRET_KEY, 404),
    "a parameter that does not exist": ("/v1/customers?colour=red", SECRET_KEY, 400),
    "a key that is none": ("/v1/customers", "nonsense", 401),
}


@pytest.mark.parametrize("case", UNTRIED)
def test_what_was_refused_before_it_began_is_no_first_call(
    stage: Stage, ask: Any, tmp_path: Path, case: str
) -> None:
    """Nothing was stored under its key: each answer has its own number, and none is called a replay."""
    path, key, status = UNTRIED[case]
    Recorder(stage.sandbox, tmp_path)
    for _ in range(2):
        assert ask("POST", path, key=key, Idempotency_Key="once").status == status
    stage.client.v1.customers.create({}, {"idempotency_key": "once"})
    assert ask("POST", path, key=key, Idempotency_Key="once").status == status
    assert str(check(tmp_path)).endswith("4 calls and 1 events against Stripe's shapes: no violation")


def test_an_object_that_was_not_found_is_a_first_call(stage: Stage, tmp_path: Path) -> None:
    """The call had begun: the answer is stored, and another one for the same is seen."""
    Recorder(stage.sandbox, tmp_path)
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
            stage.client.v1.customers.update("cus_nobody", {}, {"idempotency_key": "once"})
    assert "no violation" in str(check(tmp_path))

    def forget(lines: list[Line]) -> None:
        find(lines, "/v1/customers", 404)["response_headers"].pop("idempotent-replayed")

    assert "missing on a replay" in spoil(tmp_path, forget)


def test_the_line_that_a_killed_process_was_writing_is_none(traffic: Path) -> None:
    (file,) = traffic.glob("*.jsonl")
    with file.open("a") as lines:
        lines.write('{"kind": "http", "meth')
    assert str(check(traffic)).endswith("6 calls and 3 events against Stripe's shapes: no violation")


def test_processes_that_had_the_same_number_have_nothing_to_do_with_each_other(tmp_path: Path) -> None:
    """Numbers of processes are given again."""
    for email in ("alice@example.com", "bob@example.com"):
        stage = Stage()
        runpy.run_path(recording.__file__)["Recorder"](stage.sandbox, tmp_path)
        stage.client.v1.customers.create({"email": email}, {"idempotency_key": "once"})
    assert len(list(tmp_path.glob("*.jsonl"))) == 1
    assert "no violation" in str(check(tmp_path))


def test_a_violation_tells_its_line_and_its_test(traffic: Path) -> None:
    def repeat_elsewhere(lines: list[Line]) -> None:
        find(lines, "/v1/customers")["response"].update(id="cus_another")

    (file,) = traffic.glob("*.jsonl")
    report = spoil(traffic, repeat_elsewhere)
    name = "sandbox/tests/test_conformance.py::test_a_violation_tells_its_line_and_its_test"
    assert f"[{file.name}:8 in {name}]" in report


SPOILT_EVENTS: dict[str, tuple[Callable[[Line], Any], str]] = {
    "a type that does not exist": (lambda e: e.update(type="customer.renamed"), "no type of this API version"),
    "an object without a field": (lambda e: e["data"]["object"].pop("livemode"), "'livemode' is a required"),
    "a previous attribute that is no field": (
        lambda e: e["data"].update(previous_attributes={"colour": "red"}), "previous_attributes.colour"),
    "an object that the API does not have": (
        lambda e: e["data"]["object"].update(object="teapot"), "'teapot' is no object of the API"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT_EVENTS)
def test_a_spoilt_event_is_seen(traffic: Path, case: str) -> None:
    change, reason = SPOILT_EVENTS[case]

    def spoil_event(lines: list[Line]) -> None:
        events = [line["event"] for line in lines if line["kind"] == "webhook"]
        change(next(event for event in events if event["type"] == "customer.created"))

    assert reason in spoil(traffic, spoil_event)


@pytest.mark.parametrize(("field", "code"), [("email", 0), ("colour", 1)])
def test_the_command_says_so_in_its_exit_code(traffic: Path, field: str, code: int) -> None:
    spoil(traffic, lambda lines: find(lines, "/v1/customers")["response"].setdefault(field, "red"))
    command = [sys.executable, "-m", "sandbox.tests.conformance", str(traffic)]
    assert subprocess.run(command, capture_output=True).returncode == code
