"""The page on which a plan is renewed: whom it lets in, and what can be done there."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts import organizations
from accounts.models import Organization, User
from accounts.roles import Role
from billing import gateway, subscriptions
from billing.tests.buying import at_stripe
from portal import links
from portal.models import Sale, StateTaxRate
from portal.tests.visiting import path, stranger

Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]


@pytest.fixture
def owner(orchards: Organization) -> User:
    owner = User.objects.create_user("owner@orchards.example", name="Owner")
    organizations.join(owner, orchards, Role.OWNER)
    return owner


def renewing(organization: Organization) -> str:
    return f"/us/renew?domain={organization.pk}"


def test_a_guest_signs_in_first_whether_there_is_such_a_domain_or_not(
    client: Client, orchards: Organization
) -> None:
    for url in (renewing(orchards), "/us/renew?domain=999", "/us/renew?domain=x", "/us/renew"):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_another_organizations_domain_is_nobodys(
    orchards: Organization, charlie: User, signed_in: Callable[[User], Client]
) -> None:
    """A10."""
    there = signed_in(charlie)
    answers = [there.get(url) for url in (renewing(orchards), "/us/renew?domain=999", "/us/renew?domain=")]
    assert {answer.status_code for answer in answers} == {404}


def test_a_plain_member_does_not_renew(orchards: Organization, signed_in: Callable[[User], Client]) -> None:
    member = User.objects.create_user("member@orchards.example")
    organizations.join(member, orchards)
    assert signed_in(member).get(renewing(orchards)).status_code == 404


def test_a_plan_that_runs_is_not_sold_again(orchards: Organization, owner: User, client: Client) -> None:
    client.force_login(owner)
    page = client.get(renewing(orchards)).content.decode()
    assert "renews by itself on Jan. 15, 2028" in page
    client.post(renewing(orchards), {"act": "buy"})
    assert orchards.sales.count() == 1


def test_the_link_of_a_mail_opens_one_organizations_page_for_a_month(
    client: Client, orchards: Organization, order: Order, pay: Pay, catalogue: Any
) -> None:
    other = order(city="Troy")
    pay(other)
    catalogue.deliver()
    url = links.renewal_page(orchards, "us")
    assert client.get(path(url)).status_code == 200
    assert client.get(stranger(url, domain=str(other.organization_id))).status_code == 302
    assert client.get(stranger(url, key="made-up")).status_code == 302
    catalogue.advance(days=31)
    assert client.get(path(url)).status_code == 302


def test_a_plan_that_ended_is_bought_again_by_post_only(
    orchards: Organization, owner: User, client: Client, catalogue: Any, pay: Pay
) -> None:
    subscriptions.cancel(orchards.subscriptions.get(), now=True)
    catalogue.deliver()
    StateTaxRate.objects.filter(state="NY").update(percentage=5)
    client.force_login(owner)
    page = client.get(renewing(orchards)).content.decode()
    assert "$1,050.00" in page
    assert orchards.sales.count() == 1
    answers = [client.post(renewing(orchards), {"act": "buy"}) for _click in range(2)]
    new = orchards.sales.latest("pk")
    assert {answer["Location"] for answer in answers} == {path(links.checkout_page(new))}
    assert (orchards.sales.count(), new.total) == (2, 105_000)
    pay(new)
    catalogue.deliver()
    assert orchards.paid_years.count() == 2


def test_an_exempt_organization_sees_its_certificate_in_the_place_of_a_rate(
    client: Client, order: Order, pay: Pay, catalogue: Any
) -> None:
    sale = order(exemption="NY-123456")
    pay(sale)
    catalogue.deliver()
    subscriptions.cancel(sale.organization.subscriptions.get(), now=True)
    catalogue.deliver()
    page = client.get(path(links.renewal_page(sale.organization, "us"))).content.decode()
    assert "exempt, certificate NY-123456" in page
    assert "$1,000.00" in page


def test_a_scheduled_end_is_taken_back(
    orchards: Organization, owner: User, client: Client, catalogue: Any
) -> None:
    subscriptions.cancel(orchards.subscriptions.get())
    client.force_login(owner)
    assert "It ends on Jan. 15, 2028" in client.get(renewing(orchards)).content.decode()
    client.post(renewing(orchards), {"act": "keep"})
    assert orchards.subscriptions.get().ends_at is None


def test_another_card_is_given_on_stripes_page(
    orchards: Organization, client: Client, catalogue: Any
) -> None:
    answer = client.post(path(links.renewal_page(orchards, "us")), {"act": "card"})
    (visit,) = at_stripe(catalogue, "billing_portal.session")
    assert answer["Location"] == visit["url"]
    assert visit["flow"]["type"] == "payment_method_update"
    assert visit["return_url"].startswith("http://127.0.0.1:8000/us/renew?domain=")


def test_nothing_is_paid_when_nothing_is_open(
    orchards: Organization, owner: User, client: Client, catalogue: Any
) -> None:
    client.force_login(owner)
    answer = client.post(renewing(orchards), {"act": "pay"}, follow=True)
    assert "nothing that could be paid" in answer.content.decode()


# --- A renewal that failed ------------------------------------------------------------------------------------------


@pytest.fixture
def overdue(orchards: Organization, catalogue: Any) -> Organization:
    """Its card failed a year later."""
    _give(orchards, "pm_card_chargeCustomerFail")
    catalogue.deliver()
    catalogue.advance(days=366)
    catalogue.deliver()
    return orchards


def _give(organization: Organization, card: str) -> None:
    """On Stripe's page: the customer's card from now on, and in the place of the subscription's."""
    customer = organization.stripe_customer_id or ""
    attached = gateway.customers.attach(customer, card, key=card).data["id"]
    gateway.customers.prefer(customer, attached, key=f"prefer-{card}")
    if card == "pm_card_chargeCustomerFail":
        subscription = organization.subscriptions.get().stripe_id
        gateway.subscriptions.use_payment_method(subscription, attached, key="use-bad")


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        ("pm_card_chargeCustomerFail", "declined"),
        ("pm_card_authenticationRequired", "confirm"),
    ],
)
def test_a_card_that_does_not_pay_is_said_and_nothing_is_sold(
    overdue: Organization, client: Client, catalogue: Any, card: str, sentence: str
) -> None:
    """F40, F44: the invoice stays open, at Stripe it can be paid with whatever the bank asks for."""
    _give(overdue, card)
    url = path(links.renewal_page(overdue, "us"))
    page = client.post(url, {"act": "pay"}, follow=True).content.decode()
    said = re.findall(r'class="notice notice-error">([^<]+)<', page)
    assert [sentence in unescape(text) for text in said] == [True], said
    assert overdue.invoices.get(status="open").hosted_url in unescape(page)
    client.post(url, {"act": "buy"})
    assert (overdue.paid_years.count(), overdue.sales.count()) == (1, 1)


