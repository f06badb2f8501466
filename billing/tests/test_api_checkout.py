"""POST /api/billing/checkout/: one page of Stripe's to buy on, and never two ways to buy at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts import organizations
from accounts.models import Organization, User
from accounts.tiers import Tier
from billing import catalogue as plans
from billing import errors, purchases
from billing.gateway import client
from billing.models import Attempt, StripeSubscription
from billing.purchases import Order
from billing.tests.buying import DECLINED_WHEN_CHARGED, at_stripe, statuses, tier
from billing.tests.calling import Caller, refused
from sandbox.transport import InProcessClient

PATH, SUBSCRIPTION, PREMIUM = "/api/billing/checkout/", "/api/billing/subscription/", {"plan": "premium"}
OPEN = ("POST", "/v1/checkout/sessions")
Pay = Callable[..., None]


@pytest.fixture
def caller(catalogue: Any, charlie: User) -> Caller:
    return Caller(charlie)


# --- Buying ---------------------------------------------------------------------------------------------------------


def test_what_is_bought_there_comes_in_by_the_mirror(
    caller: Caller, catalogue: Any, pay: Pay, his: Organization, calls: list[Any]
) -> None:
    answer = caller.post(PATH, **PREMIUM)
    assert calls == [("POST", "/v1/customers"), OPEN]
    page = answer.json()
    assert page["expires_at"] == "2027-01-16T00:00:00Z"
    pay(page["id"])
    catalogue.deliver()

    assert tier(his) == Tier.PREMIUM
    assert caller.get(SUBSCRIPTION).json()["plan"] == "premium"
    attempt = Attempt.objects.get(kind="checkout")
    assert (attempt.state, attempt.result) == ("done", StripeSubscription.objects.get().stripe_id)


def test_the_page_asks_for_what_our_own_would(
    caller: Caller, catalogue: Any, machines: Any, charlie: User, bob: User
) -> None:
    shared = organizations.create(charlie, "Together")
    organizations.join(bob, shared)
    answer = caller.post(PATH, plan="business", items={"a10g": 2})

    (session,) = at_stripe(catalogue, "checkout.session")
    assert answer.json()["url"] == session["url"]
    assert session["amount_total"] == 2 * 4000 + 2 * 85000
    assert session["metadata"]["namespace"] == settings.STRIPE_NAMESPACE
    assert session["success_url"].startswith(f"{settings.BASE_URL}/subscribe/checked-out/?session_id=")
    assert session["cancel_url"] == f"{settings.BASE_URL}/pricing/"


def test_who_comes_back_has_it_before_any_event(
    caller: Caller, catalogue: Any, pay: Pay, his: Organization, calls: list[Any]
) -> None:
    session = caller.post(PATH, **PREMIUM).json()["id"]
    pay(session)
    calls.clear()
    back = caller.get(f"/subscribe/checked-out/?session_id={session}")

    assert (back.status_code, back.headers["Location"]) == (302, "/subscribe/done/")
    assert calls[0] == ("GET", f"/v1/checkout/sessions/{session}")
    assert tier(his) == Tier.PREMIUM
    before = StripeSubscription.objects.values().get()
    catalogue.deliver()
    assert StripeSubscription.objects.values().get() == before
    calls.clear()
    assert caller.get(f"/subscribe/checked-out/?session_id={session}").status_code == 302
    assert calls == []


def test_nobody_comes_back_from_somebody_elses_page(caller: Caller, alice: User, pay: Pay) -> None:
    session = caller.post(PATH, **PREMIUM).json()["id"]
    for path in (f"?session_id={session}", "?session_id=cs_nothing", "?session_id=%00", ""):
        assert Caller(alice).get(f"/subscribe/checked-out/{path}").status_code == 404


# --- Once -----------------------------------------------------------------------------------------------------------


def test_every_click_leads_to_the_same_page(caller: Caller, catalogue: Any) -> None:
    pages = [caller.post(PATH, **PREMIUM).json() for _ in range(3)]
    assert pages[0] == pages[1] == pages[2]
    assert len(statuses(catalogue, "checkout.session")) == 1


def test_another_order_closes_the_first_page(caller: Caller, catalogue: Any) -> None:
    first, second = caller.post(PATH, **PREMIUM).json(), caller.post(PATH, plan="starter").json()
    assert first["url"] != second["url"]
    assert sorted(statuses(catalogue, "checkout.session")) == ["expired", "open"]


def test_a_page_about_to_close_is_replaced(caller: Caller, catalogue: Any, charlie: User) -> None:
    first = caller.post(PATH, **PREMIUM).json()
    catalogue.advance(hours=11, minutes=30)
    assert Caller(charlie).post(PATH, **PREMIUM).json()["id"] != first["id"]
    assert sorted(statuses(catalogue, "checkout.session")) == ["expired", "open"]


def test_buying_with_a_card_closes_the_page(
    caller: Caller, catalogue: Any, card: Callable[..., str], pay: Pay
) -> None:
    page = caller.post(PATH, **PREMIUM).json()
    assert caller.post(SUBSCRIPTION, **PREMIUM, payment_method_id=card()).json()["status"] == "active"

    assert statuses(catalogue, "checkout.session") == ["expired"]
    with pytest.raises(Exception, match="no longer active"):
        pay(page["id"])
    assert statuses(catalogue, "subscription").count("active") == 1


@pytest.mark.parametrize("other", [PREMIUM, {"plan": "starter"}])
def test_who_has_paid_there_is_not_sold_a_second_one(
    caller: Caller, catalogue: Any, card: Callable[..., str], pay: Pay, other: dict[str, str]
) -> None:
    pay(caller.post(PATH, **PREMIUM).json()["id"])  # and no event has told us
    answers = [
        caller.post(PATH, **other),
        caller.post(SUBSCRIPTION, plan="starter", payment_method_id=card()),
    ]
    assert [refused(answer)[:2] for answer in answers] == [(409, "already_subscribed")] * 2
    assert (statuses(catalogue, "subscription").count("active"), StripeSubscription.objects.count()) == (1, 1)


def test_a_page_opened_meanwhile_stands_in_the_way_of_a_purchase(caller: Caller, his: Organization) -> None:
    """Another process has opened it since this purchase saw that there is none: the lock tells."""
    caller.post(PATH, **PREMIUM)
    premium = plans.find("premium")
    assert premium
    with pytest.raises(errors.PurchaseUnderWay):
        purchases.begin(Order(his, premium, "month"))


def test_a_purchase_that_was_begun_otherwise_comes_first(caller: Caller) -> None:
    caller.post(SUBSCRIPTION, **PREMIUM)  # awaits its card
    assert refused(caller.post(PATH, **PREMIUM))[:2] == (409, "purchase_under_way")


def test_a_card_declined_there_leaves_no_obstacle(
    caller: Caller, catalogue: Any, card: Callable[..., str], pay: Pay
) -> None:
    page = caller.post(PATH, **PREMIUM).json()
    pay(page["id"], DECLINED_WHEN_CHARGED)
    catalogue.deliver()
    assert caller.post(PATH, **PREMIUM).json() == page
    assert caller.post(SUBSCRIPTION, plan="starter", payment_method_id=card()).json()["status"] == "active"
    assert statuses(catalogue, "checkout.session") == ["expired"]
    assert statuses(catalogue, "subscription").count("active") == 1


# --- What is refused ------------------------------------------------------------------------------------------------


BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "plan"),
    ({"plan": "annual"}, "plan"),
    ({"plan": "premium", "interval": "day"}, "interval"),
    ({"plan": "premium", "amount": 1}, "amount"),
    ({"plan": "premium", "success_url": "https://evil.example"}, "success_url"),
    ({"plan": "premium", "items": {"a10g": 1}}, "items.a10g"),
    ({"plan": "business", "items": {"a10g": "1"}}, "items.a10g"),
]


def test_malformed_orders_open_nothing(caller: Caller, calls: list[Any]) -> None:
    for body, param in BAD:
        status, _code, named = refused(caller.post(PATH, **body))
        assert (body, status, named) == (body, 400, param)
    assert calls == []


def test_members_are_told_whom_to_ask(catalogue: Any, bob: User, alice: User, acme: Organization) -> None:
    organizations.switch(bob, acme)
    assert refused(Caller(bob).post(PATH, **PREMIUM))[:2] == (403, "permission_denied")


# --- At once --------------------------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_pages_and_purchases_at_once_leave_one_way_to_pay(
    catalogue: Any, charlie: User, card: Callable[..., str]
) -> None:
    """Six people with the same idea: whoever wins, at most one thing can be paid, or is."""
    method = card()

    def click(number: int) -> int:
        caller = Caller(charlie)
        try:
            if number % 2:
                return int(caller.post(PATH, **PREMIUM).status_code)
            return int(caller.post(SUBSCRIPTION, plan="starter", payment_method_id=method).status_code)
        finally:
            connection.close()

    with (
        client.using(InProcessClient(catalogue.sandbox, retry_delay=0.2)),
        ThreadPoolExecutor(6) as pool,
    ):
        answers = set(pool.map(click, range(6)))
    assert answers <= {200, 409, 503}
    bought, pages = statuses(catalogue, "subscription"), statuses(catalogue, "checkout.session")
    assert bought.count("active") + pages.count("open") <= 1
    assert len(at_stripe(catalogue, "customer")) == 1
