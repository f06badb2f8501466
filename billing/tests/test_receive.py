"""What the webhook endpoint lets in: method, size, signature, age, JSON; at three URLs, with and without a slash."""

import json
import time
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from billing.models import Event
from billing.tests.events import URL, event, post, sign
from billing.webhooks import signatures
from billing.webhooks.receive import LIMIT

pytestmark = pytest.mark.django_db

OTHER_SECRET = "whsec_" + "1" * 32


@pytest.fixture
def harmless() -> dict[str, Any]:
    """A good event that means nothing to us."""
    return event({"id": "topup_1", "object": "topup"}, "topup.created")


def refused(answer: Any, text: str) -> bool:
    return (answer.status_code, answer.content.decode()) == (400, text) and not Event.objects.exists()


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("url", ["/api/stripe-webhooks", "/integrations/stripe/webhooks", "/stripe-webhook"])
def test_all_urls_answer_without_a_redirect(harmless, url, slash):
    """F54."""
    assert post(harmless, url=url + slash).status_code == 200


@pytest.mark.parametrize("url", ["/api/stripe-webhooks", "/stripe-webhook/"])
def test_not_even_to_https(harmless, settings, url):
    """F54."""
    settings.SECURE_SSL_REDIRECT = True
    assert post(harmless, url=url).status_code == 200


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_other_methods_are_405(method):
    assert getattr(Client(), method)(URL).status_code == 405


def test_exactly_a_mebibyte_passes_and_one_byte_more_does_not(harmless):
    """F51."""
    body = json.dumps(harmless).encode()
    assert refused(post(body + b" " * (LIMIT + 1 - len(body))), "REQUEST TOO BIG")
    assert post(body + b" " * (LIMIT - len(body))).status_code == 200


def test_a_body_that_says_that_it_is_too_big_is_not_read():
    """F51."""

    class Unreadable:
        def read(self, *args: int) -> bytes:
            raise AssertionError("it was read")

        readline = read

    environment = {"CONTENT_LENGTH": str(LIMIT + 1), "wsgi.input": Unreadable()}
    assert refused(Client().post(URL, **environment), "REQUEST TOO BIG")


@pytest.mark.parametrize("length", ["", "-1", "abc", "1e9", "²"])
def test_a_nonsensical_length_is_no_server_error(length):
    assert refused(Client().generic("POST", URL, b"{}", CONTENT_LENGTH=length), "INVALID SIGNATURE")


@pytest.mark.parametrize(
    "forge",
    [
        lambda body: "",
        lambda body: "nonsense",
        lambda body: sign(body, OTHER_SECRET),
        lambda body: sign(body)[:-1],
        lambda body: sign(body).replace("v1=", "v0="),
        lambda body: sign(body) + "," + sign(body),
        lambda body: sign(body) + ",v1=" + sign(body).partition("v1=")[2],
        lambda body: sign(body).replace("t=", "t=+"),
        lambda body: sign(body).replace("t=1", "t=١"),
        lambda body: sign(body + b" "),
        lambda body: sign(body, at=int(time.time()) - 301),
        lambda body: sign(body, at=int(time.time()) + 301),
        lambda body: sign(body) + ",v1=" + "0" * 2000,
    ],
)
def test_a_bad_signature_is_refused(harmless, forge):
    body = json.dumps(harmless).encode()
    assert refused(post(body, signature=forge(body)), "INVALID SIGNATURE")


def test_a_body_that_was_serialized_again_is_refused(harmless):
    signature = sign(json.dumps(harmless).encode())
    assert refused(post(json.dumps(harmless, indent=1).encode(), signature=signature), "INVALID SIGNATURE")


def test_a_secret_in_a_header_does_not_replace_ours(harmless, settings):
    settings.DEBUG = True
    body = json.dumps(harmless).encode()
    header = {"X-Djstripe-Webhook-Secret": OTHER_SECRET}
    assert refused(post(body, signature=sign(body, OTHER_SECRET), **header), "INVALID SIGNATURE")


