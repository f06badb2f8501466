"""Schedules of subscriptions: what one will be when its period ends. They stand in their guards, without a table."""

from billing.mirror.fields import Data, id_of
from billing.mirror.kinds import Facts, Kind


def _read(data: Data) -> Facts:
    current = data.get("current_phase") or {}
    return {
        "subscription": id_of(data.get("subscription")),
        "status": data["status"],
        "current_end": current.get("end_date"),
        "phases": [_read_phase(phase) for phase in data["phases"]],
    }


def _read_phase(phase: Data) -> Facts:
    return {
        "start": phase["start_date"],
        "items": [[id_of(item["price"]), item.get("quantity") or 1] for item in phase["items"]],
    }


SCHEDULE = Kind("subscription_schedule", _read)
