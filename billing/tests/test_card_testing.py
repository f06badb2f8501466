"""Who tries one stolen card after another in the browser, past us, is stopped when Stripe tells of it (A43)."""

from typing import Any

import pytest
import stripe
from django.conf import settings

from accounts.models import Organization, User
from billing import limits
from billing.tests.buying import at_stripe
from billing.tests.calling import Caller, refused
from sandbox.transport import InProcessClient

SUBSCRIPTION, PREMIUM = "/api/billing/subscription/", {"plan": "premium"}
STOLEN = "4000000000009979"


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DECLINES", limits.Limit("declined", 3, 9, "Try again after %(time)s."))


@pytest.mark.usefixtures("three")
def test_a_purchase_ends_after_so_many_declines_and_no_other_is_begun(
    catalogue: Any, charlie: User, card: Any, django_capture_on_commit_callbacks: Any
) -> None:
    caller = Caller(charlie)
    secret = caller.post(SUBSCRIPTION, **PREMIUM).json()["client_secret"]
    browser = stripe.StripeClient(
        settings.STRIPE_PUBLISHABLE_KEY, http_client=InProcessClient(catalogue.sandbox)
    )
    for _card in range(3):
        params: Any = {"client_secret": secret, "payment_method": card(STOLEN)}
        with pytest.raises(stripe.CardError):
            browser.v1.payment_intents.confirm(secret.split("_secret_")[0], params)
    with django_capture_on_commit_callbacks(execute=True):
        catalogue.deliver()

    assert [one["status"] for one in at_stripe(catalogue, "subscription")] == ["incomplete_expired"]
    answer = caller.post(SUBSCRIPTION, **PREMIUM)
    assert refused(answer)[:2] == (429, "throttled")
    assert int(answer["Retry-After"]) > 0
    with pytest.raises(stripe.StripeError):
        browser.v1.payment_intents.confirm(secret.split("_secret_")[0], params)
    catalogue.advance(hours=1)
    assert caller.post(SUBSCRIPTION, **PREMIUM).status_code == 200


@pytest.mark.usefixtures("three")
def test_two_declines_are_forgiven(catalogue: Any, charlie: User, card: Any) -> None:
    caller = Caller(charlie)
    for _card in range(2):
        assert (
            caller.post(SUBSCRIPTION, **PREMIUM, payment_method_id=card("4000000000000341")).status_code
            == 402
        )
    catalogue.deliver()
    assert caller.post(SUBSCRIPTION, **PREMIUM, payment_method_id=card()).status_code == 200
    assert Organization.objects.get(pk=charlie.current_organization_id).tier == "premium"
