"""What every endpoint takes for JSON, and the one shape of errors."""

import io

import pytest
from django.test import Client
from rest_framework.exceptions import ParseError

from config.api import MAX_DEPTH, StrictJSONParser, server_error


def parse(body: bytes) -> dict:
    return StrictJSONParser().parse(io.BytesIO(body))


def test_an_object_is_taken_and_an_empty_body_is_an_empty_object():
    assert parse('{"plan": "premium", "names": ["Zoë", "李"]}'.encode()) == {
        "plan": "premium",
        "names": ["Zoë", "李"],
    }
    assert parse(b"") == {}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"1",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\\u0000"}',
        b'{"\\u0000": 1}',
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1),
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_anything_else_is_refused(body):
    with pytest.raises(ParseError):
        parse(body)


def test_an_unknown_address_under_api_answers_in_the_shape_of_errors():
    answer = Client().get("/api/nothing-here/")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_a_failure_under_api_answers_in_the_shape_of_errors(rf):
    answer = server_error(rf.get("/api/filings/"))
    assert answer.status_code == 500
    assert b'"server_error"' in answer.content
