"""Stripe's own tools from npm, unchanged, against the local Stripe: the client for Node and the command line.

`make node` installs both, as pinned in sandbox/tests/node/. The command line is given its `--api-base`; nothing
else tells it from Stripe.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox.server import Server
from sandbox.testing import SECRET_KEY, Stage

pytestmark = pytest.mark.node
NODE = Path(__file__).parent / "node"
CLI = NODE / "node_modules" / ".bin" / "stripe"

# Of the events that the command line can trigger, those whose objects the local Stripe plays.
TRIGGERS = (NODE / "triggers.txt").read_text().split()
DAYS_LATER = {"checkout.session.async_payment_succeeded"}  # a debit takes its time
QUICK = {
    "checkout.session.completed",
    "customer.subscription.updated",
    "invoice.paid",
    "payment_intent.processing",
}

FIXTURE = {
    "_meta": {"template_version": 0},
    "fixtures": [
        {"name": "product", "path": "/v1/products", "method": "post", "params": {"name": "Premium"}},
        {
            "name": "price",
            "path": "/v1/prices",
            "method": "post",
            "params": {
                "product": "${product:id}",
                "currency": "usd",
                "unit_amount": 2000,
                "recurring": {"interval": "month"},
            },
        },
        {
            "name": "customer",
            "path": "/v1/customers",
            "method": "post",
            "params": {
                "email": "alice@example.com",
                "payment_method": "pm_card_visa",
                "invoice_settings": {"default_payment_method": "pm_card_visa"},
            },
        },
        {
            "name": "subscription",
            "path": "/v1/subscriptions",
            "method": "post",
            "params": {"customer": "${customer:id}", "items": [{"price": "${price:id}"}]},
        },
    ],
}


def run_stripe(server: Server, home: Path, *words: str) -> str:
    """The command line's output; it must have succeeded."""
    environment = {
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "STRIPE_CLI_TELEMETRY_OPTOUT": "1",
    }
    done = subprocess.run(
        [CLI, *words, "--api-base", server.url, "--api-key", SECRET_KEY],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_client_for_node_finds_stripe(server: Server) -> None:
    done = subprocess.run(
        ["node", "tour.mjs", server.url, SECRET_KEY], cwd=NODE, capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "version": "2026-08-26.dahlia",
        "subscription": ["active", "alice@example.com", 2000, 1],
        "declined": ["StripeCardError", "card_declined", "generic_decline"],
        "unknown": ["StripeInvalidRequestError", "parameter_unknown", None],
        "missing": ["StripeInvalidRequestError", "resource_missing", None],
        "unauthorized": ["StripeAuthenticationError", None, None],
        "once": 1,
        "pages": 5,
        "verified": ["customer.subscription.created", "invoice.paid"],
    }


@pytest.mark.parametrize(
    "event", [event if event in QUICK else pytest.param(event, marks=pytest.mark.slow) for event in TRIGGERS]
)
def test_the_command_line_triggers(stage: Stage, server: Server, tmp_path: Path, event: str) -> None:
    run_stripe(server, tmp_path, "trigger", event)
    if event in DAYS_LATER:
        stage.advance(days=14)
    assert event in stage.event_types()


def test_the_command_line_plays_a_fixture(stage: Stage, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "fixture.json"
    file.write_text(json.dumps(FIXTURE))
    run_stripe(server, tmp_path, "fixtures", str(file))
    (subscription,) = stage.client.v1.subscriptions.list({"status": "active"}).data
    assert subscription["items"].data[0].price.unit_amount == 2000


def test_the_command_line_lists_and_reads(stage: Stage, server: Server, tmp_path: Path) -> None:
    customer = stage.customer("alice@example.com")
    shown: Any = json.loads(run_stripe(server, tmp_path, "customers", "list"))
    assert [row["id"] for row in shown["data"]] == [customer["id"]]
    read: Any = json.loads(run_stripe(server, tmp_path, "get", f"/v1/customers/{customer['id']}"))
    assert read["email"] == "alice@example.com"
