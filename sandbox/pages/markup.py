"""HTML from templates that escape what is put into them: `fill("<p>{name}</p>", name=name)` is safe for any name.

Only Markup, which `fill` returns, goes in as it is. Lists are joined; None and False are nothing. A file of templates
holds several pieces, each under a line `<!--# its_name -->`; what it says is marked for words.py: `{_:Pay {amount}}`.
"""

from __future__ import annotations

import html
import re
import string
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.pages import words

TEMPLATES = Path(__file__).parent / "templates"
PIECE = re.compile(r"^<!--# (\w+) -->\n", re.MULTILINE)


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


NOTHING = Markup("")


class _Filler(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        return render(value)


_filler = _Filler()


def fill(template: str, **values: Any) -> Markup:
    """The template with its `{names}` replaced by the values, escaped."""
    return Markup(_filler.vformat(template, (), values))


def render(value: Any) -> Markup:
    """One value as HTML."""
    if isinstance(value, Markup):
        return value
    if value is None or value is False:
        return NOTHING
    if isinstance(value, str | int | float):
        return Markup(html.escape(str(value)))
    if isinstance(value, Iterable):
        return Markup("".join(render(item) for item in value))
    return Markup(html.escape(str(value)))


@cache
def _pieces(file: str, language: str) -> dict[str, str]:
    """The pieces in a language, which is the one that is spoken."""
    parts = PIECE.split(words.translate_template((TEMPLATES / f"{file}.html").read_text()))
    return {name: piece.rstrip("\n") for name, piece in zip(parts[1::2], parts[2::2], strict=True)}


class Templates:
    """The pieces of one file: `html = Templates("checkout")`, then `html("line", amount=...)`."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __call__(self, piece: str, **values: Any) -> Markup:
        return fill(self._read(piece), **values)

    def _read(self, piece: str) -> str:
        return _pieces(self._file, words.spoken())[piece]

    def each(self, piece: str, rows: Iterable[Mapping[str, Any]]) -> Markup:
        """The piece filled once per row."""
        return Markup("".join(fill(self._read(piece), **row) for row in rows))


def flag(name: str, on: Any) -> Markup:
    """An attribute without a value, such as `checked`."""
    return Markup(name) if on else NOTHING


def address(url: str | None) -> str:
    """A URL that is safe in a link: of http or https or within the sandbox, else "#"."""
    parts = urlsplit(url or "")
    inner = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return url if url and (inner or parts.scheme in ("http", "https")) else "#"
