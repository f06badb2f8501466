import base64

import pytest
import stripe

from sandbox.routing import HANDLERS
from sandbox.shapes import API_VERSION, Shapes
from sandbox.testing import PUBLISHABLE_KEY, Stage


def test_an_answer_carries_stripes_headers(ask, stage):
    answer = ask("GET", "/v1/account")
    assert answer.status == 200
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Stripe-Version"] == API_VERSION
    assert answer.headers["Date"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    stage.advance(days=1)
    assert ask("GET", "/v1/account").headers["Date"] == "Sat, 02 Jan 2027 00:00:00 GMT"


def test_without_a_key_there_is_a_401(ask):
    answer = ask("GET", "/v1/account", key=None)
    assert answer.status == 401
    assert answer.json["error"]["message"].startswith("You did not provide an API key.")


@pytest.mark.parametrize("key", ["nonsense", "sk_test_!!!!!!!!", "sk_prod_abcdefgh"])
def test_a_malformed_key_is_refused_and_masked(ask, key):
    answer = ask("GET", "/v1/account", key=key)
    assert answer.status == 401
    message = answer.json["error"]["message"]
    assert message.startswith("Invalid API Key provided: ")
    assert key not in message


def test_a_live_key_is_refused(ask):
    answer = ask("GET", "/v1/account", key="sk_live_" + "a" * 24)
    assert answer.status == 401
    assert "live keys" in answer.json["error"]["message"]


def test_a_revoked_key_is_refused_as_expired(stage):
    stage.sandbox.keys.revoked.add("sk_test_" + "b" * 24)
    with pytest.raises(stripe.AuthenticationError) as refusal:
        stage.connect("sk_test_" + "b" * 24).v1.customers.list()
    assert refusal.value.json_body["error"]["code"] == "api_key_expired"


def test_basic_authentication_works_as_with_curl(stage):
    token = base64.b64encode(b"sk_test_" + b"c" * 24 + b":").decode()
    answer = stage.sandbox.handle("GET", "/v1/account", {"Authorization": f"Basic {token}"})
    assert answer.status == 200


def test_a_publishable_key_may_not_do_what_needs_a_secret_one(ask):
    answer = ask("POST", "/v1/customers", "name=Alice", key=PUBLISHABLE_KEY)
    assert answer.status == 403
    assert answer.json["error"]["code"] == "secret_key_required"


def test_an_unknown_url_is_a_404(ask):
    answer = ask("GET", "/v1/nonsense")
    assert answer.status == 404
    assert answer.json["error"]["message"].startswith("Unrecognized request URL (GET: /v1/nonsense).")


def test_an_operation_that_is_not_played_says_so(ask):
    missing = next(
        o
        for o in Shapes.load().operations.values()
        if o.name not in HANDLERS and not o.parameters["required"]
    )
    answer = ask(missing.method, missing.path.replace("{", "").replace("}", ""))
    assert answer.status == 501
    assert answer.json["error"]["code"] == "sandbox_not_implemented"


def test_a_malformed_version_is_refused(ask):
    answer = ask("GET", "/v1/account", Stripe_Version="yesterday")
    assert answer.status == 400
    assert answer.json["error"]["message"] == "Invalid Stripe API version: yesterday"


def test_an_error_rolls_back_all_that_the_call_did(stage, v1):
    product = stage.product()
    v1.prices.create({"product": product.id, "currency": "usd", "unit_amount": 1, "lookup_key": "k"})
    before = stage.event_types()
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        v1.prices.create({"product": product.id, "currency": "usd", "unit_amount": 2, "lookup_key": "k"})
    assert len(v1.prices.list({"product": product.id}).data) == 1
    assert stage.event_types() == before


def test_errors_link_to_their_documentation_and_log(ask):
    error = ask("GET", "/v1/customers/cus_none").json["error"]
    assert error["doc_url"] == "https://stripe.com/docs/error-codes/resource-missing"
    assert error["request_log_url"].startswith("https://dashboard.stripe.com/acct_")


def test_a_reset_leaves_the_account_and_its_endpoints_only(stage, v1):
    stage.endpoint()
    stage.customer()
    stage.advance(days=3)
    stage.sandbox.reset()
    assert v1.customers.list().data == []
    assert v1.events.list().data == []
    assert len(v1.webhook_endpoints.list().data) == 1
    assert stage.now == Stage().now
    assert stage.sandbox.deliveries.pending() == []


def test_a_snapshot_can_be_gone_back_to(stage, v1):
    alice = stage.customer()
    snapshot = stage.sandbox.snapshot()
    v1.customers.delete(alice.id)
    stage.customer("bob@example.com")
    stage.sandbox.restore(snapshot)
    assert [c.email for c in v1.customers.list().data] == ["alice@example.com"]


def test_code_on_the_modules_globals_is_served_too(stage):
    with stage.installed():
        customer = stripe.Customer.create(email="alice@example.com")
        assert stripe.Customer.retrieve(customer.id).email == "alice@example.com"
    assert not isinstance(stripe.default_http_client, type(stage.http_client))
