"""Checkout sessions: what they may be made with, what they cost, how they end."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.errors import StripeError
from sandbox.objects import checkout
from sandbox.testing import Stage
from sandbox.tests import checkout_transitions as table
from sandbox.tests.test_payment_transitions import Walk, follow, rows
from sandbox.tests.transitions import Transition

BACK = {"success_url": "https://shop.example/done?session={CHECKOUT_SESSION_ID}"}
TYPES = ["card", "us_bank_account"]


class SessionWalk(Walk):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.monthly = stage.price(2000)["id"]
        self.single = stage.price(500, interval=None)["id"]

    def open(self, mode: str) -> None:
        params: dict[str, Any] = {**BACK, "mode": "subscription" if mode == "trial" else mode}
        if mode == "setup":
            params["currency"] = "usd"
        else:
            price = self.single if mode == "payment" else self.monthly
            params |= {"line_items": [{"price": price, "quantity": 1}], "payment_method_types": TYPES}
        if mode == "trial":
            params["subscription_data"] = {"trial_period_days": 14}
        self.id = self.v1.checkout.sessions.create(params)["id"]

    def buy(self, rest: str) -> None:
        method = rest.removeprefix("with ")
        try:
            complete(self.stage, self.id, payment_method=method)
        except StripeError as error:
            self.error = error.error.get("code") or ""

    def expire(self, _: str) -> None:
        self.v1.checkout.sessions.expire(self.id)

    def answer(self, passed: bool) -> None:
        session, self.id = self.id, intent_of(self.stage, self.id)
        super().answer(passed)
        self.id = session

    def show(self) -> dict[str, Any]:
        return self.v1.checkout.sessions.retrieve(self.id).to_dict()


def complete(stage: Stage, session: str, **buyer: Any) -> dict[str, Any]:
    """Press the page's button; the session as it is then."""
    typed = {"email": "alice@example.com", "name": "Alice", "payment_method": "pm_card_visa"} | buyer
    with stage.sandbox.work() as world:
        checkout.complete(world, world.get("checkout.session", session), checkout.Buyer(**typed))
    return stage.client.v1.checkout.sessions.retrieve(session, {"expand": ["line_items"]}).to_dict()


def intent_of(stage: Stage, session: str) -> str:
    with stage.sandbox.work() as world:
        intent = checkout.find_intent(world, world.get("checkout.session", session))
        assert intent is not None
        return str(intent["id"])


@pytest.fixture
def single(stage: Stage) -> str:
    return str(stage.price(500, interval=None)["id"])


@pytest.fixture
def monthly(stage: Stage) -> str:
    return str(stage.price(2000)["id"])


def sell(stage: Stage, price: str, mode: str = "payment", **params: Any) -> Any:
    given = {**BACK, "mode": mode, "line_items": [{"price": price, "quantity": 1}], **params}
    return stage.client.v1.checkout.sessions.create(given)  # type: ignore[arg-type]


def refused(stage: Stage, price: str, mode: str = "payment", **params: Any) -> stripe.StripeError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sell(stage, price, mode, **params)
    return caught.value


@rows(table.SESSIONS)
def test_a_session_goes_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(SessionWalk(stage), row)


def test_a_hosted_session_has_an_address_and_an_embedded_one_a_secret(stage: Stage, single: str) -> None:
    hosted = sell(stage, single)
    embedded = stage.client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "ui_mode": "embedded_page",
            "line_items": [{"price": single, "quantity": 1}],
            "return_url": "https://shop.example/done",
        }
    )
    assert hosted["url"] == f"http://localhost/c/pay/{hosted['id']}"
    assert hosted["client_secret"] is None
    assert embedded["url"] is None
    assert embedded["client_secret"].startswith(f"{embedded['id']}_secret_")


def test_the_buyer_is_sent_back_with_the_sessions_id(stage: Stage, single: str) -> None:
    session = sell(stage, single)
    complete(stage, session["id"])
    with stage.sandbox.work() as world:
        address = checkout.return_address(world.get("checkout.session", session["id"]))
    assert address == f"https://shop.example/done?session={session['id']}"


def test_the_old_names_of_ui_modes_are_refused(stage: Stage, single: str) -> None:
    assert "ui_mode" in str(refused(stage, single, ui_mode="embedded"))


