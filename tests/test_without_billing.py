"""Loose coupling: with the apps that sell taken out, everything else runs, and everybody is on the free tier."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What whoever opens the product without billing sees, in the words of a test client.
VISIT = """
from django.test import Client
from accounts.models import User
alice = User.objects.create_user("alice@acme.example", name="Alice")
visitor = Client()
visitor.force_login(alice)
for url in ("/", "/filings/", "/filings/trends/", "/account/", "/pricing/", "/billing/", "/api/stripe-webhooks/"):
    answer = visitor.get(url, headers={"Host": "localhost"})
    page = answer.content.decode()
    print(url, answer.status_code, 'href="/pricing/"' in page, "Nothing is on sale here" in page)
print(alice.current_organization.current_access().tier)
"""

pytestmark = pytest.mark.slow


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


def test_it_is_checked_migrated_and_visited(environment: dict[str, str]) -> None:
    checked = run(environment, "manage.py", "check", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    prepared = run(environment, "manage.py", "prepare_database", "-v", "0")
    assert prepared.returncode == 0, prepared.stderr
    complete = run(environment, "manage.py", "makemigrations", "--check", "--dry-run")
    assert complete.returncode == 0, complete.stdout
    visited = run(environment, "manage.py", "shell", "-v", "0", "-c", VISIT)
    assert visited.returncode == 0, visited.stderr
    assert visited.stdout.splitlines() == [
        "/ 200 False False",
        "/filings/ 200 False False",
        "/filings/trends/ 402 False True",
        "/account/ 200 False False",
        "/pricing/ 404 False False",
        "/billing/ 404 False False",
        "/api/stripe-webhooks/ 404 False False",
        "free",
    ]


def test_the_tests_of_accounts_and_filings_pass(environment: dict[str, str]) -> None:
    tested = run(environment, "-m", "pytest", "-q", "accounts", "filings", "-m", "not slow and not browser")
    assert tested.returncode == 0, tested.stdout[-5000:]
    assert " passed" in tested.stdout
    assert " error" not in tested.stdout.splitlines()[-1]
