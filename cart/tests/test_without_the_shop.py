"""Loose coupling: with `cart` taken out of PAYING_APPS everything else runs, and nothing leads to a shop."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What whoever opens the product without its shop sees, in the words of a test client.
VISIT = """
from django.test import Client
from accounts.models import User
staff = User.objects.create_superuser("staff@turnpike.example", "a password")
visitor = Client()
visitor.force_login(staff)
for url in ("/", "/pricing/", "/pre/", "/account/", "/admin/", "/shop/", "/cart", "/create-payment-intent"):
    answer = visitor.get(url, headers={"Host": "localhost"})
    print(url, answer.status_code, 'href="/shop/' in answer.content.decode())
from config.celery import app
app.loader.import_default_modules()
print(*sorted(app.conf.beat_schedule))
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
        "PAYING_APPS": "billing,portal",
    }


def run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_checked_migrated_and_visited(environment: dict[str, str]) -> None:
    run(environment, "check")
    run(environment, "prepare_database", "-v", "0")
    run(environment, "makemigrations", "--check", "--dry-run")
    visited = run(environment, "shell", "-v", "0", "-c", VISIT)
    assert visited.splitlines() == [
        "/ 200 False",
        "/pricing/ 503 False",  # there is no key
        "/pre/ 302 False",
        "/account/ 200 False",
        "/admin/ 200 False",
        "/shop/ 404 False",
        "/cart 404 False",
        "/create-payment-intent 404 False",
        "accounts events portal renewals sweep",
    ]
