"""The tools of the catalogues, on catalogues and sources of a test's own."""

import gettext
import os
from pathlib import Path

import pytest

from config import translations

HEADER = 'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room with a module and a template, and an empty catalogue."""
    (tmp_path / "accounts" / "tests").mkdir(parents=True)
    (tmp_path / "accounts" / "errors.py").write_text(
        'SENTENCE = _("Not " "now.")\nngettext_lazy("%d day", "%d days", 3)'
    )
    (tmp_path / "accounts" / "api.py").write_text(
        'class Shape(Serializer[Any]):\n    """What\n    is there."""\nclass Body(Serializer):\n    """`{a?}`"""\n'
        'class Rows(Endpoint):\n    """Of rows."""\n    @describe("x")\n'
        '    def get(self):\n        """All\n\n        of them."""\n'
        'class Row(Endpoint):\n    """One of them."""\n    @describe("x")\n    def get(self):\n        pass'
    )
    (tmp_path / "accounts" / "tests" / "test_errors.py").write_text('_("Of a test")')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        '  <p>{% translate "Save 100%" %}</p>\n it\'s ( \n{% blocktranslate trimmed count n=n %}\n  {{ n }} seat\n'
        '{% plural %}\n  {{ n }} seats\n{% endblocktranslate %}{% translate "May" context "month" %}'
    )
    catalogue = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(f'{HEADER}\nmsgid "Not now."\nmsgstr "现在不行。"\n\nmsgid "Gone"\nmsgstr "没了"\n')
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "LOCALE", tmp_path / "locale")
    return catalogue


def test_modules_their_shown_docstrings_and_templates_are_read_and_tests_are_not(house: Path) -> None:
    found = {(message.id, message.context) for message in translations.extract() if message.id}
    assert found == {
        ("Not now.", None),
        (("%d day", "%d days"), None),
        ("Save 100%%", None),
        (("%(n)s seat", "%(n)s seats"), None),
        ("May", "month"),
        ("What is there.", None),
        ("All\n\nof them.", None),
        ("One of them.", None),
    }


def test_a_refreshed_catalogue_has_what_the_sources_have_and_keeps_what_was_translated(house: Path) -> None:
    translations.refresh(house)
    catalogue = translations.read(house)
    assert len(catalogue) == 8
    assert catalogue["Not now."].string == "现在不行。"
    assert not catalogue.obsolete
    assert not any(message.fuzzy for message in catalogue if message.id)


def test_a_second_refresh_changes_nothing(house: Path) -> None:
    translations.refresh(house)
    first = house.read_bytes()
    translations.refresh(house)
    assert house.read_bytes() == first


def test_a_catalogue_is_compiled_when_it_is_newer_than_what_was_compiled(house: Path) -> None:
    compiled = house.with_suffix(".mo")
    translations.compile_stale()
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Not now.") == "现在不行。"
    compiled.write_bytes(b"as it was")
    translations.compile_stale()
    assert compiled.read_bytes() == b"as it was"
    ahead = compiled.stat().st_mtime + 10
    os.utime(house, (ahead, ahead))
    translations.compile_stale()
    assert compiled.read_bytes() != b"as it was"
    assert not list(house.parent.glob("django.[0-9]*"))
