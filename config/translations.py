"""The catalogues in `locale/`: kept in step with the sources, and compiled. No gettext is needed, Babel does both.

`python -m config.translations` compiles what is older than its source, which is what every start does;
`python -m config.translations refresh` (`make messages`) takes up new strings and drops those that are gone.
"""

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS
from babel.messages.extract import extract as extract_strings
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from config import docstrings

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
ROOMS = ("accounts", "billing", "cart", "config", "filings", "portal", "templates")
APART = {"tests", "migrations"}  # what is in these, no customer reads
KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def main(arguments: list[str]) -> int:
    if arguments == ["refresh"]:
        for path in catalogues():
            refresh(path)
    compile_stale()
    return 0


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


# --- From the sources ------------------------------------------------------------------------------------------------


def extract() -> Catalog:
    """Every string that the sources mark, with the files in which it stands."""
    template = Catalog(charset="utf-8")
    for path in sources():
        for _line, message, _comments, context in marked(path):
            template.add(message, locations=[(path.relative_to(ROOT).as_posix(), 1)], context=context)
    return template


def sources() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            read_by_people = path.suffix == ".py" or (room == "templates" and path.is_file())
            if read_by_people and not APART & set(path.relative_to(ROOT).parts):
                yield path


def marked(path: Path) -> Iterator[tuple[Any, ...]]:
    """Line, string, comments and context of each. Of modules also the docstrings that readers see."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = _as_python(source, path)
    else:
        yield from ((1, text, [], None) for text in docstrings.shown(source))
    yield from extract_strings("python", BytesIO(source.encode()), KEYWORDS, options={"encoding": "utf-8"})


def _as_python(template: str, path: Path) -> str:
    """What Django's own makemessages gives to xgettext: calls of gettext between blanked words. Indents say nothing."""
    from django.utils.translation.template import templatize

    calls = templatize(template, origin=str(path.relative_to(ROOT)))
    return "\n".join(line.lstrip() for line in calls.splitlines())


def refresh(path: Path) -> None:
    """Take up what is new, untranslated, and drop what no source has any more. Nothing is guessed."""
    catalogue = read(path)
    catalogue.update(extract(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    written = BytesIO()
    write_po(written, catalogue, width=100, sort_by_file=True, include_lineno=False)
    path.write_bytes(written.getvalue().rstrip() + b"\n")


# --- For gettext -----------------------------------------------------------------------------------------------------


def compile_stale() -> None:
    """Compile what has changed since it was last compiled. Several may do so at once: each replaces the whole file."""
    for path in catalogues():
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        fresh = compiled.with_suffix(f".{os.getpid()}")
        with fresh.open("wb") as file:
            write_mo(file, read(path))
        fresh.replace(compiled)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