def test_two_clicks_on_pay_pay_once(overdue: Organization, client: Client, catalogue: Any) -> None:
    """F27: the second finds nothing to pay, or the answer to the first."""
    _give(overdue, "pm_card_mastercard")
    url = path(links.renewal_page(overdue, "us"))
    for _click in range(2):
        client.post(url, {"act": "pay"})
    catalogue.deliver()
    assert [one["status"] for one in at_stripe(catalogue, "invoice")] == ["paid", "paid"]
    assert [one["status"] for one in at_stripe(catalogue, "payment_intent")].count("succeeded") == 2
    assert overdue.paid_years.count() == 2


def test_access_ends_with_the_grace_and_comes_back_with_the_payment(
    overdue: Organization, client: Client, catalogue: Any, settings: Any
) -> None:
    """F44: until the grace is over the plan is open, and the page says so; then it is not, and can still be paid."""
    assert usable(overdue) == "business"
    catalogue.advance(days=settings.BILLING_GRACE_DAYS)
    assert usable(overdue) == "free"
    _give(overdue, "pm_card_mastercard")
    client.post(path(links.renewal_page(overdue, "us")), {"act": "pay"})
    assert usable(overdue) == "business"
    assert overdue.paid_years.count() == 2


def usable(organization: Organization) -> str:
    """The tier at this moment."""
    return Organization.objects.get(pk=organization.pk).current_access().tier.value
