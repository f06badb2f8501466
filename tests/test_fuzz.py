"""Whatever is sent to the receiver: no server error, and nothing is stored of what Stripe did not sign or would not
send.
"""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import Event, MirroredObject
from billing.tests.events import event, post, sign
from billing.webhooks import receive

pytestmark = pytest.mark.django_db
quickly = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

URLS = st.sampled_from(["/api/stripe-webhooks/", "/integrations/stripe/webhooks", "/stripe-webhook/"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("id", "object", "type", "created", "data", "livemode", "account", "api_version", "related_object")
signatures = st.text(max_size=80) | st.builds(
    lambda at, digest: f"t={at},v1={digest}", st.integers() | st.text(max_size=5), st.text(max_size=70)
)


LENGTHS = (
    st.none()
    | st.text(max_size=8)
    # Not one that promises more than there is, up to what is read: the test client itself does not bear that.
    | st.integers().filter(lambda length: not 2 < length <= receive.LIMIT)
    | st.just("9" * 5000)
)


def nothing_is_stored() -> bool:
    return not Event.objects.exists() and not MirroredObject.objects.exists()


@quickly
@given(url=URLS, body=st.binary(max_size=300), signature=signatures)
def test_unsigned_bytes_are_refused(url: str, body: bytes, signature: str) -> None:
    answer = post(body, url=url, signature=signature.encode("latin-1", "replace").decode("latin-1"))
    assert answer.status_code == 400
    assert nothing_is_stored()


@quickly
@given(
    url=URLS,
    method=st.sampled_from(["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"]),
    content_type=st.sampled_from(
        [
            "",
            "application/json",
            "multipart/form-data",
            "multipart/form-data; boundary=\x01",
            "text/x; charset=no",
        ]
    ),
    length=LENGTHS,
    forwarded=st.text(alphabet=st.characters(codec="latin-1"), max_size=30),
)
def test_odd_requests_are_refused(
    url: str, method: str, content_type: str, length: Any, forwarded: str
) -> None:
    extra = {} if length is None else {"CONTENT_LENGTH": str(length)}
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answer = client.generic(method, url, b"{}", content_type, HTTP_X_FORWARDED_FOR=forwarded, **extra)
    assert answer.status_code == (400 if method == "POST" else 405)
    assert nothing_is_stored()


@quickly
@given(body=st.binary(max_size=300) | values.map(lambda value: json.dumps(value).encode()))
def test_signed_bytes_that_are_no_event_are_refused(body: bytes) -> None:
    assert post(body, signature=sign(body)).status_code == 400
    assert nothing_is_stored()


@quickly
@given(field=st.sampled_from(FIELDS), value=values)
def test_a_signed_event_with_any_value_in_a_field_is_no_server_error(field: str, value: Any) -> None:
    """It may be an event that means nothing to us; then it is ignored, and nothing else is written."""
    harmless = event({"id": "topup_1", "object": "topup"}, "topup.created") | {field: value}
    body = json.dumps(harmless).encode()
    answer = post(body, signature=sign(body))
    assert answer.status_code in (200, 400)
    assert Event.objects.exclude(state=Event.State.IGNORED).count() == 0
    assert not MirroredObject.objects.exists()
    if answer.status_code == 400:
        assert not Event.objects.filter(stripe_id=str(value if field == "id" else harmless["id"])).exists()
