"""Configurations that must not run, or should be mended, are named at start with their cure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from billing import checks

ROOT = Path(__file__).resolve().parents[2]
LIVE = "sk_live_" + "0" * 24
TEST = "sk_test_" + "0" * 24


def found() -> set[str]:
    return {
        message.id for check in (checks.keys, checks.webhooks, checks.deployment) for message in check(None)
    }


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"STRIPE_SECRET_KEY": "sk_tset_1"}, "billing.E001"),
        ({"STRIPE_SECRET_KEY": LIVE, "STRIPE_LIVE_MODE": True, "DEBUG": True}, "billing.E002"),
        ({"STRIPE_SECRET_KEY": LIVE, "STRIPE_LIVE_MODE": True}, "billing.E003"),
        ({"STRIPE_PUBLISHABLE_KEY": "pk_live_" + "0" * 24}, "billing.E004"),
        ({"STRIPE_WEBHOOK_SECRETS": ["whsec_1", "sk_test_1"]}, "billing.E005"),
        ({"STRIPE_NAMESPACE": "Acme:1"}, "billing.E006"),
        ({"STRIPE_PUBLISHABLE_KEY": ""}, "billing.W001"),
        ({"STRIPE_WEBHOOK_SECRETS": []}, "billing.W002"),
        ({"DEBUG": False}, "billing.W003"),
        ({"STRIPE_SECRET_KEY": ""}, "billing.W004"),
        ({"STRIPE_PUBLISHABLE_KEY": TEST}, "billing.E008"),
        ({"STRIPE_SECRET_KEY": LIVE, "STRIPE_LIVE_MODE": True}, "billing.E009"),
    ],
)
def test_a_dangerous_configuration_is_named(settings, changed, problem):
    settings.DEBUG = True
    assert found() == set()
    for name, value in changed.items():
        setattr(settings, name, value)
    assert problem in found()


def test_without_any_key_nothing_is_wrong(settings):
    settings.DEBUG = False
    settings.STRIPE_SECRET_KEY = settings.STRIPE_PUBLISHABLE_KEY = settings.STRIPE_SANDBOX_URL = ""
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert found() == set()


def test_a_live_key_with_debug_refuses_to_start():
    environment = os.environ | {
        "DEBUG": "true",
        "STRIPE_SECRET_KEY": LIVE,
        "STRIPE_SANDBOX_URL": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    ended = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ended.returncode != 0
    assert "DEBUG" in ended.stderr
    assert LIVE not in ended.stderr
