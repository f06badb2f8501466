"""What Checkout sessions may be made with."""

from __future__ import annotations

import pytest
import stripe

from sandbox.testing import Stage
from sandbox.tests.selling import refused, sell


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


def test_automatic_tax_wants_to_know_where_the_customer_is(stage: Stage, single: str) -> None:
    customer = stage.customer()
    error = refused(stage, single, customer=customer["id"], automatic_tax={"enabled": True})
    assert error.code == "customer_tax_location_invalid"


@pytest.mark.parametrize("seconds", [60, 25 * 3600])
def test_a_session_lives_half_an_hour_to_a_day(stage: Stage, single: str, seconds: int) -> None:
    assert refused(stage, single, expires_at=stage.now + seconds).param == "expires_at"


def test_what_the_sandbox_does_not_do_is_said(stage: Stage, single: str) -> None:
    with pytest.raises(stripe.APIError, match="The sandbox does not do this: `after_expiration`"):
        sell(stage, single, after_expiration={"recovery": {"enabled": True}})


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
