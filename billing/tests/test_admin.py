"""The admin of billing: the inbox, an organization at a glance, and rows that nobody may change by hand."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from accounts.models import Organization, User
from accounts.tiers import Tier
from billing import catalogue as plans
from billing import dashboard, grants, models, subscriptions
from billing.models import Event, StripeSubscription
from sandbox.transport import InProcessClient

MIRRORED = [
    models.Attempt,
    models.Difference,
    models.Event,
    models.Mail,
    models.MirroredObject,
    models.Reconciliation,
    models.Reversal,
    models.StripeCustomer,
    models.StripeInvoice,
    models.StripePaymentMethod,
    models.StripePrice,
    models.StripeProduct,
    models.StripeSubscription,
]


@pytest.fixture
def staff(db: None, stripe_sandbox: Any) -> User:
    return User.objects.create_superuser("staff@turnpike.example", "a password")


@pytest.fixture
def desk(staff: User) -> Client:
    """A browser signed in to the admin."""
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def premium(catalogue: Any, delta: Organization, card: Callable[..., str]) -> StripeSubscription:
    plan = plans.find("premium")
    assert plan is not None
    bought = subscriptions.start(delta, plan, "month", card())
    catalogue.deliver()
    return StripeSubscription.objects.get(stripe_id=bought.subscription_id)


def glance(organization: Organization) -> str:
    return f"/admin/accounts/organization/{organization.pk}/billing/"


def poison(**fields: Any) -> Event:
    return Event.objects.create(stripe_id="evt_poison", type="invoice.paid", created=timezone.now(), **fields)


@pytest.mark.parametrize("model", MIRRORED, ids=lambda model: model.__name__)
def test_rows_are_listed_and_nobody_may_write_them(desk: Client, model: Any) -> None:
    url = f"/admin/billing/{model._meta.model_name}/"
    assert desk.get(url).status_code == 200
    assert desk.get(f"{url}add/").status_code == 403
    site = admin.site.get_model_admin(model)
    request: Any = type("Request", (), {"user": User.objects.get()})()
    assert not site.has_change_permission(request)
    assert not site.has_delete_permission(request)


def test_everything_about_an_organization_is_on_one_page(
    desk: Client, premium: StripeSubscription, staff: User
) -> None:
    organization = premium.organization
    grants.give(organization, Tier.BUSINESS, until=None, why="for the pilot", by=staff)
    organization.refresh_from_db()
    page = desk.get(glance(organization)).content.decode()
    invoice = organization.invoices.get()
    for shown in (
        premium.stripe_id,
        premium.customer_id,
        invoice.stripe_id,
        "for the pilot",
        "visa 4242",
        "$20.00",
        "invoice.paid",
        f"{settings.STRIPE_SANDBOX_URL}/dashboard/subscriptions/{premium.stripe_id}",
        organization.current_access().why,
    ):
        assert str(shown) in page, shown
    assert "not what these rows give" not in page


def test_an_organization_that_never_bought_has_a_page_too(desk: Client, delta: Organization) -> None:
    page = desk.get(glance(delta)).content.decode()
    assert "Not a customer at Stripe yet." in page
    assert "<td>Free</td>" in page


def test_its_own_page_leads_there(desk: Client, delta: Organization) -> None:
    assert glance(delta) in desk.get(f"/admin/accounts/organization/{delta.pk}/change/").content.decode()


def test_a_decision_that_does_not_follow_from_the_rows_is_said(
    desk: Client, premium: StripeSubscription
) -> None:
    Organization.objects.filter(pk=premium.organization_id).update(access=[])
    assert "not what these rows give" in desk.get(glance(premium.organization)).content.decode()


def test_a_button_compares_it_with_stripe_and_mends(
    desk: Client, catalogue: Any, premium: StripeSubscription
) -> None:
    account = stripe.StripeClient(settings.STRIPE_SECRET_KEY, http_client=InProcessClient(catalogue.sandbox))
    account.v1.subscriptions.cancel(premium.stripe_id)
    catalogue.sandbox.deliveries.drop()
    page = desk.post(glance(premium.organization), follow=True).content.decode()
    assert "Differences: 1. Mended: 1." in page
    premium.refresh_from_db()
    assert premium.status == "canceled"


def test_the_button_says_when_stripe_cannot_be_asked(
    desk: Client, catalogue: Any, premium: StripeSubscription
) -> None:
    catalogue.sandbox.faults.add("cut", times=99)
    page = desk.post(glance(premium.organization), follow=True).content.decode()
    assert "does not answer" in page


def test_it_is_for_staff_with_the_permission(premium: StripeSubscription, alice: User) -> None:
    client = Client()
    client.force_login(alice)
    assert client.get(glance(premium.organization)).status_code == 302
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert client.get(glance(premium.organization)).status_code == 403
    assert client.post(glance(premium.organization)).status_code == 403


def test_an_unknown_organization_is_404(desk: Client) -> None:
    assert desk.get("/admin/accounts/organization/999999/billing/").status_code == 404


def test_the_inbox_shows_an_events_payload_and_error_without_running_it(desk: Client) -> None:
    event = poison(payload='{"name": "<script>alert(1)</script>"}', state="parked", error="ValueError: x")
    page = desk.get(f"/admin/billing/event/{event.pk}/change/").content.decode()
    assert "ValueError: x" in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_an_event_can_be_replayed_from_the_inbox(
    desk: Client, catalogue: Any, premium: StripeSubscription
) -> None:
    event = Event.objects.filter(type="invoice.paid").latest("pk")
    Event.objects.filter(pk=event.pk).update(state="parked", attempts=12, error="ValueError: x")
    action = {"action": "replay", "_selected_action": [event.pk]}
    page = desk.post("/admin/billing/event/", action, follow=True).content.decode()
    assert "1 event was processed." in page
    event.refresh_from_db()
    assert (event.state, event.error) == ("done", "")


def test_the_inbox_can_be_filtered_and_searched(desk: Client) -> None:
    poison(state="failed")
    assert "evt_poison" in desk.get("/admin/billing/event/?state__exact=failed&q=poison").content.decode()
    assert "evt_poison" not in desk.get("/admin/billing/event/?state__exact=done").content.decode()


@pytest.mark.parametrize(
    ("sandbox", "live", "url"),
    [
        ("http://127.0.0.1:8001", False, "http://127.0.0.1:8001/dashboard/customers/cus_1"),
        ("", False, "https://dashboard.stripe.com/test/customers/cus_1"),
        ("", True, "https://dashboard.stripe.com/customers/cus_1"),
    ],
)
def test_links_lead_to_the_dashboard_in_use(settings: Any, sandbox: str, live: bool, url: str) -> None:
    settings.STRIPE_SANDBOX_URL, settings.STRIPE_LIVE_MODE = sandbox, live
    assert dashboard.url("customer", "cus_1") == url
    assert dashboard.url("payment_method", "pm_1") == ""
