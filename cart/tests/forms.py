"""Reads the fields of a page's form as a browser would send them back."""

from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = self._textarea = ""  # the one that is being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value")
        if tag == "input" and name and self._is_sent(given):
            self.fields[name] = value or ("on" if "checked" in given else "")
        elif tag == "select":
            self._select = name
            self.fields[name] = ""
        elif tag == "option" and "selected" in given:
            self.fields[self._select] = value or ""
        elif tag == "textarea":
            self._textarea = name
            self.fields[name] = ""

    def _is_sent(self, given: dict[str, str | None]) -> bool:
        return given.get("type") != "submit" and (given.get("type") != "checkbox" or "checked" in given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea] += data.removeprefix("\n")


def fields_of(page: Any) -> dict[str, str]:
    """By name, of all forms of a page. Options that are not selected by the page are not chosen."""
    parser = _Fields()
    parser.feed(page.content.decode())
    return parser.fields