def test_without_a_secret_nothing_is_accepted(harmless, settings):
    """F16."""
    settings.STRIPE_WEBHOOK_SECRETS = []
    body = json.dumps(harmless).encode()
    assert refused(post(body, signature=sign(body, "whsec_" + "0" * 32)), "INVALID SIGNATURE")


@pytest.mark.parametrize("age", [-300, 300])
def test_five_minutes_are_tolerated_on_both_sides(harmless, age, stripe_sandbox):
    """F13, F14."""
    body = json.dumps(harmless).encode()
    beyond = age + (1 if age > 0 else -1)
    assert refused(post(body, signature=sign(body, at=int(time.time()) + beyond)), "INVALID SIGNATURE")
    assert post(body, signature=sign(body, at=int(time.time()) + age)).status_code == 200


def test_while_a_secret_is_rolled_the_old_the_new_and_both_in_one_header_are_good(harmless, settings):
    """F15."""
    old = settings.STRIPE_WEBHOOK_SECRETS[0]
    settings.STRIPE_WEBHOOK_SECRETS = [OTHER_SECRET, old]
    body = json.dumps(harmless).encode()
    both = sign(body, old) + ",v1=" + sign(body, OTHER_SECRET).partition("v1=")[2]
    for header in (sign(body, old), sign(body, OTHER_SECRET), both):
        assert signatures.is_good(body, header, settings.STRIPE_WEBHOOK_SECRETS)
        assert post(body, signature=header).status_code == 200
    assert not signatures.is_good(body, sign(body, old), [OTHER_SECRET])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"1",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b"\xff\xfe{}",
        b'{"a": "\x00"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 5000,
        b'{"id": NaN}',
        b'{"object": "event"}',
        b'{"object": "v2.core.event"}',
        b'{"object": "event", "data": null}',
        b'{"object": ["event"], "data": {"object": {"object": "customer"}}}',
    ],
)
def test_what_is_signed_but_no_event_is_refused(body):
    """F52. Whose it is, is asked first."""
    assert refused(post(body, signature=sign(body, OTHER_SECRET)), "INVALID SIGNATURE")
    assert refused(post(body), "INVALID PAYLOAD")


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": 5},
        {"id": "evt_" + "x" * 300},
        {"id": "evt_\ud800"},
        {"id": "evt_'; --"},
        {"type": ""},
        {"type": ["customer.created"]},
        {"type": "customer\x00created"},
        {"created": "yesterday"},
        {"created": -1},
        {"created": 10**30},
        {"created": True},
        {"created": 1.5},
        {"data": {}},
        {"data": {"object": []}},
        {"data": {"object": {"object": 7}}},
        {"data": {"object": {"object": "customer", "id": 5}}},
        {"data": {"object": {"object": "customer", "id": "cus_'"}}},
    ],
)
def test_an_event_with_a_field_that_stripe_would_not_send_is_refused(harmless, change):
    assert refused(post(harmless | change), "INVALID PAYLOAD")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "not an address"},
        {"Accept": "image/png", "Accept-Language": "tlh"},
        {"Origin": "null", "Cookie": "sessionid=x; csrftoken=y"},
    ],
)
def test_odd_headers_with_a_good_signature_are_accepted(harmless, headers):
    """F56."""
    assert post(harmless, **headers).status_code == 200


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_an_odd_content_type_with_a_good_signature_is_accepted(harmless, content_type):
    """F56."""
    body = json.dumps(harmless).encode()
    answer = Client(enforce_csrf_checks=True).generic(
        "POST", URL, body, content_type, headers={"Stripe-Signature": sign(body)}
    )
    assert answer.status_code == 200


def test_the_tests_sign_as_the_product_checks(harmless):
    body = json.dumps(harmless).encode()
    assert signatures.is_good(body, sign(body), settings.STRIPE_WEBHOOK_SECRETS)
