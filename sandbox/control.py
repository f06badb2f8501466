"""The control interface at /_sandbox/: time, deliveries, faults, keys. JSON without a key, for this machine only.

Whatever it does is a method of Sandbox too, for tests in process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sandbox.engine import Sandbox
from sandbox.objects import billing_settings
from sandbox.routing import Page, Request, Response, page

LOOPBACK = ("", "127.0.0.1", "::1", "::ffff:127.0.0.1")
Action = Callable[[Sandbox, dict[str, Any]], Any]


def control(method: str, path: str) -> Callable[[Action], Page]:
    """Register an action at /_sandbox/`path`: a function of the sandbox and the JSON that was sent, ids of
    the path included.
    """

    def register(action: Action) -> Page:
        @page(method, f"/_sandbox/{path}")
        def answer(sandbox: Sandbox, request: Request) -> Response:
            if not _is_local(request):
                return _refusal("The control interface answers this machine only.", 403)
            try:
                given = request.json
                if not isinstance(given, dict):
                    raise ValueError("send a JSON object")
                return Response.of(action(sandbox, given | request.ids))
            except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
                return _refusal(f"Not understood: {error}", 400)

        return answer

    return register


def _is_local(request: Request) -> bool:
    """From this machine, and not from some other site's page in its browser."""
    origin = request.headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    return request.client in LOOPBACK and same


def _refusal(message: str, status: int) -> Response:
    return Response.of({"error": {"message": message}}, status)


@control("GET", "")
def show(sandbox: Sandbox, given: dict[str, Any]) -> Any:
    kinds = sandbox.store.kinds
    return {
        "now": sandbox.now,
        "account": sandbox.account_id,
        "objects": {kind: len(ids) for kind, ids in kinds.items() if ids and not kind.startswith("_")},
        "pending": len(sandbox.deliveries.pending()),
        "held": len(sandbox.deliveries.pending(held=True)),
        "faults": sandbox.faults.list(),
    }


@control("POST", "reset")
def reset(sandbox: Sandbox, given: dict[str, Any]) -> Any:
    sandbox.reset()
    return {"now": sandbox.now}


@control("POST", "clock")
def advance(sandbox: Sandbox, given: dict[str, Any]) -> Any:
    """{"seconds": 86400} or {"days": 31} forward, or {"to": 1800000000}."""
    seconds = int(given.get("seconds", 0)) + 86400 * int(given.get("days", 0))
    return {"now": sandbox.advance(seconds, to=int(given["to"]) if "to" in given else None)}


@control("POST", "billing")
def set_billing(sandbox: Sandbox, given: dict[str, Any]) -> Any:
    """{"retry_after_days": [3, 5], "end": "cancel" | "unpaid" | "past_due", "upcoming_days": 7}; {} to look."""
    with sandbox.work() as world:
        return billing_settings.change(world, **given)


@control("GET", "deliveries")
def list_deliveries(sandbox: Sandbox, given: dict[str, Any]) -> Any:
    return {"data": sandbox.deliveries.all()}


@control("POST", "deliveries/{action}")
def meddle(sandbox: Sandbox, given: dict[str, Any]) -> Any:
    """hold, release, drop, delay {"seconds"}, duplicate {"copies"}, shuffle {"seed"}: {"pattern":
    "invoice.*"} narrows.
    """
    actions = {
        name: getattr(sandbox.deliveries, name)
        for name in ("hold", "release", "drop", "delay", "duplicate", "shuffle")
    }
    action = given.pop("action")
    if action not in actions:
        raise ValueError(f"action must be one of {', '.join(actions)}")
    return {"deliveries": actions[action](**given)}


@control("POST", "events/{event_id}/resend")
def resend(sandbox: Sandbox, given: dict[str, Any]) -> Any:
    """{"endpoint_id": "we_..."} for one endpoint only."""
    return {"deliveries": sandbox.deliveries.resend(**given)}


@control("POST", "webhook_endpoints/{endpoint_id}/roll")
def roll(sandbox: Sandbox, given: dict[str, Any]) -> Any:
    """{"keep_seconds": 86400}: both secrets sign for so long."""
    return {"secret": sandbox.deliveries.roll_secret(**given)}


@control("POST", "faults")
def set_fault(sandbox: Sandbox, given: dict[str, Any]) -> Any:
    """{"kind": "error", "status": 500, "method": "POST", "path": "/v1/subscriptions*", "times": 1}; see
    faults.Fault.
    """
    sandbox.faults.add(**given)
    return {"faults": sandbox.faults.list()}


@control("DELETE", "faults")
def clear_faults(sandbox: Sandbox, given: dict[str, Any]) -> Any:
    sandbox.faults.clear()
    return {"faults": []}


@control("POST", "keys/revoke")
def revoke(sandbox: Sandbox, given: dict[str, Any]) -> Any:
    """{"key": "sk_test_..."}: refused from now on."""
    sandbox.keys.revoked.add(str(given["key"]))
    return {"revoked": len(sandbox.keys.revoked)}
