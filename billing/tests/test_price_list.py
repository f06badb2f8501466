"""What somebody sees is what they are charged: the price at Stripe, also before `upsert_catalogue` changed it.

In these tests the catalogue has just become dearer than what Stripe has.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import catalogue as plans
from billing import subscriptions
from billing.doctor import here
from billing.models import InstanceType, StripePrice
from billing.tests.calling import Caller

PREMIUM, A10G = "turnpike:premium:month:usd", "turnpike:instance:a10g:month:usd"


@pytest.fixture
def cheaper(catalogue: Any, machines: Any) -> None:
    """Premium is 19 dollars at Stripe, and a machine 800."""
    StripePrice.objects.filter(lookup_key=PREMIUM).update(amount=1900)
    StripePrice.objects.filter(lookup_key=A10G).update(amount=80_000)


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root@turnpike.example"))
    return client


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.mark.usefixtures("cheaper")
def test_the_pricing_page_and_the_order_say_the_same(charlie: User, client: Client) -> None:
    client.force_login(charlie)
    pricing, order = text(client, "/pricing/"), text(client, "/subscribe/premium/month/")
    assert "$19" in pricing
    assert "$20" not in pricing
    assert "$19.00" in order


@pytest.mark.usefixtures("cheaper")
def test_what_a_year_saves_is_told_from_what_is_charged(charlie: User, client: Client) -> None:
    client.force_login(charlie)
    assert "$28" in text(client, "/pricing/?interval=year")  # 12 times 19, less 200
    assert "$28" in text(client, "/subscribe/premium/month/")


@pytest.mark.usefixtures("cheaper")
def test_so_does_the_list_of_the_api(client: Client) -> None:
    answer = client.get("/api/billing/plans/").json()
    (premium,) = [one for one in answer["plans"] if one["key"] == "premium"]
    (a10g,) = [one for one in answer["machines"] if one["key"] == "a10g"]
    assert premium["prices"][0] == {"interval": "month", "amount": 1900, "currency": "usd"}
    assert a10g["prices"] == [{"interval": "month", "amount": 80_000, "currency": "usd"}]


@pytest.mark.usefixtures("cheaper")
def test_so_does_a_closed_gate(charlie: User) -> None:
    answer = Caller(charlie).get("/api/trends/")
    assert answer.status_code == 402
    assert answer.json()["error"]["price"]["amount"] == 1900


@pytest.mark.usefixtures("cheaper")
def test_a_machine_costs_what_is_charged_for_it(charlie: User, client: Client) -> None:
    client.force_login(charlie)
    page = text(client, "/billing/machines/")
    assert "$800.00" in page
    assert "$850.00" not in page


def test_who_has_a_machine_or_a_plan_sees_their_own_price(
    catalogue: Any, machines: Any, charlie: User, client: Client, card: Callable[..., str]
) -> None:
    """A price that a subscriber has is kept when the price list changes."""
    his, business = charlie.organizations.get(personal=True), plans.find("business")
    assert business
    subscriptions.start(his, business, "month", card(), {"a10g": 1})
    StripePrice.objects.filter(lookup_key=A10G).update(amount=95_000)
    StripePrice.objects.filter(lookup_key="turnpike:business:month:usd").update(amount=4900)
    client.force_login(charlie)
    assert "$850.00" in text(client, "/billing/machines/")
    assert "$40" in text(client, "/pricing/")
    assert "$49" not in text(client, "/pricing/")


def test_before_stripe_has_any_price_the_catalogue_is_shown(db: None, client: Client) -> None:
    assert "$20" in text(client, "/pricing/")


@pytest.mark.usefixtures("cheaper")
def test_the_admin_says_what_waits_and_brings_it_to_stripe(admin: Client) -> None:
    listing = reverse("admin:billing_instancetype_changelist")
    assert "$800.00" in text(admin, listing)
    assert text(admin, listing).count("waits") == 1
    machine = InstanceType.objects.get(key="a10g")
    InstanceType.objects.update(amount=90_000)
    chosen = {"action": "bring_to_stripe", "_selected_action": [machine.pk]}
    answer = admin.post(listing, chosen, follow=True)
    assert "price turnpike:instance:a10g:month:usd 90000" in answer.content.decode()
    assert StripePrice.objects.get(lookup_key=A10G, active=True).amount == 90_000
    assert "waits" not in text(admin, listing)


def test_the_doctor_finds_prices_that_wait(catalogue: Any, cheaper: None) -> None:
    told = [f"{symptom.problem} {symptom.cure}" for symptom in here.examine()]
    assert [line for line in told if PREMIUM in line and "upsert_catalogue" in line]