def test_a_hosted_session_wants_a_success_url(stage: Stage, single: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stage.client.v1.checkout.sessions.create(
            {"mode": "payment", "line_items": [{"price": single, "quantity": 1}]}
        )
    assert (caught.value.code, caught.value.param) == ("parameter_missing", "success_url")


def test_an_address_that_is_none_is_refused(stage: Stage, single: str) -> None:
    error = refused(stage, single, success_url="shop.example/done")
    assert (error.code, error.param) == ("url_invalid", "success_url")


def test_payment_mode_takes_no_recurring_price_and_subscription_mode_needs_one(
    stage: Stage, single: str, monthly: str
) -> None:
    assert "passed a recurring price" in str(refused(stage, monthly))
    assert "at least one recurring price" in str(refused(stage, single, "subscription"))


def test_data_of_another_mode_is_refused(stage: Stage, single: str) -> None:
    error = refused(stage, single, subscription_data={"trial_period_days": 3})
    assert "You can not pass `subscription_data` in `payment` mode." in str(error)


def test_a_total_too_small_to_be_charged_is_refused(stage: Stage) -> None:
    error = refused(stage, stage.price(49, interval=None)["id"])
    assert error.code == "amount_too_small"
    assert "$0.50 usd" in str(error)


def test_lines_carry_quantity_tax_and_discount(stage: Stage, v1: Any, single: str) -> None:
    rate = v1.tax_rates.create({"display_name": "Sales tax", "inclusive": False, "percentage": 4})
    coupon = v1.coupons.create({"percent_off": 10, "duration": "once"})
    session = sell(
        stage,
        single,
        line_items=[{"price": single, "quantity": 3, "tax_rates": [rate["id"]]}],
        discounts=[{"coupon": coupon["id"]}],
        expand=["line_items.data.taxes"],
    )
    line = session["line_items"]["data"][0]
    assert (session["amount_subtotal"], session["amount_total"]) == (1500, 1404)
    assert session["total_details"].to_dict() == {
        "amount_discount": 150,
        "amount_shipping": 0,
        "amount_tax": 54,
    }
    assert (line["quantity"], line["amount_total"], line["price"]["id"]) == (3, 1404, single)
    assert line["taxes"][0]["rate"]["id"] == rate["id"]
    assert complete(stage, session["id"])["amount_total"] == 1404
    assert v1.payment_intents.list().data[0]["amount_received"] == 1404
    assert v1.coupons.retrieve(coupon["id"])["times_redeemed"] == 1


def test_inclusive_tax_is_part_of_the_price(stage: Stage, v1: Any, single: str) -> None:
    rate = v1.tax_rates.create({"display_name": "VAT", "inclusive": True, "percentage": 25})
    session = sell(stage, single, line_items=[{"price": single, "quantity": 1, "tax_rates": [rate["id"]]}])
    assert (session["amount_total"], session["total_details"]["amount_tax"]) == (500, 100)


def test_price_data_makes_a_price_that_is_archived(stage: Stage, v1: Any) -> None:
    line = {
        "price_data": {"currency": "usd", "unit_amount": 700, "product_data": {"name": "Socks"}},
        "quantity": 2,
    }
    session = sell(stage, "", line_items=[line], expand=["line_items"])
    price = session["line_items"]["data"][0]["price"]
    assert (session["amount_total"], price["active"]) == (1400, False)
    assert v1.products.retrieve(price["product"])["name"] == "Socks"


def test_a_promotion_code_typed_on_the_page_takes_off(stage: Stage, v1: Any, single: str) -> None:
    coupon = v1.coupons.create({"amount_off": 100, "currency": "usd", "duration": "once"})
    code = v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon["id"]}, "code": "HELLO"}
    )
    session = sell(stage, single, allow_promotion_codes=True)
    with stage.sandbox.work() as world:
        held = world.get("checkout.session", session["id"])
        checkout.apply_promotion_code(world, held, "hello")
    shown = complete(stage, session["id"])
    assert (shown["amount_total"], shown["discounts"]) == (
        400,
        [{"coupon": None, "promotion_code": code["id"]}],
    )
    assert v1.promotion_codes.retrieve(code["id"])["times_redeemed"] == 1


def test_a_wrong_promotion_code_is_said_to_be_wrong(stage: Stage, single: str) -> None:
    session = sell(stage, single, allow_promotion_codes=True)
    with stage.sandbox.work() as world, pytest.raises(StripeError, match="This code is invalid"):
        checkout.apply_promotion_code(world, world.get("checkout.session", session["id"]), "NONSENSE")


def test_a_subscription_is_made_with_the_sessions_data(stage: Stage, v1: Any, monthly: str) -> None:
    rate = v1.tax_rates.create({"display_name": "Sales tax", "inclusive": False, "percentage": 4})
    session = sell(
        stage,
        monthly,
        "subscription",
        line_items=[{"price": monthly, "quantity": 2, "tax_rates": [rate["id"]]}],
        subscription_data={"metadata": {"sale": "7"}, "description": "A year"},
        client_reference_id="order-7",
        metadata={"sale": "7"},
    )
    shown = complete(stage, session["id"])
    subscription = v1.subscriptions.retrieve(shown["subscription"], {"expand": ["latest_invoice"]})
    assert subscription["status"] == "active"
    assert subscription["metadata"].to_dict() == {"sale": "7"}
    assert subscription["default_payment_method"] is not None
    assert subscription["latest_invoice"]["total"] == shown["amount_total"] == 4160
    assert shown["invoice"] == subscription["latest_invoice"]["id"]
    assert (shown["client_reference_id"], shown["metadata"]) == ("order-7", {"sale": "7"})


