"""Lines of Chinese on papers."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal import wrapping


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("我们通过互联网", ["我们通过互", "联网"]),
        ("价格不含税。", ["价格不含", "税。"]),
        ("合同（以下简称“我们”）", ["合同（以下", "简称“我", "们”）"]),
        ("向您提供Open SEC Data年度", ["向您提供", "Open", "SEC", "Data年", "度"]),
        ("Incomprehensibilities", ["Incomprehensibilities"]),
        ("", [""]),
    ],
)
def test_a_line_breaks_between_signs_but_not_before_a_comma_nor_within_a_word(
    text: str, lines: list[str]
) -> None:
    assert wrapping.wrap(text, 5, len).split("\n") == lines


@given(some.text(alphabet="果园 aB，。（）“”1.\u3000", max_size=60), some.integers(3, 20))
def test_nothing_is_lost_and_only_a_whole_word_is_too_wide(text: str, width: int) -> None:
    lines = wrapping.wrap(text, width, len).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert len(line) <= width or len(wrapping.PIECE.findall(line)) == 1
