"""The card form in a real browser: what it does with each card, and when something is missing."""

from typing import Any

import pytest

from accounts.models import User
from billing import catalogue as plans
from billing import subscriptions
from billing.models import StripeInvoice, StripeSubscription
from billing.tests.browser import ASKS, DECLINED, DIALOG, FORM, WORKS, answer_bank, pay, sign_in, type_card

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PREMIUM = plans.find("premium")
assert PREMIUM is not None


@pytest.fixture
def checkout(browsing: Any, live_server: Any, page: Any, charlie: User) -> Any:
    """Charlie at the order of a month of Premium, with a note of what the browser's policy refused."""
    page.refused = []
    page.on("console", lambda said: page.refused.append(said.text) if "Policy" in said.text else None)
    sign_in(page, live_server, charlie)
    page.goto(f"{live_server.url}/subscribe/premium/month/")
    return page


def expect_text(page: Any, text: str) -> None:
    from playwright.sync_api import expect

    expect(page.get_by_text(text)).to_be_visible()


def expect_heading(page: Any, name: str) -> None:
    from playwright.sync_api import expect

    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_card_that_works_leads_to_the_welcome(checkout: Any) -> None:
    pay(checkout, WORKS)
    expect_heading(checkout, "Welcome to Premium")
    assert StripeSubscription.objects.get().status == "active"
    assert not checkout.refused
    assert not checkout.complaints


def test_no_card_number_is_ever_in_our_page(checkout: Any) -> None:
    sent: list[str] = []
    checkout.on("request", lambda request: sent.append((request.url, request.post_data or "")))  # type: ignore[arg-type]
    pay(checkout, WORKS)
    expect_heading(checkout, "Welcome to Premium")
    ours = [body for url, body in sent if "/api/stripe/" in url]
    assert ours
    assert not any(WORKS[-8:] in body for body in ours)


def test_what_is_missing_is_said_before_anything_is_sent(checkout: Any) -> None:
    type_card(checkout, WORKS)
    checkout.frame_locator(FORM).get_by_label("Security code").fill("")
    checkout.get_by_role("button", name="Pay $20.00").click()
    expect_text(checkout, "Your card's security code is incomplete.")
    assert not StripeSubscription.objects.exists()


def test_a_decline_stays_on_the_page_and_another_card_works(checkout: Any) -> None:
    pay(checkout, DECLINED)
    expect_text(checkout, "Your card was declined.")
    pay(checkout, WORKS)
    expect_heading(checkout, "Welcome to Premium")
    assert StripeSubscription.objects.count() == 1


def test_a_failed_authentication_leaves_nothing_and_another_card_works(checkout: Any) -> None:
    pay(checkout, ASKS)
    answer_bank(checkout, "Fail")
    expect_text(checkout, "We are unable to authenticate your payment method.")
    assert not StripeSubscription.objects.live().exists()
    assert not StripeSubscription.objects.unfinished().exists()
    assert not StripeInvoice.objects.awaited().exists()

    pay(checkout, WORKS)
    expect_heading(checkout, "Welcome to Premium")


def test_a_window_that_was_closed_can_be_opened_again(checkout: Any, live_server: Any) -> None:
    from playwright.sync_api import expect

    pay(checkout, ASKS)
    expect(checkout.locator(DIALOG)).to_be_visible()
    checkout.goto(f"{live_server.url}/billing/")
    checkout.get_by_role("link", name="Go on with the payment").click()
    expect_text(checkout, "Your last try was not finished.")
    checkout.get_by_label("Another card").check()
    pay(checkout, WORKS)
    expect_heading(checkout, "Welcome to Premium")
    assert StripeSubscription.objects.count() == 1


def test_a_double_click_is_one_purchase(checkout: Any) -> None:
    type_card(checkout, WORKS)
    checkout.get_by_role("button", name="Pay $20.00").dblclick()
    expect_heading(checkout, "Welcome to Premium")
    assert StripeInvoice.objects.count() == 1


