"""Chinese in a real browser: what scripts say, the names of countries, the way over the bank and back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.testing import Stage
from sandbox.tests.stripe_js import DIALOG, FRAME, confirm, intent, mount, result, type_card
from sandbox.tests.test_browser_checkout import again, open_session
from sandbox.tests.test_browser_checkout import type_card as type_at_checkout

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_elements_speak_the_locale_of_stripe_js(till: Any, stage: Stage) -> None:
    till.evaluate("window.stripe = Stripe(stripe._key, {locale: 'zh'})")
    mount(till, {"clientSecret": intent(stage, payment_method_types=["card"])["client_secret"]})
    inside = till.frame_locator(FRAME)
    expect(inside.locator("label[for=number]")).to_have_text("卡号", use_inner_text=True)
    expect(inside.locator("[name=country] option[value=DE]")).to_have_text("德国")
    type_card(till, "4242424242424241")
    expect(inside.locator("[data-error=number]")).to_have_text("您的银行卡号无效。", use_inner_text=True)
    type_card(till, "4000000000000002")
    confirm(till)
    assert result(till)["error"]["message"] == "您的银行卡被拒绝了。"


def test_the_banks_dialog_and_its_failure_are_in_the_same_language(till: Any, stage: Stage) -> None:
    till.evaluate("window.stripe = Stripe(stripe._key, {locale: 'zh'})")
    mount(till, {"clientSecret": intent(stage, payment_method_types=["card"])["client_secret"]})
    type_card(till, "4000002760003184")
    confirm(till)
    till.frame_locator(DIALOG).get_by_role("button", name="验证失败").click()
    assert result(till)["error"]["message"].startswith("我们无法验证您的支付方式。")


def test_checkout_asks_a_chinese_browser_over_the_bank_and_back(
    visitor: Any, stage: Stage, shop: Any
) -> None:
    visitor.context.set_extra_http_headers({"Accept-Language": "zh-CN"})
    session = open_session(stage, shop, locale="auto")
    visitor.goto(session["url"])
    type_at_checkout(visitor, "4000002760003184")
    visitor.get_by_role("button", name="订阅").click()
    visitor.get_by_role("button", name="完成验证").click()
    visitor.wait_for_url("**/thanks?session=*")
    assert again(stage, session)["payment_status"] == "paid"
    assert not visitor.complaints
