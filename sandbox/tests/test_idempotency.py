import pytest
import stripe

KEY = {"idempotency_key": "order-17"}


def test_the_same_call_again_gets_the_first_answer(stage, v1):
    first = v1.customers.create({"name": "Alice"}, KEY)
    stage.advance(seconds=60)
    again = v1.customers.create({"name": "Alice"}, KEY)
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Original-Request"] == first.last_response.headers["Request-Id"]
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert len(v1.customers.list().data) == 1


def test_other_parameters_under_the_same_key_are_refused(v1):
    v1.customers.create({"name": "Alice"}, KEY)
    with pytest.raises(stripe.IdempotencyError, match="same parameters they were first used with") as refusal:
        v1.customers.create({"name": "Bob"}, KEY)
    assert refusal.value.http_status == 400


def test_another_path_under_the_same_key_is_refused(v1):
    v1.customers.create({"name": "Alice"}, KEY)
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        v1.products.create({"name": "Alice"}, KEY)


def test_an_error_of_the_execution_is_stored(stage, v1):
    params = {"product": "prod_none", "currency": "usd", "unit_amount": 1}
    with pytest.raises(stripe.InvalidRequestError):
        v1.prices.create(params, KEY)
    stage.client.v1.products.create({"name": "Premium", "id": "prod_none"})
    with pytest.raises(stripe.InvalidRequestError, match="No such product"):
        v1.prices.create(params, KEY)


def test_an_error_of_the_parameters_is_not_stored(ask, v1):
    refused = ask("POST", "/v1/customers", "colour=red", Idempotency_Key="order-17")
    assert refused.status == 400
    assert v1.customers.create({"name": "Alice"}, KEY).name == "Alice"


def test_a_stored_500_is_answered_again(stage, v1):
    stage.sandbox.faults.add("error", status=500, path="/v1/customers")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            v1.customers.create({"name": "Alice"}, KEY)
    assert v1.customers.list().data == []


def test_a_429_is_decided_before_the_key_is_looked_at(stage, v1):
    stage.sandbox.faults.add("error", status=429)
    with pytest.raises(stripe.RateLimitError):
        v1.customers.create({"name": "Alice"}, KEY)
    assert v1.customers.create({"name": "Alice"}, KEY).name == "Alice"


def test_a_key_is_forgotten_after_24_hours_of_the_sandboxs_time(stage, v1):
    first = v1.customers.create({"name": "Alice"}, KEY)
    stage.advance(seconds=24 * 3600 - 1)
    assert v1.customers.create({"name": "Alice"}, KEY).id == first.id
    stage.advance(seconds=1)
    assert v1.customers.create({"name": "Alice"}, KEY).id != first.id


def test_a_key_in_use_is_a_409(stage, ask):
    inner = []

    def pause(seconds: float) -> None:
        inner.append(ask("POST", "/v1/customers", "name=Alice", Idempotency_Key="order-17"))

    stage.sandbox.faults.add("hang")
    headers = {"Authorization": "Bearer sk_test_" + "a" * 24, "Idempotency-Key": "order-17"}
    outer = stage.sandbox.handle("POST", "/v1/customers", headers, b"name=Alice", pause=pause)
    assert outer.status == 200
    assert inner[0].status == 409
    assert inner[0].json["error"]["code"] == "idempotency_key_in_use"
    assert (
        ask("POST", "/v1/customers", "name=Alice", Idempotency_Key="order-17").json["id"] == outer.json["id"]
    )


def test_a_key_on_a_get_means_nothing(ask):
    first = ask("GET", "/v1/customers", Idempotency_Key="k")
    assert "Idempotency-Key" not in first.headers
    assert "Idempotent-Replayed" not in ask("GET", "/v1/customers", Idempotency_Key="k").headers


def test_a_key_longer_than_255_characters_is_refused(ask):
    assert (
        ask("POST", "/v1/customers", Idempotency_Key="k" * 256).json["error"]["type"] == "idempotency_error"
    )
