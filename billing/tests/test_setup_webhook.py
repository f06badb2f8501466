"""The command `setup_webhook`: our endpoint at Stripe, made from code."""

import io
from typing import Any

import pytest
import stripe
from django.conf import settings as configured
from django.core.management import call_command
from django.core.management.base import CommandError

from billing.webhooks import registry
from sandbox.transport import InProcessClient

URL = "https://shop.example/api/stripe-webhooks/"


@pytest.fixture
def account(stripe_sandbox: Any, settings: Any) -> stripe.StripeClient:
    """The account of a deployment that was just moved to shop.example."""
    settings.BASE_URL = "https://shop.example"
    return stripe.StripeClient(
        configured.STRIPE_SECRET_KEY, http_client=InProcessClient(stripe_sandbox.sandbox)
    )


def set_up(*arguments: str) -> str:
    out = io.StringIO()
    call_command("setup_webhook", *arguments, stdout=out)
    return out.getvalue()


def ours(account: stripe.StripeClient, url: str = URL) -> list[Any]:
    return [endpoint for endpoint in account.v1.webhook_endpoints.list().data if endpoint.url == url]


def test_it_is_made_with_our_events_our_version_and_our_mark(account: Any, db: None) -> None:
    said = set_up()
    (endpoint,) = ours(account)
    assert endpoint.enabled_events == registry.types()
    assert endpoint.api_version == configured.STRIPE_API_VERSION
    assert endpoint.metadata["namespace"] == configured.STRIPE_NAMESPACE
    assert "whsec_" in said


def test_a_second_run_changes_nothing(account: Any, db: None) -> None:
    set_up()
    said = set_up()
    assert "was kept" in said
    assert "whsec_" not in said
    assert len(ours(account)) == 1


def test_events_that_it_lacks_are_added_and_a_disabled_one_is_enabled(account: Any, db: None) -> None:
    set_up()
    (endpoint,) = ours(account)
    account.v1.webhook_endpoints.update(endpoint.id, {"enabled_events": ["invoice.paid"], "disabled": True})
    assert "was changed" in set_up()
    (endpoint,) = ours(account)
    assert endpoint.enabled_events == registry.types()
    assert endpoint.status == "enabled"


def test_for_another_api_version_it_is_made_beside_the_old_one(account: Any, db: None) -> None:
    old = account.v1.webhook_endpoints.create(
        {"url": URL, "enabled_events": ["*"], "api_version": "2025-03-31.basil"}
    )
    said = set_up()
    assert f"{old.id} speaks another API version" in said
    assert {endpoint.api_version for endpoint in ours(account)} == {
        "2025-03-31.basil",
        configured.STRIPE_API_VERSION,
    }


def test_another_url(account: Any, db: None) -> None:
    set_up("--url", "https://tunnel.example/stripe-webhook")
    assert len(ours(account, "https://tunnel.example/stripe-webhook")) == 1


@pytest.mark.parametrize(("fault", "code"), [("url", 2), ("key", 2), ("off", 2), ("cut", 3)])
def test_what_can_go_wrong_has_its_exit_code(
    account: Any, stripe_sandbox: Any, settings: Any, db: None, fault: str, code: int
) -> None:
    if fault == "key":
        stripe_sandbox.sandbox.keys.revoked.add(configured.STRIPE_SECRET_KEY)
    if fault == "off":
        settings.STRIPE_SECRET_KEY = ""
    if fault == "cut":
        stripe_sandbox.sandbox.faults.add("cut", times=99)
    with pytest.raises(CommandError) as told:
        set_up(*(["--url", "nowhere"] if fault == "url" else []))
    assert told.value.returncode == code
