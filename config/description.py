"""What an endpoint says of itself, for the API's description: `@describe` above the method, the rest is worked out.

@describe(_("Cancel"), takes=Cancellation, answers=Subscription, refuses=[errors.NoSubscription])
def post(self, request): ...
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.functional import Promise
from drf_spectacular.utils import OpenApiParameter

Method = TypeVar("Method", bound=Callable[..., Any])
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way in which an endpoint says no: a status, a stable code, a sentence."""

    status: int
    code: str
    sentence: Text

    @classmethod
    def of(cls, error: Any) -> "Refusal":
        """What a class of errors answers, or the refusal itself."""
        if isinstance(error, Refusal):
            return error
        if hasattr(error, "message"):  # of an error that pages show too
            return cls(error.status, error.code, error.message)
        return cls(error.status_code, error.default_code, error.default_detail)


@dataclass(frozen=True, slots=True)
class Described:
    """What `describe` was told. `query`: the parameters in the address."""

    summary: Text
    answers: Any
    takes: Any = None
    status: int = 200
    refuses: Sequence[Any] = ()
    query: Sequence[OpenApiParameter] = ()
    sends: Mapping[str, Any] | None = None
    example: Mapping[str, Any] | None = None


def describe(summary: Text, **facts: Any) -> Callable[[Method], Method]:
    """Let a method of an endpoint be described, with the facts of `Described`: `answers` and `takes` are serializers
    (None: nothing), `refuses` the errors that it may raise beyond those that follow from its permissions, `sends` and
    `example` a body of each side.
    """

    def note(method: Method) -> Method:
        method.described = Described(summary, **facts)  # type: ignore[attr-defined]
        return method

    return note
