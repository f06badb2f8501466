"""Which Stripe a deployment talks to, under which name: read from the environment, shown in the admin."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User

ROOT = Path(__file__).resolve().parents[2]
LIVE = "sk_live_" + "0" * 24
PRINT = """
import json
from config import settings
print(json.dumps([settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_LIVE_MODE]))
"""


def read(**environment: str) -> Any:
    """The key, the secrets and whether it is live, as the settings read them."""
    given = {
        "PATH": os.environ["PATH"],
        "READ_DOT_ENV": "false",
        "SECRET_KEY": "a-key-that-signs-nothing",
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-c", PRINT], cwd=ROOT, env=given, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def shown(client: Client, url: str = "/admin/") -> str:
    return client.get(url).content.decode()


@pytest.fixture
def desk(db: None) -> Client:
    """A browser signed in to the admin."""
    client = Client()
    client.force_login(User.objects.create_superuser("staff@turnpike.example", "a password"))
    return client


def test_key_and_secrets_have_a_second_name(tmp_path):
    assert read(
        STRIPE_API_KEY="sk_test_1", STRIPE_ENDPOINT_SECRET="whsec_1,whsec_2", VAR_DIR=str(tmp_path)
    ) == ["sk_test_1", ["whsec_1", "whsec_2"], False]


def test_a_first_name_that_is_set_to_nothing_does_not_hide_the_second(tmp_path):
    found = read(
        STRIPE_SECRET_KEY="",
        STRIPE_API_KEY="sk_live_1",
        STRIPE_WEBHOOK_SECRET="",
        STRIPE_ENDPOINT_SECRET="whsec_1",
        VAR_DIR=str(tmp_path),
    )
    assert found == ["sk_live_1", ["whsec_1"], True]


def test_of_both_names_the_first_is_used(tmp_path):
    found = read(
        STRIPE_SECRET_KEY="sk_test_1",
        STRIPE_API_KEY="sk_test_2",
        STRIPE_WEBHOOK_SECRET="whsec_1",
        STRIPE_ENDPOINT_SECRET="whsec_2",
        VAR_DIR=str(tmp_path),
    )
    assert found == ["sk_test_1", ["whsec_1"], False]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "local Stripe"),
        ({"STRIPE_SANDBOX_URL": ""}, "Stripe&#x27;s test mode"),
        (
            {"STRIPE_SANDBOX_URL": "", "STRIPE_SECRET_KEY": LIVE, "STRIPE_LIVE_MODE": True},
            "live: real money",
        ),
        ({"STRIPE_SECRET_KEY": ""}, "billing is off"),
    ],
)
def test_the_admin_says_whose_money_moves_and_under_which_name(desk, settings, changed, words):
    settings.STRIPE_NAMESPACE = "staging"
    for name, value in changed.items():
        setattr(settings, name, value)
    for url in ("/admin/", "/admin/billing/event/", "/admin/accounts/organization/"):
        assert f"{words}, as staging</div>" in shown(desk, url)


@pytest.mark.django_db
def test_a_guest_at_the_door_is_told_nothing(client):
    page = shown(client, "/admin/login/")
    assert "local Stripe" not in page
    assert "stripe-deployment" not in page
