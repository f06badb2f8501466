"""Loose coupling: with the apps that sell taken out, everything else runs, and everybody is on the free tier; with
billing alone, plans are sold and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = (
    "/",
    "/filings/",
    "/filings/trends/",
    "/account/",
    "/organizations/",
    "/api/schema/",
    "/pricing/",
    "/billing/",
    "/api/stripe-webhooks/",
    "/shop/",
    "/pre/us/new/checkout",
)
# The database is made, and somebody signed in opens the pages: status, a way to the prices, a word that there is none.
VISIT = f"""
from django.core.management import call_command
from django.test import Client
from accounts.models import User
call_command("check", fail_level="WARNING")
call_command("prepare_database", verbosity=0)
call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
alice = User.objects.create_user("alice@acme.example", name="Alice")
visitor = Client()
visitor.force_login(alice)
for url in {PAGES}:
    answer = visitor.get(url, headers={{"Host": "localhost"}})
    page = answer.content.decode()
    print(url, answer.status_code, 'href="/pricing/"' in page, "Nothing is on sale here" in page)
print(alice.current_organization.current_access().tier)
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "READ_DOT_ENV": "false",
        "DEBUG": "true",
        "SECRET_KEY": "the-tests-sign-with-this-and-nothing-else-does",
        "VAR_DIR": str(tmp_path),
        "PAYING_APPS": "",
    }


def run(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def visited(environment: dict[str, str]) -> list[str]:
    """What is seen. Nothing is complained of, and no migration is missing."""
    done = run(environment, "manage.py", "shell", "-v", "0", "-c", VISIT)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[1:]  # the first line says that the check found nothing


def test_without_all_that_sells_the_rest_is_there(environment: dict[str, str]) -> None:
    assert visited(environment) == [
        "/ 200 False False",
        "/filings/ 200 False False",
        "/filings/trends/ 402 False True",
        "/account/ 200 False False",
        "/organizations/ 200 False False",
        "/api/schema/ 200 False False",
        "/pricing/ 404 False False",
        "/billing/ 404 False False",
        "/api/stripe-webhooks/ 404 False False",
        "/shop/ 404 False False",
        "/pre/us/new/checkout 404 False False",
        "free",
    ]


def test_without_cart_and_portal_plans_are_sold_all_the_same(environment: dict[str, str]) -> None:
    keys = {
        "STRIPE_SANDBOX_URL": "http://127.0.0.1:9",
        "STRIPE_SECRET_KEY": "sk_test_" + "1" * 32,
        "STRIPE_PUBLISHABLE_KEY": "pk_test_" + "1" * 32,
        "STRIPE_WEBHOOK_SECRET": "whsec_" + "1" * 32,
    }
    assert visited(environment | keys | {"PAYING_APPS": "billing"}) == [
        "/ 200 True False",
        "/filings/ 200 True False",
        "/filings/trends/ 402 True False",
        "/account/ 200 True False",
        "/organizations/ 200 True False",
        "/api/schema/ 200 False False",
        "/pricing/ 200 True False",
        "/billing/ 200 True False",
        "/api/stripe-webhooks/ 405 False False",
        "/shop/ 404 False False",
        "/pre/us/new/checkout 404 False False",
        "free",
    ]


def test_the_tests_of_accounts_and_filings_pass(environment: dict[str, str]) -> None:
    tested = run(environment, "-m", "pytest", "-q", "accounts", "filings", "-m", "not slow and not browser")
    assert tested.returncode == 0, tested.stdout[-5000:]
    assert " passed" in tested.stdout
    assert " error" not in tested.stdout.splitlines()[-1]
