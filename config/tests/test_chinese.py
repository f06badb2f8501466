"""Whatever the catalogue holds is translated, whole and unbroken."""

import re

import pytest
from babel.messages.catalog import Catalog, Message

from config import translations

CHINESE = translations.LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
# Names, abbreviations and units that Chinese readers use as they are.
NO_WORDS = {
    "API",
    "CIK",
    "Cookies",
    "LinkedIn",
    "%(cpus)s vCPU, %(memory)s GiB",
    "%(gpu)s, %(cpus)s vCPU, %(memory)s GiB",
}
HAN = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
TAG = re.compile(r"<[^>]+>")


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
