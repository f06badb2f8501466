import pytest

from sandbox.errors import StripeError
from sandbox.forms import nest, parse


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a[b][c]=1", {"a": {"b": {"c": "1"}}}),
        ("a[]=1&a[]=2", {"a": {"0": "1", "1": "2"}}),
        ("a[0][k]=1&a[1][k]=2", {"a": {"0": {"k": "1"}, "1": {"k": "2"}}}),
        ("a[][k]=1&a[][j]=2&a[][k]=3", {"a": {"0": {"k": "1", "j": "2"}, "1": {"k": "3"}}}),
        ("a=", {"a": ""}),
        ("name=Se%C3%A1n+%26+Co", {"name": "Seán & Co"}),
    ],
)
def test_bracket_notation_becomes_a_tree(text, tree):
    assert nest(parse("", text.encode())) == tree


def test_query_string_and_body_are_read_together():
    assert nest(parse("limit=3", b"a=1")) == {"limit": "3", "a": "1"}


@pytest.mark.parametrize("text", ["a=1&a[b]=2", "a[b]=1&a=2", "a[b=1", "]=1", "a=%FF"])
def test_contradictions_and_bad_encodings_are_refused(text):
    with pytest.raises(StripeError):
        nest(parse("", text.encode()))
