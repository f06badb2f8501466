"""A form on an object's page: one call of the API, with what is typed into it. Which there are is in verbs.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.pages import money
from sandbox.pages.dashboard import kinds
from sandbox.pages.markup import Markup, Templates, flag
from sandbox.store import Record
from sandbox.world import World

html = Templates("dashboard")
DAY = 86_400
MOST = 999_999  # of one item, as a Checkout session takes at most
TYPES = {"money": "text", "days": "number", "whole": "number"}


@dataclass(frozen=True)
class Field:
    """Something to type. `money` is typed in the currency's main unit, `days` moves the record's time of that name on,
    `whole` is a number of things. `held` is the record's field that it begins with; a label may name the `{title}`.
    """

    name: str
    label: str
    kind: str = "text"
    held: str = ""
    required: bool = False

    def read(self, typed: str, record: Record) -> Any:
        """The parameter that was typed, or None for one to leave out. Raises ValueError for what makes no sense."""
        if self.kind == "days":
            return record[self.name] + DAY * int(typed)
        if self.kind == "money":
            return money.parse(typed, record["currency"]) if typed else None
        if self.kind == "whole":
            return _read_count(self.name, typed)
        if self.required and not typed:
            raise ValueError(f"A {self.name} is needed.")
        return typed


def _read_count(name: str, typed: str) -> int:
    if not re.fullmatch("[0-9]{1,6}", typed) or int(typed) == 0:
        raise ValueError(
            f"A {name} is a whole number from 1 to {MOST:,}, which this is not: {typed[:20] or 'nothing'}."
        )
    return int(typed)


@dataclass(frozen=True)
class Action:
    """`params` are sent as they are, with `{id}` filled in; `follow`: go to the `url` that is answered; `back`: the
    record's field that names the object whose page comes next, if it is not this one's.
    """

    kind: str
    name: str
    label: str
    method: str
    path: str
    params: dict[str, Any] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    when: Callable[[Record], bool] = lambda record: True
    danger: bool = False
    follow: bool = False
    back: str = ""

    def read(self, record: Record, form: dict[str, str]) -> dict[str, Any]:
        """The parameters of the call, with what was typed."""
        params = {
            name: value.format(id=record["id"]) if isinstance(value, str) else value
            for name, value in self.params.items()
        }
        typed = {one.name: one.read(form.get(one.name, "").strip(), record) for one in self.fields}
        return params | {name: value for name, value in typed.items() if value is not None}


def forms(world: World, record: Record, offered: list[Action]) -> Markup:
    """A form per action that is offered, below the path of the object's page."""
    path, title = kinds.path_of(record), kinds.title_of(world, record)
    rows = [
        {
            "action_path": f"{path}/{action.name}",
            "label": action.label,
            "tone": "danger" if action.danger else "",
            "fields": html.each("action_field", [_field(record, title, one) for one in action.fields]),
        }
        for action in offered
    ]
    return html.each("action", rows)


def _field(record: Record, title: str, one: Field) -> dict[str, Any]:
    return {
        "id": f"{record['id']}_{one.name}",
        "name": one.name,
        "label": one.label.format(title=title),
        "type": TYPES.get(one.kind, one.kind),
        "value": record.get(one.held) if one.held else None,
        "limits": Markup(f'min="1" max="{MOST}" required')
        if one.kind == "whole"
        else flag("required", one.required),
    }
