"""docs/api.md is true: its programs run as they stand, and the answers that it shows are those that are given."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from accounts import keys, organizations
from accounts.models import Organization, Scope, User
from accounts.tiers import Access, Tier
from billing.models import StripeSubscription
from filings.models import Company, Filing

PAGE = (Path(configured.BASE_DIR) / "docs" / "api.md").read_text()
ALLOWED, WANTED = 3, 6
RUNS = {
    "python": [sys.executable, "client.py"],
    "javascript": ["node", "client.mjs"],
    "sh": ["bash", "-eu", "-o", "pipefail", "client.sh"],
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def data(db: None) -> None:
    company = Company.objects.create(
        cik="0000000001", name="Umbrella", ticker="UMB", industry="x", state="NY"
    )
    for number in range(WANTED):
        Filing.objects.create(
            accession=f"0000000001-27-{number:06}",
            company=company,
            form_type="10-K",
            filed=date(2027, 1, 1 + number),
            period_end=date(2026, 12, 31),
            revenue_cents=1,
            net_income_cents=1,
            assets_cents=1,
        )


@pytest.fixture
def payer(charlie: User) -> Organization:
    """Charlie's organization, free, with few calls a day."""
    payer = charlie.organizations.get()
    organizations.set_access(payer, [Access(Tier.FREE, limits={"api_requests_per_day": ALLOWED})])
    return payer


@pytest.fixture
def key(charlie: User, payer: Organization, data: None) -> str:
    """What the page says to make."""
    membership = charlie.memberships.select_related("user", "organization").get()
    return keys.make(membership, "the page's programs", Scope.WRITE)[1]


@pytest.fixture
def run(browsing: Any, key: str, live_server: Any, tmp_path: Path) -> Iterator[Any]:
    """Runs the page's program of a language; what it printed."""

    def run(language: str) -> str:
        command = RUNS[language]
        (program,) = blocks(language)
        (tmp_path / command[-1]).write_text(program)
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "TURNPIKE_URL": live_server.url,
            "TURNPIKE_KEY": key,
            "FILINGS": str(WANTED),
        }
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def bought(payer: Organization) -> StripeSubscription:
    subscription = StripeSubscription.objects.get(organization=payer)
    payer.refresh_from_db()
    assert payer.current_access().tier == Tier.STARTER
    return subscription


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["python", pytest.param("javascript", marks=pytest.mark.javascript)])
def test_it_reads_is_refused_buys_and_goes_on(run: Any, payer: Organization, language: str) -> None:
    printed = run(language).splitlines()

    assert [line.rpartition(" ")[2] for line in printed[:ALLOWED]] == ["2", "1", "0"]
    assert printed[ALLOWED].startswith("429 throttled: All 3 requests of today are used.")
    assert printed[ALLOWED + 1 : ALLOWED + 3] == [
        "buying starter: 500 usd (smallest unit) a month",
        "the subscription is active",
    ]
    assert printed[-2:] == [
        f"0000000001-27-000000 calls left today: {1000 - WANTED}",
        f"read {WANTED} filings",
    ]
    assert bought(payer).status == "active"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_shell_does_too(run: Any, payer: Organization) -> None:
    printed = run("sh")

    assert "RateLimit-Remaining: 2" in printed
    assert '"code":"throttled"' in printed
    assert '"status":"active"' in printed
    assert f"RateLimit-Remaining: {1000 - ALLOWED - 1}" in printed
    assert bought(payer).status == "active"


def test_nothing_on_the_page_is_left_untried() -> None:
    languages = re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)

    assert sorted(languages) == sorted([*RUNS, "json", "json", "json"])


@pytest.mark.django_db
def test_the_answers_are_those_that_are_shown(catalogue: Any, key: str, payer: Organization) -> None:
    organizations.set_access(payer, [])
    caller = Client(headers={"Authorization": f"Bearer {key}"})
    throttled, closed, purchase = (json.loads(block) for block in blocks("json"))
    assert caller.get("/api/trends/").json() == closed
    first = caller.get("/api/filings/").headers
    for name in ("Policy", "", "Limit", "Remaining", "Reset"):
        header = f"RateLimit-{name}".rstrip("-")
        assert f"    {header}: {first[header]}\n" in PAGE
    for _ in range(99):
        caller.get("/api/filings/")
    answer = caller.get("/api/filings/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "43200")
    assert answer.json() == throttled
    order = {"plan": "starter", "payment_method_id": "pm_card_visa"}
    made = caller.post("/api/billing/subscription/", order, "application/json").json()
    assert made == {**purchase, "subscription_id": made["subscription_id"]}
    malformed = caller.post("/api/billing/subscription/", {"plan": "gold"}, "application/json").json()
    assert f"    {json.dumps(malformed)}\n" in PAGE
