"""The command `reconcile_stripe`: its table, its JSON, its exit codes, its budget and its bar."""

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Organization
from billing import catalogue as plans
from billing import gateway, subscriptions
from billing.management import differing
from billing.management.progress import Bar
from billing.models import Difference, StripeSubscription
from sandbox.transport import InProcessClient

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def cancelled(catalogue: Any, delta: Organization, card: Callable[..., str]) -> StripeSubscription:
    """A subscription that was cancelled in the dashboard, of which we were not told."""
    premium = plans.find("premium")
    assert premium is not None
    bought = subscriptions.start(delta, premium, "month", card())
    catalogue.deliver()
    dashboard = stripe.StripeClient(
        settings.STRIPE_SECRET_KEY, http_client=InProcessClient(catalogue.sandbox)
    )
    dashboard.v1.subscriptions.cancel(bought.subscription_id)
    catalogue.sandbox.deliveries.drop()
    return StripeSubscription.objects.get(stripe_id=bought.subscription_id)


def run(*arguments: str) -> tuple[int, str, str]:
    """The exit code, what was printed, and the complaint."""
    out = io.StringIO()
    try:
        call_command("reconcile_stripe", "--calls-per-second", "1000", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    return 0, out.getvalue(), ""


def test_nothing_differs(catalogue: Any) -> None:
    code, out, _ = run()
    assert code == 0
    assert "Differences: 0." in out


def test_a_dry_run_prints_a_table_changes_nothing_and_says_how_to_mend(cancelled: StripeSubscription) -> None:
    code, out, complaint = run()
    assert code == 1
    assert f"Differs  subscription  {cancelled.stripe_id}  Delta" in out
    assert "status: active -> canceled" in out
    assert "--apply" in complaint
    cancelled.refresh_from_db()
    assert cancelled.status == "active"


def test_of_a_subscription_only_the_item_that_differs_is_printed(
    catalogue: Any, delta: Organization, card: Callable[..., str]
) -> None:
    business = plans.find("business")
    assert business is not None
    bought = subscriptions.start(delta, business, "month", card())
    catalogue.deliver()
    dashboard = stripe.StripeClient(
        settings.STRIPE_SECRET_KEY, http_client=InProcessClient(catalogue.sandbox)
    )
    item = dashboard.v1.subscriptions.retrieve(bought.subscription_id)["items"].data[0].id
    dashboard.v1.subscription_items.update(item, {"quantity": 5})
    catalogue.sandbox.deliveries.drop()

    _, out, _ = run()
    assert f"items {item} quantity: 1 -> 5  no\n" in out
    assert "price_id" not in out


def test_what_one_side_alone_has_is_told_by_its_name_and_long_values_are_cut() -> None:
    one, other = {"stripe_id": "si_1"}, {"stripe_id": "si_2"}
    assert (
        differing.told({"items": [[one], [other]]}) == "items si_1: gone at Stripe, items si_2: missing here"
    )
    assert differing.told({"items": [[], [one]]}) == "items si_1: missing here"
    assert differing.told({"name": ["a", "b" * 200]}) == f"name: a -> {'b' * 79}…"


def test_apply_mends_and_leaves_a_record(cancelled: StripeSubscription) -> None:
    code, out, _ = run("--apply")
    assert code == 0
    assert "Differences: 1. Mended: 1." in out
    cancelled.refresh_from_db()
    assert cancelled.status == "canceled"
    assert Difference.objects.get(run__mends=True).mended is not None
    assert run()[0] == 0


def test_json_is_for_programs(cancelled: StripeSubscription) -> None:
    code, out, _ = run("--json")
    assert code == 1
    told = json.loads(out)
    assert told["finished"]
    (difference,) = told["differences"]
    assert difference["subject"] == cancelled.stripe_id
    assert difference["fields"]["status"] == ["active", "canceled"]
    assert difference["mended"] is None


def test_only_one_organization(cancelled: StripeSubscription, acme: Organization) -> None:
    assert run("--organization", str(acme.pk), "--apply")[0] == 0
    cancelled.refresh_from_db()
    assert cancelled.status == "active"
    assert run("--organization", str(cancelled.organization_id))[0] == 1


def test_only_what_happened_since(catalogue: Any, cancelled: StripeSubscription) -> None:
    assert run("--since", "1h")[0] == 1
    catalogue.advance(hours=2)
    assert run("--since", "1h")[0] == 0
    assert run("--since", "2027-01-15")[0] == 1
    assert run("--since", "2027-01-15T12:30:00+00:00")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--since", "yesterday"],
        ["--since", "31d"],
        ["--since", "2027-02-30"],
        ["--since", "2028-01-01"],
        ["--organization", "999999"],
        ["--organization", "acme"],
        ["--calls-per-second", "0"],
        ["--calls-per-second", "nan"],
        ["--calls-per-second", "many"],
    ],
)
def test_wrong_use_is_refused(catalogue: Any, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("reconcile_stripe", *arguments)


def test_wrong_use_exits_with_2() -> None:
    command = [sys.executable, "manage.py", "reconcile_stripe", "--since", "yesterday"]
    environment = {"DJANGO_SETTINGS_MODULE": "config.tests.settings", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "yesterday is no time" in done.stderr


def test_an_organization_that_does_not_exist_exits_with_2(catalogue: Any) -> None:
    assert run("--organization", "999999")[0] == 2


def test_stripe_unreachable_exits_with_3_and_the_next_run_goes_on(
    catalogue: Any, cancelled: StripeSubscription
) -> None:
    catalogue.sandbox.faults.add("cut", path="/v1/invoices*", times=99)
    code, _, complaint = run("--apply")
    assert code == 3
    assert "goes on" in complaint
    catalogue.sandbox.faults.clear()
    code, out, _ = run("--apply")
    assert code == 0
    assert "Mended: 1." in out


def test_a_revoked_key_exits_with_2(catalogue: Any) -> None:
    catalogue.sandbox.keys.revoked.add(settings.STRIPE_SECRET_KEY)
    code, _, complaint = run()
    assert code == 2
    assert "refuses our key" in complaint


def test_billing_off_exits_with_2(db: None, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    code, _, complaint = run()
    assert code == 2
    assert "STRIPE_SECRET_KEY" in complaint


def test_a_rate_limit_is_waited_out(catalogue: Any, cancelled: StripeSubscription) -> None:
    catalogue.sandbox.faults.add("error", status=429, path="/v1/subscriptions*", times=2)
    assert run("--apply")[0] == 0


def test_the_budget_of_calls_is_kept(catalogue: Any) -> None:
    began = time.monotonic()
    with gateway.pace.limited(50):
        for _ in range(6):
            gateway.objects.fetch("product", "prod_none")
    assert time.monotonic() - began >= 5 / 50
    began = time.monotonic()
    for _ in range(6):
        gateway.objects.fetch("product", "prod_none")
    assert time.monotonic() - began < 5 / 50, "outside of it nothing is slowed down"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_appears_on_a_terminal_after_a_second_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    terminal = Terminal()
    with Bar(terminal, expected=10) as bar:
        bar.show("customer", 1)
        assert terminal.getvalue() == ""
        now = 101.1
        bar.show("invoice", 5)
        assert "50%" in terminal.getvalue()
        assert "5 compared, now invoice" in terminal.getvalue()
        now = 102.0
        bar.show("invoice", 20)
        assert "99%" in terminal.getvalue(), "an estimate that was too low"
    assert terminal.getvalue().endswith("\r")


def test_nothing_is_drawn_where_nobody_looks() -> None:
    stream = io.StringIO()
    with Bar(stream, expected=1) as bar:
        bar.show("customer", 1)
    assert stream.getvalue() == ""
