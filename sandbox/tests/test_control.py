import json

import pytest


@pytest.fixture
def control(stage):
    def control(method, path, body=None, **options):
        headers = options.pop("headers", {})
        answer = stage.sandbox.handle(
            method, f"/_sandbox/{path}", headers, json.dumps(body or {}).encode(), **options
        )
        return answer.status, answer.json

    return control


def test_it_shows_the_state(stage, control):
    stage.endpoint()
    stage.customer()
    status, shown = control("GET", "")
    assert status == 200
    assert shown["now"] == stage.now
    assert shown["objects"]["customer"] == 1
    assert shown["pending"] == 1


def test_it_moves_the_clock(stage, control):
    start = stage.now
    assert control("POST", "clock", {"days": 1, "seconds": 5}) == (200, {"now": start + 86_405})
    assert control("POST", "clock", {"to": start + 90_000})[1]["now"] == start + 90_000
    assert control("POST", "clock", {"to": start})[0] == 400


def test_it_resets(stage, v1, control):
    stage.customer()
    assert control("POST", "reset")[0] == 200
    assert v1.customers.list().data == []


def test_it_meddles_with_deliveries(stage, control):
    stage.endpoint()
    control("POST", "deliveries/hold", {"pattern": "customer.*"})
    stage.customer()
    assert control("GET", "")[1]["held"] == 1
    assert control("POST", "deliveries/release")[1] == {"deliveries": 1}
    assert control("POST", "deliveries/drop")[1] == {"deliveries": 1}
    event = stage.client.v1.events.list().data[0]
    assert control("POST", f"events/{event.id}/resend")[1] == {"deliveries": 1}
    states = [d["state"] for d in control("GET", "deliveries")[1]["data"]]
    assert states == ["dropped", "pending"]
    assert control("POST", "deliveries/eat")[0] == 400


def test_it_sets_and_clears_faults(stage, ask, control):
    control("POST", "faults", {"kind": "error", "status": 500, "path": "/v1/account"})
    assert ask("GET", "/v1/account").status == 500
    control("POST", "faults", {"kind": "error", "path": "/v1/account"})
    assert control("DELETE", "faults")[1] == {"faults": []}
    assert ask("GET", "/v1/account").status == 200
    assert control("POST", "faults", {"colour": "red"})[0] == 400


def test_it_rolls_secrets_and_revokes_keys(stage, ask, control):
    endpoint = stage.endpoint()
    status, rolled = control("POST", f"webhook_endpoints/{endpoint.id}/roll")
    assert status == 200
    assert rolled["secret"].startswith("whsec_")
    assert control("POST", "webhook_endpoints/we_none/roll")[0] == 404
    key = "sk_test_" + "x" * 24
    control("POST", "keys/revoke", {"key": key})
    assert ask("GET", "/v1/account", key=key).status == 401


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff"])
def test_what_is_no_json_object_is_refused(stage, body):
    assert stage.sandbox.handle("POST", "/_sandbox/reset", {}, body).status == 400


def test_it_answers_this_machine_only(control):
    assert control("POST", "reset", client="192.0.2.7")[0] == 403


def test_it_refuses_another_sites_page(control):
    assert (
        control("POST", "reset", headers={"Origin": "https://evil.example", "Host": "localhost:1"})[0] == 403
    )
    assert control("POST", "reset", headers={"Origin": "http://localhost:1", "Host": "localhost:1"})[0] == 200
