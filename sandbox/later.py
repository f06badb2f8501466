"""`python -m sandbox.later 31 --port 8001`: move a running sandbox forward by so many days; what falls due happens."""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime

SECONDS = 120


def main(arguments: list[str] | None = None) -> int:
    """0: moved; 2: not a number of days; 3: no sandbox answers there."""
    parser = argparse.ArgumentParser(
        prog="sandbox.later", description="Move the local Stripe's clock forward."
    )
    parser.add_argument("days", type=_days, help="how many days; a month is 31, a year 366")
    parser.add_argument("--port", type=int, default=12111)
    options = parser.parse_args(arguments)
    try:
        now = move(options.port, options.days)
    except OSError as error:
        print(f"No sandbox answers at port {options.port}: {error}", file=sys.stderr)
        return 3
    print(f"It is now {datetime.fromtimestamp(now, UTC):%d %B %Y, %H:%M} UTC at the local Stripe.")
    return 0


def move(port: int, days: int) -> int:
    """Ask the control interface; the sandbox's new time in seconds UTC. Raises OSError when nothing answers."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/_sandbox/clock",
        json.dumps({"days": days}).encode(),
        {"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  (this machine)
        return int(json.load(answer)["now"])


def _days(text: str) -> int:
    days = int(text)
    if days < 1:
        raise ValueError(text)
    return days


if __name__ == "__main__":
    raise SystemExit(main())