def test_a_trial_without_a_card_is_possible_if_the_session_says_so(
    stage: Stage, v1: Any, monthly: str
) -> None:
    session = sell(
        stage,
        monthly,
        "subscription",
        payment_method_collection="if_required",
        subscription_data={
            "trial_period_days": 7,
            "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}},
        },
    )
    shown = complete(stage, session["id"], payment_method=None)
    subscription = v1.subscriptions.retrieve(shown["subscription"])
    assert (subscription["status"], subscription["default_payment_method"]) == ("trialing", None)


def test_a_declined_subscription_leaves_nothing_behind_when_the_session_expires(
    stage: Stage, v1: Any, monthly: str
) -> None:
    session = sell(stage, monthly, "subscription")
    complete(stage, session["id"], payment_method="pm_card_chargeDeclined")
    v1.checkout.sessions.expire(session["id"])
    assert [s["status"] for s in v1.subscriptions.list({"status": "all"}).data] == ["incomplete_expired"]
    assert [i["status"] for i in v1.invoices.list().data] == ["void"]


def test_an_existing_customer_is_kept_and_updated_as_asked(stage: Stage, v1: Any, single: str) -> None:
    customer = stage.customer("bob@example.com")
    session = sell(
        stage, single, customer=customer["id"], customer_update={"address": "auto", "name": "auto"}
    )
    address = {"line1": "1 Main Street", "country": "US", "state": "NY", "postal_code": "10001"}
    shown = complete(stage, session["id"], name="Bob", address=address)
    held = v1.customers.retrieve(customer["id"])
    assert shown["customer"] == customer["id"]
    assert shown["customer_details"]["email"] == "bob@example.com"
    assert (held["name"], held["address"]["state"]) == ("Bob", "NY")


def test_a_customer_is_made_if_asked_for(stage: Stage, v1: Any, single: str) -> None:
    guest = complete(stage, sell(stage, single)["id"])
    buyer = complete(stage, sell(stage, single, customer_creation="always")["id"])
    assert guest["customer"] is None
    assert v1.customers.retrieve(buyer["customer"])["email"] == "alice@example.com"


def test_terms_of_service_must_be_accepted(stage: Stage, single: str) -> None:
    session = sell(stage, single, consent_collection={"terms_of_service": "required"})
    with pytest.raises(StripeError, match="terms of service"):
        complete(stage, session["id"])
    assert complete(stage, session["id"], accepts_terms=True)["consent"]["terms_of_service"] == "accepted"


def test_automatic_tax_wants_to_know_where_the_customer_is(stage: Stage, single: str) -> None:
    customer = stage.customer()
    error = refused(stage, single, customer=customer["id"], automatic_tax={"enabled": True})
    assert error.code == "customer_tax_location_invalid"


def test_an_account_registered_nowhere_collects_no_automatic_tax(stage: Stage, single: str) -> None:
    session = sell(stage, single, automatic_tax={"enabled": True})
    assert session["automatic_tax"]["status"] == "requires_location_inputs"
    shown = complete(stage, session["id"], address={"country": "US", "postal_code": "10001"})
    assert (shown["automatic_tax"]["status"], shown["total_details"]["amount_tax"]) == ("complete", 0)


def test_a_subscription_with_automatic_tax_wants_an_address_and_finds_nothing_to_collect(
    stage: Stage, v1: Any, monthly: str
) -> None:
    session = sell(stage, monthly, "subscription", automatic_tax={"enabled": True})
    with pytest.raises(StripeError, match="address"):
        complete(stage, session["id"])
    shown = complete(stage, session["id"], address={"country": "US", "postal_code": "10001"})
    subscription = v1.subscriptions.retrieve(shown["subscription"], {"expand": ["latest_invoice"]})
    assert subscription["automatic_tax"]["enabled"] is True
    invoice = subscription["latest_invoice"]
    assert (invoice["automatic_tax"]["status"], invoice["total"], invoice["total_taxes"]) == (
        "complete",
        2000,
        [],
    )


@pytest.mark.parametrize("seconds", [60, 25 * 3600])
def test_a_session_lives_half_an_hour_to_a_day(stage: Stage, single: str, seconds: int) -> None:
    assert refused(stage, single, expires_at=stage.now + seconds).param == "expires_at"


def test_sessions_are_listed_by_status_customer_and_intent(stage: Stage, v1: Any, single: str) -> None:
    done, left = sell(stage, single), sell(stage, single)
    intent = complete(stage, done["id"])["payment_intent"]
    by = v1.checkout.sessions.list
    assert [s["id"] for s in by({"status": "open"}).data] == [left["id"]]
    assert [s["id"] for s in by({"payment_intent": intent}).data] == [done["id"]]
    assert [s["id"] for s in by({"customer_details": {"email": "alice@example.com"}}).data] == [done["id"]]


def test_what_the_sandbox_does_not_do_is_said(stage: Stage, single: str) -> None:
    with pytest.raises(stripe.APIError, match="The sandbox does not do this: `invoice_creation`"):
        sell(stage, single, invoice_creation={"enabled": True})
