"""The wall around Stripe: when it may be called, how long that may take, and what its errors become."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe
from django.core.signals import request_finished, request_started
from django.db import transaction
from django.test import Client

from billing import errors, gateway
from billing.gateway import client, deadline, failures
from billing.gateway.transport import Network

pytestmark = pytest.mark.django_db


def ask() -> Any:
    return gateway.objects.fetch("product", "prod_1")


# --- When -----------------------------------------------------------------------------------------------------------


def test_without_a_key_billing_is_off(settings):
    settings.STRIPE_SECRET_KEY = ""
    assert not client.is_on()
    with pytest.raises(errors.BillingOff):
        ask()


@pytest.mark.django_db(transaction=True)
def test_no_call_is_made_inside_a_transaction(stripe_sandbox, calls):
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a database transaction"):
        ask()
    assert calls == []
    assert ask() is None


def test_the_transaction_around_a_test_is_no_transaction_but_one_inside_it_is(stripe_sandbox):
    assert ask() is None
    with transaction.atomic(), pytest.raises(RuntimeError):
        ask()


# --- What comes back --------------------------------------------------------------------------------------------------


def test_an_answer_is_a_plain_dict_with_the_time_by_stripes_clock(stripe_sandbox):
    made = client.connected().v1.products.create({"name": "Thing"})
    stripe_sandbox.advance(hours=1)
    answer = gateway.objects.fetch("product", made["id"])
    assert answer
    assert json.loads(json.dumps(answer.data))["name"] == "Thing"
    assert (answer.as_of, answer.replayed) == (stripe_sandbox.sandbox.now, False)


def test_what_took_long_is_as_of_its_beginning(monkeypatch, settings):
    with slow_stripe(delay=1.2, answers=[(200, {"id": "prod_1", "object": "product"})]) as url:
        settings.STRIPE_API_BASE = url
        began = time.time()
        answer = ask()
    assert abs(answer.as_of - began) < 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 500}, errors.Unavailable),
        ({"status": 429}, errors.Unavailable),
        ({"status": 409}, errors.Busy),
        ({"kind": "cut"}, errors.Unavailable),
        ({"kind": "hang", "seconds": 999}, errors.Unavailable),
    ],
)
def test_what_stripe_cannot_do_is_unavailable_for_a_while(stripe_sandbox, fault, expected):
    """F33, F34, F35."""
    stripe_sandbox.sandbox.faults.add(**{"kind": "error", "times": 99, **fault})
    with pytest.raises(expected) as caught:
        ask()
    assert (caught.value.status_code, caught.value.retry_after) == (503, 30)


def test_a_key_that_stripe_does_not_know_is_our_fault(stripe_sandbox, settings):
    settings.STRIPE_SECRET_KEY = "sk_live_" + "0" * 32
    with pytest.raises(errors.Misconfigured):
        gateway.customers.find(1)


def test_other_parameters_under_the_same_key_are_refused(stripe_sandbox):
    gateway.catalogue.create_product("one", name="One", facts={}, key="same")
    with pytest.raises(errors.KeyReused):
        gateway.catalogue.create_product("one", name="Two", facts={}, key="same")


def test_a_failure_that_is_stored_says_so_the_second_time(stripe_sandbox):
    stripe_sandbox.sandbox.faults.add("error", method="POST", status=500, times=1)
    with pytest.raises(errors.StoredFailure):
        gateway.catalogue.create_product("one", name="One", facts={}, key="same")


def test_a_decline_bears_stripes_sentence_and_reason():
    body = {
        "error": {"code": "card_declined", "decline_code": "lost_card", "message": "Your card was declined."}
    }
    ours = failures.translate(
        stripe.CardError("Your card was declined.", None, "card_declined", json_body=body, http_status=402)
    )
    assert isinstance(ours, errors.Declined)
    assert (str(ours.detail), ours.fields, ours.code) == (
        "Your card was declined.",
        {"reason": "lost_card"},
        "payment_declined",
    )


def test_what_the_bank_wants_to_confirm_is_no_decline():
    error = stripe.CardError("Confirm.", None, "authentication_required", http_status=402)
    assert isinstance(failures.translate(error), errors.ActionRequired)


# --- How long ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Gives a request fewer seconds than twelve."""

    def hurry(seconds: float) -> None:
        monkeypatch.setattr(deadline, "SECONDS", seconds)
        monkeypatch.setattr(Network, "_sleep_time_seconds", lambda self, number: 0.1)

    return hurry


class slow_stripe:  # noqa: N801  (read as a verb)
    """A server that answers late: (status, body) one after another, the last one for ever."""

    def __init__(self, delay: float, answers: list[tuple[int, Any]]) -> None:
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = answers[min(outer.asked, len(answers) - 1)]
                outer.asked += 1
                time.sleep(delay)
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *error: Any) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_one_deadline_holds_for_all_calls_and_retries_of_a_request(settings, hurried):
    """F33."""
    hurried(1.5)
    server = slow_stripe(delay=0.4, answers=[(500, {"error": {"message": "no", "type": "api_error"}})])
    with server as url:
        settings.STRIPE_API_BASE = url
        deadline.start()
        began = time.monotonic()
        try:
            for _call in range(3):
                with pytest.raises(errors.Unavailable):
                    ask()
        finally:
            deadline.clear()
    assert time.monotonic() - began < 3
    assert server.asked >= 2


def test_a_try_that_hangs_leaves_time_for_another(settings, hurried, monkeypatch):
    hurried(2.0)
    monkeypatch.setattr(deadline, "TRY", 0.3)
    server = slow_stripe(delay=1.0, answers=[(200, {})])
    with server as url:
        settings.STRIPE_API_BASE = url
        with deadline.within(2.0), pytest.raises(errors.Unavailable):
            ask()
    assert server.asked > 1


def test_a_request_begins_a_deadline_of_twelve_seconds_and_its_end_ends_it(db):
    """F33: with all that is not Stripe it is answered within 15."""
    assert deadline._ends.get() is None
    request_started.send(sender=None)
    assert 11 < deadline.left() <= 12
    assert deadline._ends.get() is not None
    request_finished.send(sender=None)
    assert deadline._ends.get() is None
    Client().get("/health/live")
    assert deadline._ends.get() is None


def test_an_inner_deadline_never_outlasts_the_outer_one():
    with deadline.within(1), deadline.within(50):
        assert deadline.left() <= 1
    assert deadline.left() == deadline.SECONDS


@pytest.fixture(autouse=True)
def fresh_client() -> Iterator[None]:
    yield
    client._connect.cache_clear()
