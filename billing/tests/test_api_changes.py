"""Another plan, other machines, and what they would cost: PATCH subscription, PUT items, and the previews."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts import keys, organizations
from accounts.models import Membership, Scope, User
from billing import limits
from billing.gateway import client
from billing.models import StripeInvoice, StripeSubscription
from billing.tests.buying import A10G, ALWAYS_ASKS, T4
from billing.tests.calling import Caller, refused
from billing.tests.changing import new_default

SUBSCRIPTION, TAKE_BACK = "/api/billing/subscription/", "/api/billing/subscription/take-back/"
ITEMS, PREVIEW, ITEMS_PREVIEW = "/api/billing/items/", "/api/billing/preview/", "/api/billing/items/preview/"


@pytest.fixture
def caller(machines: Any, charlie: User) -> Caller:
    return Caller(charlie)


@pytest.fixture
def on(caller: Caller, card: Callable[..., str], machines: Any, charlie: User) -> Callable[[str], Caller]:
    """Charlie, who has paid for a plan, in the middle of January."""

    def subscribe(plan: str) -> Caller:
        bought = caller.post(SUBSCRIPTION, plan=plan, payment_method_id=card())
        assert bought.json()["status"] == "active"
        machines.deliver()
        machines.advance(days=15, hours=12)
        return Caller(charlie)  # a sign-in does not last that long

    return subscribe


def has() -> dict[str, int]:
    return StripeSubscription.objects.get().machines


# --- What it would cost -------------------------------------------------------------------------------------------


def test_a_purchase_is_previewed_to_the_cent_and_makes_nothing(
    caller: Caller, calls: list[Any], django_assert_num_queries: Any
) -> None:
    # Session, user, role; limits: two; subscriptions: thrice; members; instance types, prices.
    with django_assert_num_queries(11):
        answer = caller.post(PREVIEW, plan="business", items={"a10g": 2})

    assert calls == [("POST", "/v1/invoices/create_preview")]
    body = answer.json()
    assert (body["due_now"], body["recurring"]) == (4000 + 2 * A10G, 4000 + 2 * A10G)
    assert [(part["code"], part["quantity"]) for part in body["parts"]] == [
        ("business", 1),
        ("instance:a10g", 2),
    ]
    assert not StripeSubscription.objects.exists()


def test_a_customer_that_was_deleted_sees_prices_as_somebody_new(caller: Caller, charlie: User) -> None:
    caller.post("/api/billing/payment-methods/")
    organization = charlie.organizations.get(personal=True)
    client.connected().v1.customers.delete(organization.stripe_customer_id or "")
    assert caller.post(PREVIEW, plan="premium").json()["due_now"] == 2000


def test_a_change_costs_what_its_preview_says(on: Callable[[str], Caller], calls: list[Any]) -> None:
    caller = on("premium")
    calls.clear()
    shown = caller.post(PREVIEW, plan="business").json()
    assert len(calls) == 1
    changed = caller.patch(SUBSCRIPTION, plan="business", proration_date=shown["proration_date"])

    assert changed.json()["outcome"] == "done"
    assert changed.json()["subscription"]["tier"] == "business"
    assert StripeInvoice.objects.filter(status="paid").latest("pk").amount_paid == shown["due_now"] == 1000


def test_machines_are_previewed_and_then_had_in_one_call(
    on: Callable[[str], Caller], calls: list[Any]
) -> None:
    caller = on("business")
    calls.clear()
    shown = caller.post(ITEMS_PREVIEW, items={"a10g": 2, "t4": 1}).json()
    assert shown["due_now"] == A10G + T4 // 2
    answer = caller.put(ITEMS, items={"a10g": 2, "t4": 1}, proration_date=shown["proration_date"]).json()

    assert [method for method, _path in calls] == ["POST", "POST"]
    assert (answer["outcome"], answer["items"]) == ("done", {"a10g": 2, "t4": 1})
    assert has() == {"a10g": 2, "t4": 1}


def test_what_goes_is_shown_as_credit(on: Callable[[str], Caller], machines: Any) -> None:
    caller = on("business")
    caller.put(ITEMS, items={"a10g": 1})
    machines.advance(seconds=5)
    shown = caller.post(ITEMS_PREVIEW, items={}).json()
    assert (shown["due_now"], shown["credit"]) == (0, A10G // 2)
    assert caller.put(ITEMS, items={}).json()["items"] == {}


def test_a_key_that_may_only_read_may_look_at_prices(on: Callable[[str], Caller], charlie: User) -> None:
    on("business")
    mine = Membership.objects.select_related("organization").get(user=charlie)
    _key, secret = keys.make(mine, "prices", Scope.READ)
    reader = Caller(charlie)
    reader.client.logout()
    reader.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"

    assert reader.post(ITEMS_PREVIEW, items={"t4": 1}).status_code == 200
    assert refused(reader.put(ITEMS, items={"t4": 1})) == (403, "insufficient_scope", None)


# --- What is had ---------------------------------------------------------------------------------------------------


def test_what_is_paid_for_is_read_from_our_rows(
    on: Callable[[str], Caller], calls: list[Any], django_assert_num_queries: Any
) -> None:
    caller = on("business")
    caller.put(ITEMS, items={"t4": 3})
    calls.clear()
    with django_assert_num_queries(5):  # session, user; subscription, items, instance types
        answer = caller.get(ITEMS).json()

    assert calls == []
    assert answer == {
        "items": {"t4": 3},
        "parts": [
            {
                "code": "business",
                "name": "Open SEC Data Business",
                "amount": 4000,
                "quantity": 1,
                "total": 4000,
            },
            {"code": "instance:t4", "name": "NVIDIA T4", "amount": T4, "quantity": 3, "total": 3 * T4},
        ],
        "recurring": 4000 + 3 * T4,
        "currency": "usd",
        "interval": "month",
    }


def test_without_a_subscription_there_is_nothing_to_list(caller: Caller) -> None:
    assert caller.get(ITEMS).json() == {
        "items": {},
        "parts": [],
        "recurring": 0,
        "currency": None,
        "interval": None,
    }


# --- Later, and taken back -----------------------------------------------------------------------------------------


def test_less_is_scheduled_and_can_be_taken_back(on: Callable[[str], Caller], machines: Any) -> None:
    caller = on("premium")
    answer = caller.patch(SUBSCRIPTION, plan="starter").json()
    assert (answer["outcome"], answer["at"]) == ("scheduled", "2027-02-15T12:00:00Z")
    assert answer["subscription"]["next"]["amount"] == 500

    assert caller.post(TAKE_BACK).json()["next"]["amount"] == 2000
    assert caller.post(TAKE_BACK).status_code == 200  # once more changes nothing


def test_the_interval_alone_can_be_changed(on: Callable[[str], Caller]) -> None:
    answer = on("premium").patch(SUBSCRIPTION, interval="year").json()
    assert (answer["subscription"]["plan"], answer["subscription"]["interval"]) == ("premium", "year")


def test_what_the_bank_asks_about_comes_with_a_secret(on: Callable[[str], Caller], card: Any) -> None:
    caller = on("premium")
    new_default(StripeSubscription.objects.get().organization, card(ALWAYS_ASKS))
    answer = caller.patch(SUBSCRIPTION, plan="business").json()
    assert answer["outcome"] == "awaiting_payment"
    assert "_secret_" in answer["client_secret"]
    assert answer["subscription"]["tier"] == "premium"


# --- What is refused -----------------------------------------------------------------------------------------------


BAD_ITEMS: list[tuple[Any, str]] = [
    ({}, "items"),
    ({"items": None}, "items"),
    ({"items": []}, "items"),
    ({"items": {"a10g": "2"}}, "items.a10g"),
    ({"items": {"a10g": 1.0}}, "items.a10g"),
    ({"items": {"a10g": True}}, "items.a10g"),
    ({"items": {"a10g": -1}}, "items.a10g"),
    ({"items": {"a10g": 101}}, "items.a10g"),
    ({"items": {"a10g": 10**30}}, "items.a10g"),
    ({"items": {"nothing": 1}}, "items.nothing"),
    ({"items": {"a10g": 1}, "price": 1}, "price"),
]
BAD_CHANGES: list[tuple[Any, str]] = [
    ({}, "plan"),
    ({"plan": "annual"}, "plan"),
    ({"plan": 1}, "plan"),
    ({"interval": "week"}, "interval"),
    ({"plan": "business", "proration_date": "yesterday"}, "proration_date"),
    ({"plan": "business", "proration_date": "2027-01-30T12:00:00"}, "proration_date"),
    ({"plan": "business", "proration_date": "2031-01-30T12:00:00Z"}, "proration_date"),
    ({"plan": "business", "items": {}}, "items"),
    ({"plan": "business", "amount": 1}, "amount"),
]


def test_malformed_items_change_nothing_and_ask_nobody(on: Callable[[str], Caller], calls: list[Any]) -> None:
    caller = on("business")
    calls.clear()
    for body, param in BAD_ITEMS:
        for call, path in ((caller.put, ITEMS), (caller.post, ITEMS_PREVIEW)):
            status, _code, named = refused(call(path, **body))
            assert (body, status, named) == (body, 400, param)
    assert (calls, has()) == ([], {})


def test_malformed_changes_change_nothing_and_ask_nobody(
    on: Callable[[str], Caller], calls: list[Any]
) -> None:
    caller = on("premium")
    calls.clear()
    for body, param in BAD_CHANGES:
        status, _code, named = refused(caller.patch(SUBSCRIPTION, **body))
        assert (body, status, named) == (body, 400, param)
    assert calls == []
    assert caller.get(SUBSCRIPTION).json()["plan"] == "premium"


def test_a_price_of_another_day_is_not_had(on: Callable[[str], Caller]) -> None:
    caller = on("premium")
    answer = caller.patch(SUBSCRIPTION, plan="business", proration_date="2027-01-30T00:00:00+00:00")
    assert refused(answer) == (409, "preview_too_old", None)


def test_who_has_nothing_has_nothing_to_change(caller: Caller) -> None:
    assert refused(caller.patch(SUBSCRIPTION, plan="premium"))[:2] == (409, "no_subscription")
    assert refused(caller.put(ITEMS, items={"t4": 1}))[:2] == (409, "no_subscription")
    assert refused(caller.post(TAKE_BACK))[:2] == (409, "no_subscription")
    assert refused(caller.post(PREVIEW))[0::2] == (400, "plan")


def test_a_subscribers_machines_have_a_preview_of_their_own(on: Callable[[str], Caller]) -> None:
    assert refused(on("business").post(PREVIEW, plan="business", items={}))[0::2] == (400, "items")


def test_changes_and_previews_are_for_owners_and_admins(
    on: Callable[[str], Caller], charlie: User, bob: User
) -> None:
    on("business")
    shared = organizations.create(charlie, "Together")
    organizations.join(bob, shared)
    organizations.switch(bob, shared)
    member = Caller(bob)
    for method, path, body in [
        ("patch", SUBSCRIPTION, {"plan": "premium"}),
        ("put", ITEMS, {"items": {}}),
        ("post", PREVIEW, {"plan": "premium"}),
        ("post", ITEMS_PREVIEW, {"items": {}}),
        ("post", TAKE_BACK, {}),
    ]:
        assert refused(getattr(member, method)(path, **body))[:2] == (403, "permission_denied")
    assert member.get(ITEMS).status_code == 200


def test_looking_at_prices_has_a_limit(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOOKS", limits.Limit("looks", 1, 9, "Try again after %(time)s."))
    assert caller.post(PREVIEW, plan="premium").status_code == 200
    answer = caller.post(PREVIEW, plan="premium")
    assert refused(answer)[:2] == (429, "throttled")
    assert answer.headers["Retry-After"]
