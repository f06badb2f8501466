"""Fields of the application's own at Checkout: what may be asked for, typed and read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.errors import StripeError
from sandbox.routing import Response
from sandbox.testing import Stage
from sandbox.tests.selling import complete, refused, sell

Ask = Callable[..., Response]
SIZES = [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}]
NAME = {"key": "engraving", "label": {"type": "custom", "custom": "Engraving"}, "type": "text"}
AGE = {
    "key": "age",
    "label": {"type": "custom", "custom": "Age"},
    "type": "numeric",
    "numeric": {"maximum_length": 3},
    "optional": True,
}
SIZE = {
    "key": "size",
    "label": {"type": "custom", "custom": "Size"},
    "type": "dropdown",
    "dropdown": {"options": SIZES, "default_value": "s"},
}


def test_what_the_buyer_typed_is_on_the_session_and_in_its_event(stage: Stage, v1: Any, single: str) -> None:
    session = sell(stage, single, custom_fields=[NAME, AGE, SIZE])
    assert [one["text"]["value"] for one in session["custom_fields"] if one["type"] == "text"] == [None]
    complete(stage, session["id"], custom_fields={"engraving": "Jane", "age": "42"})
    told = v1.events.list({"type": "checkout.session.completed"}).data[0].data.object.to_dict()
    values = {one["key"]: one[one["type"]]["value"] for one in told["custom_fields"]}
    assert values == {"engraving": "Jane", "age": "42", "size": "s"}


@pytest.mark.parametrize(
    ("typed", "param"),
    [
        ({}, "custom_fields[engraving]"),
        ({"engraving": "x" * 256}, "custom_fields[engraving]"),
        ({"engraving": "Jane", "age": "old"}, "custom_fields[age]"),
        ({"engraving": "Jane", "age": "1234"}, "custom_fields[age]"),
        ({"engraving": "Jane", "size": "xl"}, "custom_fields[size]"),
    ],
)
def test_what_is_missing_or_does_not_fit_leaves_the_session_open(
    stage: Stage, v1: Any, single: str, typed: dict[str, str], param: str
) -> None:
    session = sell(stage, single, custom_fields=[NAME, AGE, SIZE])
    with pytest.raises(StripeError) as error:
        complete(stage, session["id"], custom_fields=typed)
    assert error.value.error["param"] == param
    assert v1.checkout.sessions.retrieve(session["id"]).status == "open"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ([NAME, AGE, SIZE, NAME | {"key": "more"}], "custom_fields"),
        ([NAME, NAME], "custom_fields"),
        ([NAME | {"key": "not this"}], "custom_fields[0][key]"),
        ([NAME | {"type": "dropdown"}], "custom_fields[0][dropdown][options]"),
        ([NAME | {"numeric": {"maximum_length": 3}}], "custom_fields[0][numeric]"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    stage: Stage, single: str, fields: list[dict[str, Any]], param: str
) -> None:
    assert refused(stage, single, custom_fields=fields).param == param


def test_the_page_asks_for_them_and_takes_what_is_typed(stage: Stage, v1: Any, ask: Ask, single: str) -> None:
    session = sell(stage, single, custom_fields=[NAME, SIZE, AGE])
    page = ask("GET", f"/c/pay/{session['id']}").body.decode()
    assert "Engraving<" in page
    assert "Age (optional)" in page
    assert '<option value="s" selected>Small</option>' in page
    typed = "email=a@example.com&name=A&number=4242424242424242&expiry=1234&cvc=123&custom_engraving=Jane&custom_size=l"
    assert ask("POST", f"/c/pay/{session['id']}", typed).status == 303
    fields = v1.checkout.sessions.retrieve(session["id"]).to_dict()["custom_fields"]
    assert [fields[0]["text"]["value"], fields[1]["dropdown"]["value"]] == ["Jane", "l"]
