"""The Checkout page in a real browser: what a buyer sees and types, and where he ends."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.testing import Stage
from sandbox.tests.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def buyer(visitor: Any, shop: Shop) -> Any:
    return visitor


def open_session(stage: Stage, shop: Shop, mode: str = "subscription", **params: Any) -> Any:
    """A session for the premium plan, or for a one-off price, as an application would make it."""
    interval = "month" if mode == "subscription" else None
    given: dict[str, Any] = {
        "mode": mode,
        "success_url": f"{shop.url}/thanks?session={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{shop.url}/cart",
        **params,
    }
    if mode != "setup":
        given.setdefault("line_items", [{"price": stage.price(interval=interval)["id"], "quantity": 1}])
    if given.get("ui_mode") == "embedded_page":
        del given["success_url"], given["cancel_url"]
    return stage.client.v1.checkout.sessions.create(given)  # type: ignore[arg-type]


def type_card(place: Any, number: str = "4242424242424242", email: str = "alice@example.com") -> None:
    if email:
        place.locator("[name=email]").fill(email)
    place.locator("[name=name]").fill("Alice")
    place.locator("[name=number]").fill(number)
    place.locator("[name=expiry]").fill("12 / 34")
    place.locator("[name=cvc]").fill("123")
    if place.locator("[name=postalCode]").count():
        place.locator("[name=postalCode]").fill("94103")


def again(stage: Stage, session: Any) -> Any:
    return stage.client.v1.checkout.sessions.retrieve(session["id"])


def test_a_plan_is_bought_and_the_buyer_comes_back(buyer: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(stage, shop)
    buyer.goto(session["url"])
    expect(buyer.locator(".notice")).to_contain_text("Test double", use_inner_text=True)
    expect(buyer.locator("header")).to_contain_text(
        "Renews automatically: $20.00 per month", use_inner_text=True
    )
    type_card(buyer)
    buyer.get_by_role("button", name="Subscribe").click()
    buyer.wait_for_url(f"**/thanks?session={session['id']}")
    done = again(stage, session)
    assert (done["status"], done["payment_status"]) == ("complete", "paid")
    assert stage.client.v1.subscriptions.retrieve(done["subscription"])["status"] == "active"
    assert stage.client.v1.customers.retrieve(done["customer"])["email"] == "alice@example.com"
    assert not buyer.complaints


def test_a_declined_card_says_why_and_the_next_one_pays(buyer: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(stage, shop, mode="payment")
    buyer.goto(session["url"])
    type_card(buyer, "4000000000009995")
    buyer.get_by_role("button", name="Pay $20.00").click()
    expect(buyer.get_by_role("alert")).to_have_text("Your card has insufficient funds.", use_inner_text=True)
    assert again(stage, session)["status"] == "open"
    type_card(buyer, email="")
    buyer.get_by_role("button", name="Pay $20.00").click()
    buyer.wait_for_url("**/thanks?session=*")
    assert again(stage, session)["payment_status"] == "paid"


def test_an_unfinished_card_is_not_sent(buyer: Any, stage: Stage, shop: Shop) -> None:
    buyer.goto(open_session(stage, shop)["url"])
    type_card(buyer, "4242")
    buyer.get_by_role("button", name="Subscribe").click()
    expect(buyer.locator("[data-error=number]")).to_have_text(
        "Your card number is incomplete.", use_inner_text=True
    )
    assert not stage.sandbox.store.kinds.get("payment_method")


def test_authentication_passed_completes_the_session(buyer: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(stage, shop)
    buyer.goto(session["url"])
    type_card(buyer, "4000002760003184")
    buyer.get_by_role("button", name="Subscribe").click()
    buyer.get_by_role("button", name="Complete authentication").click()
    buyer.wait_for_url("**/thanks?session=*")
    assert again(stage, session)["payment_status"] == "paid"


def test_authentication_failed_leads_back_to_the_form(buyer: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(stage, shop)
    buyer.goto(session["url"])
    type_card(buyer, "4000002760003184")
    buyer.get_by_role("button", name="Subscribe").click()
    buyer.get_by_role("button", name="Fail authentication").click()
    expect(buyer.get_by_role("alert")).to_contain_text("unable to authenticate", use_inner_text=True)
    assert again(stage, session)["status"] == "open"


def test_a_promotion_code_and_tax_change_the_total(buyer: Any, stage: Stage, shop: Shop) -> None:
    client = stage.client.v1
    tax = client.tax_rates.create({"display_name": "Sales tax", "percentage": 10, "inclusive": False})
    coupon = client.coupons.create({"percent_off": 25, "duration": "once"})
    client.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon["id"]}, "code": "SPRING"})
    line = {"price": stage.price()["id"], "quantity": 1, "tax_rates": [tax["id"]]}
    buyer.goto(open_session(stage, shop, line_items=[line], allow_promotion_codes=True)["url"])
    expect(buyer.locator(".sums")).to_contain_text("$22.00", use_inner_text=True)
    buyer.get_by_placeholder("Promotion code").fill("NONSENSE")
    buyer.get_by_role("button", name="Apply").click()
    expect(buyer.get_by_role("alert")).to_have_text("This code is invalid.", use_inner_text=True)
    buyer.get_by_placeholder("Promotion code").fill("SPRING")
    buyer.get_by_role("button", name="Apply").click()
    expect(buyer.locator(".sums")).to_contain_text("$16.50", use_inner_text=True)
    buyer.get_by_role("button", name="Remove").click()
    expect(buyer.locator(".sums")).to_contain_text("$22.00", use_inner_text=True)


def test_a_trial_says_what_comes_after_it(buyer: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(stage, shop, subscription_data={"trial_period_days": 14})
    buyer.goto(session["url"])
    assert (
        "14 days free. Then $20.00 per month, starting 15 January 2027."
        in buyer.locator("header").inner_text()
    )
    type_card(buyer)
    buyer.get_by_role("button", name="Start trial").click()
    buyer.wait_for_url("**/thanks?session=*")
    assert (
        stage.client.v1.subscriptions.retrieve(again(stage, session)["subscription"])["status"] == "trialing"
    )


def test_the_number_of_seats_can_be_changed(buyer: Any, stage: Stage, shop: Shop) -> None:
    line = {
        "price": stage.price()["id"],
        "quantity": 1,
        "adjustable_quantity": {"enabled": True, "maximum": 10},
    }
    session = open_session(stage, shop, line_items=[line])
    buyer.goto(session["url"])
    buyer.get_by_label("Quantity").fill("3")
    buyer.get_by_role("button", name="Update").click()
    expect(buyer.locator(".sums")).to_contain_text("$60.00", use_inner_text=True)


def test_addresses_and_consent_are_asked_for_and_kept(buyer: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(
        stage,
        shop,
        billing_address_collection="required",
        shipping_address_collection={"allowed_countries": ["US", "CA"]},
        phone_number_collection={"enabled": True},
        consent_collection={"terms_of_service": "required"},
    )
    buyer.goto(session["url"])
    type_card(buyer)
    buyer.locator("[name=phone]").fill("+1 217 555 0100")
    places = {"line1": "1 Main Street", "city": "Springfield", "state": "IL", "postal_code": "62701"}
    for name, value in places.items():
        buyer.locator(f"[name={name}]").fill(value)
        buyer.locator(f"[name=shipping_{name}]").fill(value)
    buyer.locator("[name=shipping_name]").fill("Alice")
    buyer.get_by_label("I agree to the terms of service.").check()
    buyer.get_by_role("button", name="Subscribe").click()
    buyer.wait_for_url("**/thanks?session=*")
    done = again(stage, session)
    assert done["customer_details"]["address"]["city"] == "Springfield"
    assert done["customer_details"]["address"]["country"] == "US"
    assert done["collected_information"]["shipping_details"]["address"]["line1"] == "1 Main Street"
    assert done["consent"]["terms_of_service"] == "accepted"


def test_a_bank_debit_is_complete_but_not_paid_for_days(buyer: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(stage, shop, mode="payment", payment_method_types=["card", "us_bank_account"])
    buyer.goto(session["url"])
    buyer.locator("[name=email]").fill("alice@example.com")
    buyer.get_by_label("US bank account").check()
    buyer.locator("[name=name]").fill("Alice")
    buyer.get_by_role("button", name="Pay $20.00").click()
    buyer.wait_for_url("**/thanks?session=*")
    assert again(stage, session)["payment_status"] == "unpaid"
    stage.advance(days=5)
    assert again(stage, session)["payment_status"] == "paid"
    assert "checkout.session.async_payment_succeeded" in stage.event_types()


def test_a_card_is_saved_for_later(buyer: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(stage, shop, mode="setup", currency="usd", customer=stage.customer()["id"])
    buyer.goto(session["url"])
    expect(buyer.locator(".known")).to_have_text("alice@example.com", use_inner_text=True)
    type_card(buyer, email="")
    buyer.get_by_role("button", name="Save").click()
    buyer.wait_for_url("**/thanks?session=*")
    assert again(stage, session)["status"] == "complete"


def test_one_may_go_back_without_buying(buyer: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(stage, shop)
    buyer.goto(session["url"])
    buyer.get_by_role("link", name="Back to").click()
    buyer.wait_for_url("**/cart")
    assert again(stage, session)["status"] == "open"


def test_an_expired_session_says_so(buyer: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(stage, shop)
    stage.client.v1.checkout.sessions.expire(session["id"])
    buyer.goto(session["url"])
    expect(buyer.locator("h1")).to_contain_text("expired", use_inner_text=True)


# -- embedded --------------------------------------------------------------------------------------------------------


def embed(page: Any, shop: Shop, session: Any) -> Any:
    """Mount embedded Checkout into the shop's page; the frame's inside."""
    page.goto(shop.url)
    page.evaluate(
        """async (clientSecret) => {
            const onComplete = () => { document.body.dataset.complete = "yes"; };
            const fetchClientSecret = async () => clientSecret;
            const checkout = await stripe.createEmbeddedCheckoutPage({fetchClientSecret, onComplete});
            checkout.mount("#payment");
        }""",
        session["client_secret"],
    )
    return page.frame_locator("iframe[title='Secure checkout frame']")


def test_embedded_checkout_leads_the_page_to_the_return_url(buyer: Any, stage: Stage, shop: Shop) -> None:
    url = f"{shop.url}/thanks?session={{CHECKOUT_SESSION_ID}}"
    session = open_session(stage, shop, ui_mode="embedded_page", return_url=url)
    inside = embed(buyer, shop, session)
    type_card(inside, "4000002760003184")
    inside.get_by_role("button", name="Subscribe").click()
    inside.get_by_role("button", name="Complete authentication").click()
    buyer.wait_for_url(f"**/thanks?session={session['id']}")
    assert again(stage, session)["payment_status"] == "paid"
    assert not buyer.complaints


def test_embedded_checkout_can_tell_the_page_instead(buyer: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(stage, shop, ui_mode="embedded_page", redirect_on_completion="never")
    inside = embed(buyer, shop, session)
    type_card(inside)
    inside.get_by_role("button", name="Subscribe").click()
    buyer.locator("body[data-complete=yes]").wait_for()
    assert again(stage, session)["status"] == "complete"


def test_embedded_checkout_opens_by_its_client_secret_only(ask: Any, stage: Stage, shop: Shop) -> None:
    session = open_session(stage, shop, ui_mode="embedded_page", redirect_on_completion="never")
    assert ask("GET", f"/embedded/pay/{session['client_secret']}").status == 200
    assert ask("GET", f"/embedded/pay/{session['id']}").status == 404
    assert ask("GET", f"/c/pay/{session['id']}").status == 404
