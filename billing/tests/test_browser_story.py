"""The whole story in a real browser: from a guest who looks around to a subscriber who leaves again."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from accounts.models import User
from accounts.tiers import BY_TIER, Tier
from billing.models import Event, StripeInvoice, StripeSubscription
from billing.tests.browser import ASKS, DECLINED, DIALOG, answer_bank, pay
from sandbox.linkedin import serve

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

API = "/api/filings/?limit=1"
FREE = BY_TIER[Tier.FREE].limits["api_requests_per_day"] or 0
NEXT_PAYMENT = "$20.00 on Feb. 15, 2027"


@pytest.fixture
def linkedin(settings: Any) -> Iterator[Any]:
    """The pretend LinkedIn in a thread."""
    before = settings.LINKEDIN_SERVER_URL
    provider = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    app = provider["APPS"][0]
    with serve(app["client_id"], app["secret"]) as linkedin:
        there = {**app, "settings": {**app["settings"], "server_url": linkedin.url}}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {**provider, "APPS": [there]}}
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        forms = [linkedin.url if source == before else source for source in directives["form-action"]]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "form-action": forms}}
        yield linkedin


class Visitor:
    """Somebody at a browser, and what they see."""

    def __init__(self, page: Any, home: str) -> None:
        self.page = page
        self.home = home

    def open(self, path: str) -> None:
        self.page.goto(self.home + path)

    def sees(self, text: str) -> None:
        from playwright.sync_api import expect

        expect(self.page.get_by_text(text).first).to_be_visible()

    def sees_heading(self, name: str) -> None:
        from playwright.sync_api import expect

        expect(self.page.get_by_role("heading", name=name, exact=True)).to_be_visible()

    def sees_tier(self, tier: str) -> None:
        from playwright.sync_api import expect

        expect(self.page.locator(".account-name + .badge")).to_have_text(tier)

    def follows(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def calls_the_api(self, times: int = 1) -> list[int]:
        """The status of each answer."""
        return [self.page.request.get(self.home + API).status for _ in range(times)]


def test_a_guest_becomes_a_subscriber_and_leaves_again(
    browsing: Any, linkedin: Any, live_server: Any, page: Any
) -> None:
    call_command("seed_filings", verbosity=0)
    visitor = Visitor(page, live_server.url)

    look_around(visitor)
    sign_in_and_use_up_what_is_free(visitor)
    be_shown_the_way(visitor)
    try_a_card_that_is_declined(visitor)
    buy_with_a_card_whose_bank_asks(visitor)
    use_what_was_bought(visitor)
    cancel_and_resume(visitor)
    cancel_now(visitor)
    let_the_events_come_late(browsing)
    assert not page.complaints


def look_around(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.follows("Browse the filings")
    visitor.sees_heading("Filings")
    assert visitor.calls_the_api() == [200]


def sign_in_and_use_up_what_is_free(visitor: Visitor) -> None:
    visitor.open("/accounts/login/")
    visitor.presses("Sign in with LinkedIn")
    visitor.presses("Charlie")
    visitor.sees_tier("Free")
    assert visitor.calls_the_api(FREE) == [200] * FREE
    assert visitor.calls_the_api() == [429]


def be_shown_the_way(visitor: Visitor) -> None:
    visitor.open("/filings/trends/")
    visitor.follows("Upgrade to Premium")
    visitor.follows("Choose Premium")
    visitor.sees_heading("Get Premium")


def try_a_card_that_is_declined(visitor: Visitor) -> None:
    pay(visitor.page, DECLINED)
    visitor.sees("Your card was declined.")
    assert not StripeSubscription.objects.exists()
    assert not StripeInvoice.objects.exists()


def buy_with_a_card_whose_bank_asks(visitor: Visitor) -> None:
    """Premium at once: no event has been delivered."""
    from playwright.sync_api import expect

    pay(visitor.page, ASKS)
    expect(visitor.page.locator(DIALOG)).to_be_visible()
    answer_bank(visitor.page, "Complete")
    visitor.sees_heading("Welcome to Premium")
    visitor.sees_tier("Premium")
    assert not Event.objects.filter(type__startswith="customer.subscription").exists()


def use_what_was_bought(visitor: Visitor) -> None:
    assert visitor.calls_the_api(5) == [200] * 5
    export = visitor.page.request.get(f"{visitor.home}/filings/export.csv")
    assert export.status == 200
    assert export.headers["content-type"].startswith("text/csv")
    visitor.open("/filings/trends/")
    expect(visitor.page.get_by_role("link", name="Upgrade to Premium")).to_have_count(0)


def cancel_and_resume(visitor: Visitor) -> None:
    visitor.open("/billing/")
    visitor.sees(NEXT_PAYMENT)
    visitor.follows("Cancel the plan")
    visitor.presses("Cancel the plan")
    visitor.sees("Cancelled. You keep what you have until Feb. 15, 2027.")
    visitor.sees_tier("Premium")
    visitor.presses("Keep Premium")
    visitor.sees(NEXT_PAYMENT)


def cancel_now(visitor: Visitor) -> None:
    visitor.follows("Cancel the plan")
    visitor.page.get_by_label("Now").check()
    visitor.presses("Cancel the plan")
    visitor.sees("This plan is over.")
    visitor.sees_tier("Free")
    assert visitor.calls_the_api() == [429]


def let_the_events_come_late(stripe: Any) -> None:
    """They find nothing left to change."""
    before = list(StripeSubscription.objects.values())
    stripe.sandbox.deliveries.release()
    stripe.deliver()
    assert list(StripeSubscription.objects.values()) == before
    assert Event.objects.filter(type="customer.subscription.deleted", state=Event.State.DONE).exists()
    assert not Event.objects.filter(state=Event.State.FAILED).exists()
    charlie = User.objects.get(email="charlie@outside.example")
    assert charlie.current_organization is not None
    assert charlie.current_organization.current_access().tier == Tier.FREE
