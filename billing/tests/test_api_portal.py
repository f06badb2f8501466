"""POST /api/billing/portal/: Stripe's page for customers, which leads back to us and nowhere else."""

from typing import Any

import pytest
from django.conf import settings

from accounts import organizations
from accounts.models import Organization, User
from billing import portal_page
from billing.models import StripeSubscription
from billing.tests.buying import at_stripe
from billing.tests.calling import Caller, refused

PATH = "/api/billing/portal/"
CALL = ("POST", "/v1/billing_portal/sessions")


@pytest.fixture
def subscriber(catalogue: Any, charlie: User, subscribe: Any) -> Caller:
    subscribe(charlie)
    return Caller(charlie)


def visits(stripe: Any) -> list[dict[str, Any]]:
    return at_stripe(stripe, "billing_portal.session")


def test_the_whole_page_for_one_visit(subscriber: Caller, catalogue: Any, calls: list[Any]) -> None:
    answer = subscriber.post(PATH)
    (visit,) = visits(catalogue)

    assert calls == [CALL]
    assert answer.json() == {"url": visit["url"]}
    assert answer.headers["Cache-Control"] == "no-store"
    assert (visit["flow"], visit["return_url"]) == (None, f"{settings.BASE_URL}/billing/")
    assert visit["customer"] == StripeSubscription.objects.get().customer_id


def test_deep_links_open_one_thing_and_lead_back(subscriber: Caller, catalogue: Any) -> None:
    for flow, theirs in (("update_card", "payment_method_update"), ("cancel", "subscription_cancel")):
        assert subscriber.post(PATH, flow=flow, return_to="account").status_code == 200
        visit = visits(catalogue)[-1]
        back = f"{settings.BASE_URL}/account/"
        assert (visit["flow"]["type"], visit["return_url"]) == (theirs, back)
        assert visit["flow"]["after_completion"]["redirect"]["return_url"] == back
    cancels = visits(catalogue)[-1]["flow"]["subscription_cancel"]
    assert cancels["subscription"] == StripeSubscription.objects.get().stripe_id


def test_a_change_of_plan_leads_to_our_own_page_which_knows_the_price(
    subscriber: Caller, bob: User, calls: list[Any]
) -> None:
    assert subscriber.post(PATH, flow="change").json() == {"url": f"{settings.BASE_URL}/pricing/"}
    assert refused(Caller(bob).post(PATH, flow="change"))[:2] == (409, "no_subscription")
    assert calls == []


def test_our_configuration_is_used_where_there_is_one(subscriber: Caller, catalogue: Any) -> None:
    list(portal_page.upsert())
    subscriber.post(PATH)
    assert visits(catalogue)[-1]["configuration"] == portal_page.configuration() != ""


def test_who_never_bought_is_made_a_customer_first(catalogue: Any, charlie: User, calls: list[Any]) -> None:
    assert Caller(charlie).post(PATH, flow="update_card").status_code == 200
    assert calls == [("POST", "/v1/customers"), CALL]


def test_what_is_not_there_or_ends_cannot_be_cancelled(subscriber: Caller, bob: User) -> None:
    assert refused(Caller(bob).post(PATH, flow="cancel"))[:2] == (409, "no_subscription")
    subscriber.post("/api/billing/subscription/cancel/")
    assert refused(subscriber.post(PATH, flow="cancel"))[:2] == (409, "set_to_end")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"flow": "everything"}, "flow"),
        ({"flow": None}, "flow"),
        ({"flow": ["cancel"]}, "flow"),
        ({"return_to": "https://evil.example/"}, "return_to"),
        ({"return_to": "//evil.example"}, "return_to"),
        ({"return_url": "https://evil.example/"}, "return_url"),
        ({"customer": "cus_of_somebody_else"}, "customer"),
    ],
)
def test_nothing_else_is_taken(
    catalogue: Any, charlie: User, calls: list[Any], body: Any, param: str
) -> None:
    assert refused(Caller(charlie).post(PATH, **body)) == (400, "invalid", param)
    assert calls == []


def test_members_are_told_whom_to_ask(catalogue: Any, bob: User, alice: User, acme: Organization) -> None:
    organizations.switch(bob, acme)
    assert refused(Caller(bob).post(PATH))[:2] == (403, "permission_denied")
