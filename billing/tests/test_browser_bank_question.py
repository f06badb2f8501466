"""A change of plan or machines that the bank asks about, in a real browser: the answer decides whether it happens."""

from typing import Any

import pytest

from accounts.models import User
from billing.gateway import client
from billing.models import StripeInvoice, StripeSubscription
from billing.tests.browser import DIALOG, answer_bank, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# One bank asks again whenever the customer is not there, the other each time.
ONCE_SET_UP, ALWAYS = "4000002500003155", "4000002760003184"


@pytest.fixture
def buyer(browsing: Any, machines: Any, subscribe: Any, live_server: Any, page: Any, charlie: User) -> Any:
    """Charlie, who has Business, at a browser that notes what its policy refused."""
    subscribe(charlie, "business")
    page.refused = []
    page.on("console", lambda said: page.refused.append(said.text) if "Policy" in said.text else None)
    sign_in(page, live_server, charlie)
    page.home = live_server.url
    return page


@pytest.fixture
def pays_with(card: Any) -> Any:
    """Another card pays from now on."""

    def change(number: str) -> None:
        v1 = client.connected().v1
        subscription = StripeSubscription.objects.get()
        method = v1.payment_methods.attach(card(number), {"customer": subscription.customer_id})["id"]
        v1.subscriptions.update(subscription.stripe_id, {"default_payment_method": method})

    return change


def add_a_machine(page: Any) -> None:
    page.goto(f"{page.home}/billing/machines/")
    page.get_by_label("NVIDIA A10G").fill("1")
    page.get_by_role("button", name="See what it costs").click()
    page.get_by_role("button", name="Change and pay $850.00").click()


def sees(page: Any, text: str) -> None:
    from playwright.sync_api import expect

    expect(page.get_by_text(text).first).to_be_visible()


@pytest.mark.parametrize("number", [ONCE_SET_UP, ALWAYS])
def test_a_yes_to_the_bank_makes_the_change(buyer: Any, pays_with: Any, number: str) -> None:
    pays_with(number)
    add_a_machine(buyer)
    sees(buyer, "Confirm the payment in your bank's window.")
    assert StripeSubscription.objects.get().machines == {}
    answer_bank(buyer, "Complete")
    buyer.wait_for_url(f"{buyer.home}/billing/")
    sees(buyer, "Add or remove machines")
    assert StripeSubscription.objects.get().machines == {"a10g": 1}
    assert StripeInvoice.objects.order_by("-pk")[0].status == "paid"
    assert not buyer.refused
    assert not buyer.complaints


def test_a_no_to_the_bank_changes_nothing_and_is_said(buyer: Any, pays_with: Any) -> None:
    pays_with(ALWAYS)
    add_a_machine(buyer)
    answer_bank(buyer, "Fail")
    sees(buyer, "Nothing has changed")
    sees(buyer, "We are unable to authenticate your payment method.")
    buyer.get_by_role("link", name="To the billing page").click()
    sees(buyer, "None yet. Your plan lets you run machines")
    assert StripeSubscription.objects.get().pending_until is None
    assert not StripeInvoice.objects.filter(status="open").exists()


def test_whoever_walks_away_goes_on_from_the_billing_page(buyer: Any, pays_with: Any) -> None:
    from playwright.sync_api import expect

    pays_with(ALWAYS)
    add_a_machine(buyer)
    expect(buyer.locator(DIALOG)).to_be_visible()
    buyer.goto(f"{buyer.home}/billing/")
    sees(buyer, "A change waits for its payment")
    buyer.get_by_role("button", name="Go on with the payment").click()
    answer_bank(buyer, "Complete")
    buyer.wait_for_url(f"{buyer.home}/billing/")
    sees(buyer, "Add or remove machines")
    assert StripeSubscription.objects.get().machines == {"a10g": 1}
    assert [one.status for one in StripeInvoice.objects.order_by("pk")] == ["paid", "paid"]


def test_where_the_bank_cannot_be_asked_it_is_said(buyer: Any, pays_with: Any) -> None:
    pays_with(ALWAYS)
    buyer.route("**/stripe.js", lambda route: route.abort())
    add_a_machine(buyer)
    sees(buyer, "Your bank could not be asked from here, so nothing was charged.")
    assert StripeSubscription.objects.get().machines == {}


def test_a_yes_whose_end_is_not_heard_is_never_called_a_failure(buyer: Any, pays_with: Any) -> None:
    pays_with(ALWAYS)
    buyer.route("**/sync-subscription/", lambda route: route.abort())
    add_a_machine(buyer)
    answer_bank(buyer, "Complete")
    buyer.wait_for_url(f"{buyer.home}/billing/")
    sees(buyer, "A change waits for its payment")
    buyer.get_by_role("button", name="Go on with the payment").click()
    sees(buyer, "Done. It is changed from this moment on.")
    assert [one.status for one in StripeInvoice.objects.order_by("pk")] == ["paid", "paid"]
