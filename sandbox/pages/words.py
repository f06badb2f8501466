"""What the hosted pages say, in their reader's language: English, or Simplified Chinese from chinese.py.

The English sentence is the key, in one lookup: `{_:Pay {amount}}` in a template, `say("Pay {amount}", amount=...)` in
code, `say("...")` of frames/words.js in scripts. The dashboard, which is a developer's, is English.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sandbox.pages.chinese import SCRIPTS, SENTENCES

MARK = re.compile(r"\{_:((?:[^{}]|\{\w+\})+)\}")
TABLES: dict[str, dict[str, str]] = {"en": {}, "zh-Hans": SENTENCES}
IN_SCRIPTS: dict[str, dict[str, str]] = {"en": {}, "zh-Hans": SCRIPTS}

_spoken: ContextVar[str] = ContextVar("spoken", default="en")


def spoken() -> str:
    """The language of the page that is being made, as `lang` of HTML."""
    return _spoken.get()


@contextmanager
def speaking(locale: str | None, accepted: str = "") -> Iterator[None]:
    """Make pages in the language of a `locale` of Stripe's; "auto" or none: as the browser's Accept-Language says."""
    before = _spoken.set(_choose(accepted if locale in (None, "auto") else str(locale)))
    try:
        yield
    finally:
        _spoken.reset(before)


def _choose(accepted: str) -> str:
    """The first of the languages asked for, by their weights, that there is; Chinese is Chinese of any region."""
    asked = []
    for part in accepted.split(","):
        tag, _, weight = part.strip().lower().partition(";q=")
        asked.append((float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else 1.0, tag))
    for _, tag in sorted(asked, key=lambda one: -one[0]):
        for language in TABLES:
            if tag.split("-")[0] == language.split("-")[0]:
                return language
    return "en"


def translate(text: str) -> str:
    """The sentence in the language that is spoken; as it is if there is no translation (an account's own words)."""
    return TABLES[spoken()].get(text, text)


def say(text: str, **values: Any) -> str:
    """The same, with its `{names}` filled in."""
    return translate(text).format(**values)


def translate_template(template: str) -> str:
    """A template with its marks replaced, and nothing filled in yet."""
    return MARK.sub(lambda mark: translate(mark[1]), template)


def for_scripts() -> str:
    """What the page's scripts say, as JSON for its `data-words`; empty where they speak English anyway."""
    table = IN_SCRIPTS[spoken()]
    return json.dumps(table, ensure_ascii=False) if table else ""
