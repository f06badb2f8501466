"""Templates that escape what is put into them."""

from __future__ import annotations

import pytest

from sandbox.pages.markup import Markup, Templates, address, fill, flag


def test_what_is_put_in_is_escaped() -> None:
    assert fill("<p title='{text}'>{text}</p>", text="<b>'\"&") == (
        "<p title='&lt;b&gt;&#x27;&quot;&amp;'>&lt;b&gt;&#x27;&quot;&amp;</p>"
    )


def test_html_made_by_a_template_goes_in_as_it_is() -> None:
    inner = fill("<b>{text}</b>", text="<")
    assert fill("<p>{inner}</p>", inner=inner) == "<p><b>&lt;</b></p>"


def test_lists_are_joined_and_escaped_one_by_one() -> None:
    assert fill("{rows}", rows=[Markup("<li>"), "<li>"]) == "<li>&lt;li&gt;"


@pytest.mark.parametrize(("value", "shown"), [(None, ""), (False, ""), (0, "0"), ("", "")])
def test_nothing_is_nothing_but_zero_is_a_number(value: object, shown: str) -> None:
    assert fill("{value}", value=value) == shown


def test_braces_in_a_value_are_not_names() -> None:
    assert fill("{text}", text="{secret}") == "{secret}"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example/", "", None])
def test_an_address_that_would_run_or_mislead_is_no_link(url: str | None) -> None:
    assert address(url) == "#"


@pytest.mark.parametrize("url", ["https://shop.example/x?y=1", "http://127.0.0.1:8000/", "/dashboard"])
def test_plain_addresses_stay(url: str) -> None:
    assert address(url) == url


def test_a_file_of_templates_gives_its_pieces_by_name() -> None:
    html = Templates("dashboard")
    assert html("link", path="/x?a&b", text="<") == '<a href="/x?a&amp;b">&lt;</a>'
    with pytest.raises(KeyError):
        html("no_such_piece")


def test_a_flag_is_there_or_not() -> None:
    assert (flag("checked", True), flag("checked", None)) == ("checked", "")
