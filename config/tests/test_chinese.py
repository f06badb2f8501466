"""Whatever is marked for translation is translated, whole and unbroken; and templates show no text that is not marked.

What these tests read is extracted from the sources, so a new string is missed at once: `make messages`, then translate.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.template.base import Lexer, TokenType

from config import translations

CHINESE = translations.LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
TEMPLATES = translations.ROOT / "templates"
# Names, abbreviations and units that Chinese readers use as they are.
NO_WORDS = {
    "API",
    "CIK",
    "Cookies",
    "LinkedIn",
    "%(cpus)s vCPU, %(memory)s GiB",
    "%(gpu)s, %(cpus)s vCPU, %(memory)s GiB",
}
NAMES = {"GET", "PDF", "Turnpike", "UTC", "column", "curl"}
HAN = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
TAG = re.compile(r"<[^>]+>")
# Stand for what is marked in a template: a whole sentence, other text; and for where another branch begins.
SENTENCE, TEXT, BRANCH = "\ue000", "\ue001", "\ue002"
WITHIN_A_LINE = r"</?(?:a|em|span|strong)\b(?![^>]*\bbutton\b)[^>]*>"
JOINED = re.compile(rf"{SENTENCE}(?:{WITHIN_A_LINE})*[ \t](?:[ \t]|{WITHIN_A_LINE})*[{SENTENCE}{TEXT}]")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return translations.read(CHINESE)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def written(message: Message) -> tuple[str, str]:
    """The English that a translation must be faithful to (of two forms, the plural), and the translation."""
    english = message.id if isinstance(message.id, str) else message.id[-1]
    chinese = message.string if isinstance(message.string, str) else message.string[0]
    return english, chinese


def keys(catalogue: Catalog) -> set[tuple[object, object]]:
    return {(message.id, message.context) for message in messages(catalogue)}


def test_the_catalogue_has_every_string_of_the_sources_and_no_other(catalogue: Catalog) -> None:
    extracted = keys(translations.extract())
    assert sorted(map(str, extracted - keys(catalogue))) == [], "missing: `make messages`, then translate"
    assert sorted(map(str, keys(catalogue) - extracted)) == [], "in no source any more: `make messages`"
    assert not catalogue.obsolete


def test_no_mark_is_overlooked_in_a_formatted_string() -> None:
    """Python 3.11 reads `f"{_('so')}"` as one token, of which the extraction sees nothing."""
    overlooked = [
        f"{path.relative_to(translations.ROOT)}:{call.lineno}"
        for path in translations.sources()
        if path.suffix == ".py"
        for formatted in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(formatted, ast.JoinedStr)
        for call in ast.walk(formatted)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in translations.KEYWORDS
    ]
    assert overlooked == []


def test_every_string_is_translated_and_none_is_a_guess(catalogue: Catalog) -> None:
    assert [message.id for message in messages(catalogue) if message.fuzzy] == []
    assert [message.id for message in messages(catalogue) if not all(written(message))] == []


def test_no_translation_is_the_english(catalogue: Catalog) -> None:
    english = [
        text
        for text, chinese in map(written, messages(catalogue))
        if not HAN.search(chinese) and re.search(r"[A-Za-z]{2}", PLACEHOLDER.sub("", text))
    ]
    assert sorted(english) == sorted(NO_WORDS)


def test_placeholders_and_tags_are_those_of_the_english(catalogue: Catalog) -> None:
    broken = [
        text
        for text, chinese in map(written, messages(catalogue))
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(chinese))
        or sorted(TAG.findall(text)) != sorted(TAG.findall(chinese))
        or text.count("\n") != chinese.count("\n")
    ]
    assert broken == []


def test_chinese_has_one_form_for_any_number(catalogue: Catalog) -> None:
    assert (catalogue.num_plurals, catalogue.plural_expr) == (1, "0")
    forms = {len(message.string) for message in messages(catalogue) if message.pluralizable}
    assert forms == {1}


def test_punctuation_among_chinese_is_chinese(catalogue: Catalog) -> None:
    texts = [
        PLACEHOLDER.sub("字", TAG.sub("", chinese)) for _text, chinese in map(written, messages(catalogue))
    ]
    assert [text for text in texts if re.search(r"[\u4e00-\u9fff][,;:?!()]|[(][\u4e00-\u9fff]", text)] == []


# --- Text that nobody marked ---------------------------------------------------------------------------------------


class Shown(HTMLParser):
    """What people read of a page: its text, and the attributes that are read out or become text."""

    UNREAD = {"script", "style", "code", "pre"}
    READ = {"alt", "title", "placeholder", "aria-label", "label", "data-copied"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.UNREAD:
            self.open.append(tag)
        self.found += [value or "" for name, value in attrs if name in self.READ or name.startswith("text-")]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            self.open.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.open:
            self.found.append(data)


def outside_of_translations(source: str) -> str:
    """A template without its tags and variables, and without what stands in blocktranslate and comments."""
    kept, inside = [], ""
    for token in Lexer(source).tokenize():
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        if inside:
            inside = "" if name == f"end{inside}" else inside
        elif name in ("blocktranslate", "blocktrans", "comment"):
            inside = name
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
    return "".join(kept)


def unmarked(path: Path) -> Iterator[str]:
    page = Shown()
    page.feed(outside_of_translations(path.read_text(encoding="utf-8")))
    page.close()
    for text in page.found:
        words = re.findall(r"[A-Za-z]{2,}", text)
        if set(words) - NAMES:
            yield text.strip()


def test_no_template_shows_text_that_is_not_marked() -> None:
    found = {
        path.relative_to(TEMPLATES).as_posix(): texts
        for path in sorted(TEMPLATES.rglob("*"))
        if path.is_file() and (texts := list(unmarked(path)))
    }
    assert found == {}


# --- Sentences that are joined by a template ------------------------------------------------------------------------


def outline(source: str) -> str:
    """A template in which each marked text is one sign, without its other tags."""
    kept, inside, last = [], "", ""
    for token in Lexer(source).tokenize():
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        if name.startswith("endblocktrans"):
            inside, name = "", "translated"
        if inside:
            last = token.contents
        elif name.startswith("blocktrans"):
            inside = name
        elif name == "translated":
            kept.append(sign(last))
        elif name == "translate" and " as " not in token.contents:
            kept.append(sign(token.contents.split('"')[1] if '"' in token.contents else ""))
        elif name in ("else", "elif", "block"):
            kept.append(BRANCH)
        elif not name:
            kept.append(token.contents)
    return "".join(kept)


def sign(text: str) -> str:
    return SENTENCE if text.rstrip()[-1:] in (".", ":", "?", "!") else TEXT


def test_no_template_joins_sentences_with_a_space() -> None:
    """Chinese has none between them: they are one text, or stand in lines of their own."""
    joined = {
        path.relative_to(TEMPLATES).as_posix(): JOINED.findall(outline(path.read_text(encoding="utf-8")))
        for path in sorted(TEMPLATES.rglob("*"))
        if path.is_file()
    }
    assert [path for path, found in joined.items() if found] == []
