"""POST /api/billing/checkout/ when an answer, an event, a page or a customer is lost: nothing is bought twice."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts import organizations
from accounts.models import Organization, User
from accounts.tiers import Tier
from billing import reconcile
from billing.gateway import client
from billing.models import Attempt, StripeSubscription
from billing.tests.buying import statuses, tier
from billing.tests.calling import Caller, refused

PATH, SUBSCRIPTION, PREMIUM = "/api/billing/checkout/", "/api/billing/subscription/", {"plan": "premium"}
Pay = Callable[..., None]


@pytest.fixture
def caller(catalogue: Any, charlie: User) -> Caller:
    return Caller(charlie)


def test_a_lost_answer_opens_one_page(caller: Caller, catalogue: Any) -> None:
    catalogue.sandbox.faults.add("lost", path="/v1/checkout/sessions", times=9)
    assert refused(caller.post(PATH, **PREMIUM))[:2] == (503, "stripe_unavailable")
    catalogue.sandbox.faults.clear()
    assert caller.post(PATH, **PREMIUM).status_code == 200
    assert statuses(catalogue, "checkout.session") == ["open"]


def test_a_page_of_which_nobody_heard_is_closed_before_something_else_is_bought(
    caller: Caller, catalogue: Any, card: Callable[..., str]
) -> None:
    catalogue.sandbox.faults.add("lost", path="/v1/checkout/sessions", times=9)
    caller.post(PATH, **PREMIUM)
    catalogue.sandbox.faults.clear()
    assert caller.post(SUBSCRIPTION, plan="starter", payment_method_id=card()).json()["status"] == "active"
    assert statuses(catalogue, "checkout.session") == ["expired"]


def test_a_failure_that_stripe_stored_is_not_the_end(caller: Caller, catalogue: Any) -> None:
    catalogue.sandbox.faults.add("error", path="/v1/checkout/sessions", times=9, status=500)
    caller.post(PATH, **PREMIUM)
    catalogue.sandbox.faults.clear()
    assert caller.post(PATH, **PREMIUM).status_code == 200


def test_a_customer_that_was_deleted_is_made_anew(caller: Caller, catalogue: Any, his: Organization) -> None:
    caller.post("/api/billing/portal/")
    his.refresh_from_db()
    client.connected().v1.customers.delete(his.stripe_customer_id or "")
    assert caller.post(PATH, **PREMIUM).status_code == 200
    assert statuses(catalogue, "checkout.session") == ["open"]


def test_a_page_that_nobody_used_ends_with_its_event_or_is_found(
    caller: Caller, catalogue: Any, pay: Pay, his: Organization
) -> None:
    caller.post(PATH, **PREMIUM)
    run = reconcile.begin(mends=True)
    reconcile.carry_out(run)
    assert Attempt.objects.get(kind="checkout").state == "open"  # as it should be
    catalogue.advance(hours=13)
    catalogue.deliver()
    assert Attempt.objects.get(kind="checkout").error == "expired"


def test_a_page_whose_every_event_was_lost_is_found_to_be_paid(
    caller: Caller, catalogue: Any, pay: Pay, his: Organization
) -> None:
    pay(caller.post(PATH, **PREMIUM).json()["id"])
    catalogue.sandbox.deliveries.drop()
    catalogue.advance(hours=13)
    catalogue.sandbox.deliveries.drop()
    reconcile.carry_out(reconcile.begin(mends=True))
    assert Attempt.objects.get(kind="checkout").result == StripeSubscription.objects.get().stripe_id
    assert tier(his) == Tier.PREMIUM


def test_an_organization_that_is_closed_leaves_no_page_open(
    caller: Caller, catalogue: Any, charlie: User
) -> None:
    shared = organizations.create(charlie, "Together")
    caller.post(PATH, **PREMIUM)
    organizations.close(Organization.objects.get(pk=shared.pk))
    assert statuses(catalogue, "checkout.session") == ["expired"]
