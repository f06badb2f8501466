"""An event as it is read from its body: a snapshot, which holds the object, or a thin one, which only names it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from billing import ownership
from billing.mirror import Statement
from billing.models import Event
from billing.webhooks import registry

ID = re.compile(r"evt_[A-Za-z0-9_]{1,200}")
TYPE = re.compile(r"[a-z0-9_.\[\]]{1,100}")
OBJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,250}")
LATEST = 2**33  # the year 2242
# `v1.billing.meter.error_report_triggered` and the like; what is left is the type of the snapshot event.
THIN_PREFIX = "v1."


class InvalidPayload(ValueError):  # noqa: N818  (a description of the body)
    """The body is not an event of Stripe's."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What an event tells: that something happened to an object, at a time by Stripe's clock (epoch seconds).

    `data` is the object then; empty in a thin event. `kind` is empty for an object that has no id of its own.
    """

    id: str
    type: str
    created: int
    kind: str
    object_id: str
    data: Mapping[str, Any]
    live: bool
    connected: bool
    api_version: str

    @property
    def reason_to_ignore(self) -> str:
        """Why the event means nothing to us, told without asking anybody; empty if it may mean something."""
        if self.connected:
            return Event.Reason.CONNECTED_ACCOUNT
        if self.live != settings.STRIPE_LIVE_MODE:
            return Event.Reason.WRONG_MODE
        if not self.kind or not registry.knows(self.type):
            return Event.Reason.UNKNOWN_TYPE
        return Event.Reason.FOREIGN if ownership.is_foreign(self.data) else ""

    @property
    def statement(self) -> Statement:
        """What it says about its object, for the mirror."""
        return Statement(
            kind=self.kind,
            id=self.object_id,
            data=self.data,
            as_of=self.created,
            plain=bool(self.data) and self.api_version == settings.STRIPE_API_VERSION,
            gone=registry.means_gone(self.type),
        )


def read(body: bytes) -> Notice:
    """Raises `InvalidPayload` for anything but an event of Stripe's."""
    try:
        event = _decode(body.decode("utf-8"))
        return _thin(event) if event["object"] == "v2.core.event" else _snapshot(event)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise InvalidPayload from error


def _snapshot(event: dict[str, Any]) -> Notice:
    data = event["data"]["object"]
    if event["object"] != "event" or not isinstance(data["object"], str):
        raise InvalidPayload
    object_id = data.get("id") or ""
    return Notice(
        id=_matching(ID, event["id"]),
        type=_matching(TYPE, event["type"]),
        created=_time(event["created"]),
        kind=data["object"] if object_id else "",
        object_id=_matching(OBJECT_ID, object_id) if object_id else "",
        data=data,
        live=event["livemode"] is True,
        connected=bool(event.get("account")),
        api_version=str(event.get("api_version") or ""),
    )


def _thin(event: dict[str, Any]) -> Notice:
    """https://docs.stripe.com/event-destinations#thin-events"""
    kind, object_id = _related(event.get("related_object"))
    return Notice(
        id=_matching(ID, event["id"]),
        type=_matching(TYPE, event["type"]).removeprefix(THIN_PREFIX),
        created=int(datetime.fromisoformat(event["created"]).timestamp()),
        kind=kind,
        object_id=object_id,
        data={},
        live=event["livemode"] is True,
        connected=bool(event.get("context")),
        api_version="",
    )


def _related(related: Any) -> tuple[str, str]:
    if related is None:
        return "", ""
    return _matching(TYPE, related["type"]), _matching(OBJECT_ID, related["id"])


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise InvalidPayload
    return text


def _time(value: Any) -> int:
    if type(value) is not int or not 0 <= value < LATEST:
        raise InvalidPayload
    return value


def _refuse(name: str) -> Any:
    raise InvalidPayload(name)


_decode = json.JSONDecoder(parse_constant=_refuse).decode
