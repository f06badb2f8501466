"""The short way of events: past sessions, users, languages and browsers' headers, and heard of only when refused."""

import json
import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from billing.models import Event
from billing.tests.events import URL, event, post, sign
from billing.webhooks import PATHS

pytestmark = pytest.mark.django_db


@pytest.fixture
def harmless() -> dict[str, Any]:
    """A good event that means nothing to us."""
    return event({"id": "topup_1", "object": "topup"}, "topup.created")


def test_neither_a_session_nor_a_user_is_looked_up_or_made(alice, signed_in):
    assert statements_for(signed_in(alice)) == statements_for(Client())


def statements_for(client: Client) -> int:
    """How many it takes to receive a good event that means nothing to us, and that no cookie is given for it."""
    body = json.dumps(event({"id": "topup_1", "object": "topup"}, "topup.created")).encode()
    headers = {"Stripe-Signature": sign(body)}
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(URL, body, content_type="application/json", headers=headers)
    assert (answer.status_code, bool(answer.cookies)) == (200, False)
    return len(queries)


@pytest.mark.parametrize("webhook", PATHS)
def test_the_answer_is_for_a_machine(harmless, webhook):
    answer = post(
        harmless, url=f"/{webhook}/", **{"Accept-Language": "zh-hans", "Origin": "https://evil.example"}
    )
    assert (answer.status_code, answer.content) == (200, b"OK")
    assert dict(answer.headers) == {"Content-Type": "text/plain"}


def test_the_language_of_who_served_this_thread_before_comes_back(harmless):
    with translation.override("zh-hans"):
        assert post(harmless).status_code == 200
        assert translation.get_language() == "zh-hans"


def test_only_what_is_refused_leaves_a_line(harmless, caplog):
    with caplog.at_level(logging.INFO):
        post(harmless)
        assert caplog.records == []
        post(harmless, signature="t=1,v1=0")
    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert "'event': 'event not taken'" in record.getMessage()
    assert Event.objects.count() == 1


@pytest.mark.parametrize("path", [f"{URL}more/", f"/de{URL}", "/stripe-webhooks/"])
def test_what_is_near_goes_the_long_way(path):
    answer = Client().post(path)
    assert answer.status_code == 404
    assert "Content-Security-Policy" in answer.headers
