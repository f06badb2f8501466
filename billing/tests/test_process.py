"""What becomes of an event: applied once, ignored with a reason, tried again, parked, replayed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Organization
from accounts.tiers import Tier
from billing.gateway import objects
from billing.models import Event, MirroredObject, StripeInvoice
from billing.tests.events import event, post
from billing.webhooks import notices, registry

pytestmark = pytest.mark.django_db

State, Reason = Event.State, Event.Reason


def at_stripe(kind: str, stripe_id: str, **changes: Any) -> dict[str, Any]:
    """The object as it is at Stripe, as an event would show it."""
    answer = objects.fetch(kind, stripe_id)
    assert answer
    return {**answer.data, **changes}


def tier(organization: Organization) -> str:
    organization.refresh_from_db()
    return organization.tier


# --- The usual case -----------------------------------------------------------------------------------------------


def test_a_usual_event_of_a_subscription_takes_at_most_eight_statements_and_no_call(
    stripe_sandbox, subscribed, delta, calls, django_assert_max_num_queries
):
    data = at_stripe("subscription", subscribed.stripe_id, status="past_due")
    data["items"]["data"][0]["quantity"] = 3
    calls.clear()
    with django_assert_max_num_queries(8 + 2):  # BEGIN and COMMIT are counted here
        answer = post(event(data, "customer.subscription.updated"))
    assert answer.status_code == 200
    assert calls == []
    subscribed.refresh_from_db()
    assert (subscribed.status, subscribed.items.get().quantity) == ("past_due", 3)
    assert tier(delta) == Tier.PREMIUM


def test_events_of_other_kinds_take_at_most_four_statements_and_no_call(
    stripe_sandbox, subscribed, delta, calls, django_assert_max_num_queries
):
    intent = MirroredObject.objects.get(kind="payment_intent")
    customer = at_stripe("customer", delta.stripe_customer_id, delinquent=True)
    usual = [
        event(at_stripe("invoice", subscribed.latest_invoice_id, amount_remaining=7), "invoice.updated"),
        event(customer, "customer.updated"),
        event(at_stripe("product", "turnpike-premium", name="New"), "product.updated"),
        event(at_stripe("payment_intent", intent.stripe_id, amount=7), "payment_intent.succeeded"),
    ]
    calls.clear()
    for one in usual:
        with django_assert_max_num_queries(4 + 2):
            assert post(one).status_code == 200
    assert calls == []
    assert StripeInvoice.objects.get().amount_remaining == 7
    assert delta.customers.get().delinquent


def test_an_event_that_says_nothing_new_writes_no_row_but_its_own(
    stripe_sandbox, subscribed, calls, django_assert_max_num_queries
):
    data = at_stripe("subscription", subscribed.stripe_id)
    for _again in range(2):  # the first one is newer, the second is of the same second
        calls.clear()
        with django_assert_max_num_queries(8 + 2):
            assert post(event(data, "customer.subscription.updated")).status_code == 200
        assert calls == []
    assert MirroredObject.objects.get(stripe_id=subscribed.stripe_id).as_of == timezone.now()


# --- Once ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def reacted() -> Iterator[list[str]]:
    """The ids of the events that a handler of `invoice.sent` has seen."""
    seen: list[str] = []

    @registry.on("invoice.sent")
    def note(notice: notices.Notice, guard: MirroredObject) -> None:
        """Count."""
        seen.append(notice.id)

    yield seen
    registry._handlers["invoice.sent"].remove(note)


def test_an_event_five_times_at_all_urls_has_one_effect(subscribed, reacted):
    """F1, F3."""
    sent = event(at_stripe("invoice", subscribed.latest_invoice_id, amount_due=5), "invoice.sent")
    urls = ["/api/stripe-webhooks/", "/stripe-webhook", "/integrations/stripe/webhooks"]
    for url in [*urls, *urls[:2]]:
        assert post(sent, url=url).status_code == 200
    # The handler ran again inside transactions that were rolled back; what it wrote there is gone.
    assert Event.objects.filter(stripe_id=sent["id"], state=State.DONE).count() == 1


def test_a_handler_that_raises_leaves_nothing_written_and_the_event_failed_until_it_is_sent_again(subscribed):
    """F29."""
    trouble = [True]

    @registry.on("invoice.sent")
    def stumble(notice: notices.Notice, guard: MirroredObject) -> None:
        """Fails the first two times."""
        if trouble:
            raise LookupError("the second line\nis not kept")

    try:
        sent = event(at_stripe("invoice", subscribed.latest_invoice_id, amount_due=5), "invoice.sent")
        assert post(sent).status_code == 500
        stored = Event.objects.get(stripe_id=sent["id"])
        assert (stored.state, stored.attempts) == (State.FAILED, 1)
        assert stored.error == "LookupError: the second line"
        assert StripeInvoice.objects.get().amount_due == 2000
        trouble.clear()
        assert post(sent).status_code == 200
    finally:
        registry._handlers["invoice.sent"].remove(stumble)
    stored.refresh_from_db()
    assert (stored.state, stored.error, stored.leased_until) == (State.DONE, "", None)
    assert StripeInvoice.objects.get().amount_due == 5


# --- Not ours -----------------------------------------------------------------------------------------------------


def ignored(payload: dict[str, Any]) -> tuple[str, str]:
    assert post(payload).status_code == 200
    stored = Event.objects.get(stripe_id=payload["id"])
    return stored.reason, stored.payload


@pytest.mark.parametrize("live", [True, False])
def test_an_event_of_the_other_mode_is_ignored_without_a_call(subscribed, calls, settings, live):
    """F17."""
    told = event(at_stripe("customer", subscribed.customer_id, name="x"), livemode=live)
    settings.STRIPE_LIVE_MODE = not live
    calls.clear()
    assert ignored(told) == (Reason.WRONG_MODE, "")
    assert calls == []


def test_an_event_of_a_connected_account_is_ignored(subscribed):
    """F20."""
    assert (
        ignored(event(at_stripe("customer", subscribed.customer_id), account="acct_1"))[0]
        == "connected_account"
    )


@pytest.mark.parametrize(
    "data", [{"id": "topup_1", "object": "topup"}, {"object": "balance"}, {"object": "customer", "id": ""}]
)
def test_a_type_that_means_nothing_is_ignored(db, data):
    """F22."""
    assert ignored(event(data, "topup.created"))[0] == Reason.UNKNOWN_TYPE


def test_what_bears_another_namespace_is_ignored_without_a_call_or_a_row(catalogue, calls):
    """F18."""
    data = {"id": "prod_x", "object": "product", "name": "Premium", "metadata": {"namespace": "other"}}
    before = MirroredObject.objects.count()
    assert ignored(event(data)) == (Reason.FOREIGN, "")
    assert calls == []
    assert MirroredObject.objects.count() == before


@pytest.mark.parametrize("key", ["user", "turnpike_organization"])
def test_what_belongs_to_a_customer_that_is_not_ours_is_ignored_and_asked_about_once(
    catalogue, calls, delta, key
):
    """F19."""
    from billing.gateway import client

    metadata = {key: str(delta.pk)}
    stranger = client.connected().v1.customers.create({"email": "x@y.example", "metadata": metadata})["id"]
    calls.clear()
    for number in range(3):
        invoice = {"id": f"in_{number}", "object": "invoice", "customer": stranger, "metadata": {}}
        assert ignored(event(invoice)) == (Reason.FOREIGN, "")
    assert calls == [("GET", f"/v1/customers/{stranger}")]
    assert not MirroredObject.objects.filter(kind="invoice").exists()


def test_an_unknown_customer_of_ours_is_adopted_with_what_belongs_to_it(catalogue, delta):
    """F19."""
    from billing import gateway

    made = gateway.customers.create(organization=delta.pk, name="Delta", email="", key="lost").data["id"]
    item = gateway.client.connected().v1.invoice_items.create(
        {"customer": made, "amount": 500, "currency": "usd"}
    )
    assert item["id"]
    gateway.client.connected().v1.invoices.create(
        {"customer": made, "pending_invoice_items_behavior": "include"}
    )
    catalogue.deliver(pattern="invoice.created")
    delta.refresh_from_db()
    assert delta.stripe_customer_id == made
    assert delta.invoices.get().total == 500


def test_when_stripe_cannot_say_whose_it_is_the_event_waits(catalogue, stripe_sandbox):
    """F19."""
    stripe_sandbox.sandbox.faults.add("error", path="/v1/customers/*", status=500, times=9)
    invoice = event({"id": "in_1", "object": "invoice", "customer": "cus_unknown", "metadata": {}})
    for _twice in ("Stripe is down", "our key may be another account's"):
        assert post(invoice).status_code == 500
        assert Event.objects.get(stripe_id=invoice["id"]).state == State.FAILED
        stripe_sandbox.sandbox.faults.clear()


# --- In doubt -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2024-06-20", None, "2026-10-28.endive"])
def test_an_event_of_another_version_is_fetched_with_ours(stripe_sandbox, subscribed, calls, version):
    """F21."""
    odd = {"id": subscribed.stripe_id, "object": "subscription", "customer": subscribed.customer_id}
    calls.clear()
    assert post(event(odd, "customer.subscription.updated", api_version=version)).status_code == 200
    assert ("GET", f"/v1/subscriptions/{subscribed.stripe_id}") in calls
    subscribed.refresh_from_db()
    assert subscribed.status == "active"


def test_an_old_event_of_a_test_clock_is_fetched_since_its_time_is_another(subscribed, calls):
    long_ago = int((timezone.now() - timedelta(days=900)).timestamp())
    clocked = at_stripe("subscription", subscribed.stripe_id, test_clock="clock_1", status="canceled")
    calls.clear()
    assert post(event(clocked, "customer.subscription.updated", created=long_ago)).status_code == 200
    assert calls == [("GET", f"/v1/subscriptions/{subscribed.stripe_id}")]