def test_a_card_that_is_known_pays_without_being_typed(
    checkout: Any, live_server: Any, charlie: User, subscribe: Any
) -> None:
    subscriptions.cancel(subscribe(charlie), now=True)
    checkout.goto(f"{live_server.url}/subscribe/premium/month/")
    expect_text(checkout, "•••• 4242")
    checkout.get_by_role("button", name="Pay $20.00").click()
    expect_heading(checkout, "Welcome to Premium")


def test_when_stripe_js_cannot_be_loaded_it_says_so(checkout: Any, live_server: Any, settings: Any) -> None:
    from playwright.sync_api import expect

    settings.STRIPE_JS_URL += ".nowhere"
    checkout.goto(f"{live_server.url}/subscribe/premium/month/")
    expect_text(checkout, "The card form could not be loaded.")
    expect(checkout.get_by_role("button", name="Pay")).to_have_count(0)


def test_when_our_server_cannot_be_reached_it_says_what_to_do(checkout: Any) -> None:
    checkout.route("**/api/stripe/create-subscription/", lambda route: route.abort())
    pay(checkout, WORKS)
    expect_text(checkout, "Look at the billing page before you try again.")


def test_when_stripe_is_out_of_reach_the_servers_sentence_is_shown(checkout: Any, browsing: Any) -> None:
    type_card(checkout, WORKS)
    browsing.sandbox.faults.add("cut", path="/v1/customers", times=100)
    checkout.get_by_role("button", name="Pay $20.00").click()
    expect_text(checkout, "Our payment provider does not answer.")
    browsing.sandbox.faults.clear()
    checkout.get_by_role("button", name="Pay $20.00").click()
    expect_heading(checkout, "Welcome to Premium")


def test_it_works_where_a_framework_puts_it_in_and_takes_it_out(checkout: Any) -> None:
    checkout.evaluate(
        """() => {
            const form = document.querySelector("turnpike-card-form"), parent = form.parentNode;
            const another = form.cloneNode(false);
            form.remove();
            another.setAttribute("label", "Pay $20.00 here");
            another.addEventListener("paid", ({ detail }) => { document.title = detail.status; });
            parent.append(another);
            another.remove();
            parent.append(another);
        }"""
    )
    pay(checkout, WORKS)
    from playwright.sync_api import expect

    expect(checkout).to_have_title("active")


def test_the_page_that_waits_goes_on_by_itself(
    checkout: Any, live_server: Any, charlie: User, browsing: Any, card: Any
) -> None:
    assert charlie.current_organization is not None
    assert PREMIUM is not None
    begun = subscriptions.start(charlie.current_organization, PREMIUM, "month")
    checkout.goto(f"{live_server.url}/subscribe/done/")
    expect_heading(checkout, "We are confirming your payment")

    subscriptions.start(charlie.current_organization, PREMIUM, "month", card())

    expect_heading(checkout, "Welcome to Premium")
    assert StripeSubscription.objects.get().stripe_id == begun.subscription_id


def test_a_bank_that_takes_the_window_away_and_says_no_is_heard(
    checkout: Any, live_server: Any, browsing: Any
) -> None:
    """The card form never hears of it: the bank sends the window to the page that waits."""
    from playwright.sync_api import expect

    pay(checkout, ASKS)
    expect(checkout.locator(DIALOG)).to_be_visible()
    bank = checkout.context.new_page()
    bank.goto(checkout.frame_locator(DIALOG).owner.get_attribute("src"))
    bank.get_by_role("button", name="Fail").click()
    checkout.goto(f"{live_server.url}/subscribe/done/?redirect_status=failed")
    expect_heading(checkout, "The payment did not go through")
    expect_text(checkout, "We are unable to authenticate your payment method.")
    assert not StripeSubscription.objects.unfinished().exists()


@pytest.mark.parametrize(
    "path", ["/pricing/", "/subscribe/premium/month/", "/billing/", "/billing/cancel/", "/subscribe/done/"]
)
def test_on_a_phone_nothing_sticks_out(
    checkout: Any, live_server: Any, charlie: User, subscribe: Any, path: str
) -> None:
    if not path.startswith("/subscribe/premium"):
        subscribe(charlie)
    checkout.set_viewport_size({"width": 360, "height": 740})
    checkout.goto(live_server.url + path)
    assert checkout.evaluate("document.documentElement.scrollWidth") <= 360
