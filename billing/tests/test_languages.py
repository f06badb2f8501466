"""What customers read about money is in their language: mails, declines, plans, errors, and Stripe's own pages."""

from typing import Any

import pytest
from django.core import mail
from django.utils import translation

from accounts.models import Organization, User
from billing import checkouts, customers, errors, previews, subscriptions
from billing.models import StripeSubscription
from billing.purchases import Order
from billing.tests.buying import DECLINED_AT_ONCE, at_stripe, have, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def chinese(delta: Organization) -> Organization:
    """Delta is written to in Chinese."""
    delta.language = "zh-hans"
    delta.save()
    return delta


def test_a_mail_to_an_organization_is_in_its_language(
    chinese: Organization,
    subscribed: StripeSubscription,
    catalogue: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """The event comes from Stripe, in no language."""
    subscriptions.cancel(subscribed, now=True)
    with django_capture_on_commit_callbacks(execute=True):
        catalogue.deliver()
    letter: Any = mail.outbox[0]
    assert letter.subject == "Open SEC Data 高级版已结束"
    assert "不再扣款，所有人使用免费功能" in letter.body
    assert '<html lang="zh-hans">' in letter.alternatives[0][0]
    assert "Open SEC Data 高级版已结束" in letter.alternatives[0][0]


def test_why_a_card_was_declined_is_said_in_the_buyer_s_language(
    catalogue: Any, delta: Organization, card: Any
) -> None:
    with translation.override("zh-hans"), pytest.raises(errors.Declined) as declined:
        subscriptions.start(delta, plan("premium"), "month", card(DECLINED_AT_ONCE))
    assert declined.value.detail == "您的银行拒绝了付款。"
    with pytest.raises(errors.Declined) as declined:
        subscriptions.start(delta, plan("premium"), "month", card("4000000000009995"))
    assert declined.value.detail == "Your card has insufficient funds."


def test_stripe_s_own_pages_are_asked_for_in_the_visitor_s_language(
    catalogue: Any, delta: Organization
) -> None:
    with translation.override("zh-hans"):
        customers.page(delta, "http://127.0.0.1:8000/billing/")
        checkouts.open_page(Order(delta, plan("premium"), "month", "", {}, []))
    assert [visit["locale"] for visit in at_stripe(catalogue, "billing_portal.session")] == ["zh"]
    assert [page["locale"] for page in at_stripe(catalogue, "checkout.session")] == ["zh"]


def test_the_page_of_the_same_order_stays_the_same_in_another_language(
    catalogue: Any, delta: Organization
) -> None:
    order = Order(delta, plan("premium"), "month", "", {}, [])
    first = checkouts.open_page(order)
    with translation.override("zh-hans"):
        assert checkouts.open_page(order) == first


def test_the_api_explains_errors_and_names_plans_in_the_caller_s_language(
    catalogue: Any, client: Any, alice: User
) -> None:
    client.force_login(alice)
    chinese = {"Accept-Language": "zh-CN,zh;q=0.9"}
    refused = client.post(
        "/api/billing/subscription/", {"plan": "nothing"}, content_type="application/json", headers=chinese
    ).json()["error"]
    assert (refused["code"], refused["message"]) == ("invalid", "没有在售的此套餐。")
    plans = client.get("/api/billing/plans/", headers=chinese).json()["plans"]
    assert "Open SEC Data 高级版" in {one["name"] for one in plans}
    assert client.get("/api/nowhere/", headers=chinese).json()["error"]["message"] == "此地址没有任何内容。"


def test_the_lines_of_a_preview_are_in_the_reader_s_words(business: StripeSubscription) -> None:
    def lines() -> list[tuple[str, int]]:
        subscription = StripeSubscription.objects.get(pk=business.pk)
        return [(line.text, line.amount) for line in previews.of_items(subscription, {"cpu-1x4": 1}).lines]

    have(business, **{"cpu-1x4": 2})
    assert "Unused time on 2 × Small (1x4) after 31 Jan 2027" in dict(lines())
    with translation.override("zh-hans"):
        assert lines() == [("小型，自 2027年1月31日起", 1500), ("2 × 小型，自 2027年1月31日起未使用", -3000)]


def test_the_lines_of_a_first_invoice_are_what_is_bought(machines: Any, delta: Organization) -> None:
    with translation.override("zh-hans"):
        seen = previews.of_purchase(delta, plan("business"), "month", {"cpu-1x4": 3})
    assert sorted(line.text for line in seen.lines) == ["3 × 小型", "Open SEC Data 商业版"]
