"""All codes of errors, gathered from what endpoints say of themselves and from the classes: nothing is written down
twice, so the list cannot lie.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from config.api import ApiError
from config.description import Refusal

# Whatever is called.
GENERAL = (
    Refusal(404, "not_found", _("There is nothing at this address.")),
    Refusal(405, "method_not_allowed", _("This address does not take that method.")),
    Refusal(406, "not_acceptable", _("The answer is JSON, which the request does not accept.")),
    Refusal(500, "server_error", _("Something went wrong on our side. It has been noted.")),
)
EVERYWHERE = "*"
# The code of a whole family of errors, which nobody raises.
FAMILY = "billing_error"


@dataclass(slots=True)
class Entry:
    """What a code says, and which parts of the API answer it: their tags, `*` for all, none for pages only."""

    status: int
    code: str
    sentences: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)

    @property
    def where(self) -> str:
        return ", ".join(sorted(self.tags))

    def say(self, sentence: str) -> None:
        if sentence not in self.sentences:
            self.sentences.append(sentence)


def of(schema: Mapping[str, Any]) -> list[Entry]:
    """All of them, by status and code, in the present language, which the schema has to be in."""
    found: dict[tuple[int, str], Entry] = {}
    for status, code, sentence, tags in [*_of_endpoints(schema), *_of_classes()]:
        entry = found.setdefault((status, code), Entry(status, code))
        if tags or not entry.tags:  # pages may say another sentence than endpoints do
            entry.say(sentence)
        entry.tags |= tags
    return [found[key] for key in sorted(found)]


Said = tuple[int, str, str, set[str]]


def _of_endpoints(schema: Mapping[str, Any]) -> Iterator[Said]:
    for methods in schema["paths"].values():
        for operation in methods.values():
            yield from _of_operation(operation)
    for refusal in GENERAL:
        yield refusal.status, refusal.code, str(refusal.sentence), {EVERYWHERE}


def _of_operation(operation: Mapping[str, Any]) -> Iterator[Said]:
    for status, response in operation["responses"].items():
        if status >= "400":
            for example in response["content"]["application/json"]["examples"].values():
                error = example["value"]["error"]
                yield int(status), error["code"], error["message"], set(operation["tags"])


def _of_classes() -> Iterator[Said]:
    """What the classes of errors stand for."""
    for one in _descendants(ApiError):
        has_words = one.default_detail is not exceptions.APIException.default_detail
        if has_words and one.default_code != FAMILY:
            yield one.status_code, one.default_code, str(one.default_detail), set()


def _descendants(of: type[ApiError]) -> Iterator[type[ApiError]]:
    for one in of.__subclasses__():
        if ".tests" not in one.__module__:
            yield one
            yield from _descendants(one)
