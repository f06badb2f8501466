"""The portal's pages: what they show, whom they let in, and that a GET writes nothing."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from accounts import organizations
from accounts.models import Organization, User
from accounts.roles import Role
from billing.tests.buying import at_stripe
from portal import checkout, links
from portal.models import PaidYear, Sale, StateTaxRate
from portal.tests.conftest import ORCHARDS

NEW = "/pre/us/new/checkout"
Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]


def path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def entries(page: Any, **others: str) -> dict[str, str]:
    """The form as it would be sent."""
    (form,) = re.findall(r'name="form" value="([^"]+)"', page.content.decode())
    given = {name: value for name, value in ORCHARDS.items() if name not in ("country", "language")}
    return {**given, "form": unescape(form), "accepted": "on", **others}


def stranger(url: str, **others: str) -> str:
    """The same address with other parameters."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return f"{parts.path}?{urlencode(query | others)}"


# --- The form -----------------------------------------------------------------------------------------------------


def test_the_form_makes_an_order_and_leads_to_it(client: Client, catalogue: Any) -> None:
    page = client.get(NEW)
    answer = client.post(NEW, entries(page))
    sale = Sale.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == path(links.checkout_page(sale))
    order = client.get(answer["Location"])
    for shown in ("$1,000.00", "Sales tax NY (4 %)", "$40.00", "$1,040.00", "Automatic renewal"):
        assert shown in order.content.decode()


def test_other_pages_lead_there_without_knowing_the_country(
    client: Client, catalogue: Any, settings: Any
) -> None:
    assert '<a href="/pre/">' in client.get("/pricing/").content.decode()
    assert client.get("/pre/").headers["Location"] == NEW
    settings.PORTAL_COUNTRIES = {}
    assert client.get("/pre/").status_code == 404


def test_looking_at_pages_writes_nothing(
    client: Client, order: Order, catalogue: Any, calls: list[tuple[str, str]], django_assert_num_queries: Any
) -> None:
    sale = order()
    calls.clear()
    before = Sale.objects.values().get()
    client.get(NEW)
    client.get(path(links.checkout_page(sale)))
    assert not calls
    assert Sale.objects.values().get() == before


def test_the_form_sent_twice_is_one_order(client: Client, catalogue: Any) -> None:
    page = client.get(NEW)
    first, second = (client.post(NEW, entries(page)) for _click in range(2))
    assert first["Location"] == second["Location"]
    assert Sale.objects.count() == len(at_stripe(catalogue, "customer")) == 1


def test_a_form_that_is_not_ours_makes_no_order(client: Client, catalogue: Any) -> None:
    answer = client.post(NEW, entries(client.get(NEW), form="made-up"))
    assert answer.status_code == 400
    assert not Sale.objects.exists()


def test_without_accepting_nothing_is_ordered(client: Client, catalogue: Any) -> None:
    answer = client.post(NEW, entries(client.get(NEW), accepted=""))
    assert answer.status_code == 400
    assert not Sale.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"), [("state", "ZZ"), ("postal_code", "1"), ("email", "no"), ("company", "")]
)
def test_what_cannot_be_is_said_at_its_field(client: Client, catalogue: Any, name: str, value: str) -> None:
    answer = client.post(NEW, entries(client.get(NEW), **{name: value}))
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {name}


def test_a_state_that_is_not_sold_to_is_said_in_a_sentence(client: Client, catalogue: Any) -> None:
    answer = client.post(NEW, entries(client.get(NEW), state="ME", postal_code="04101"))
    assert answer.status_code == 400
    assert "We do not sell to this state yet" in unescape(answer.content.decode())
    assert not Organization.objects.filter(personal=False).exists()


def test_a_price_or_a_tax_that_a_client_sends_is_not_read(client: Client, catalogue: Any) -> None:
    """A1, A7."""
    client.post(NEW, entries(client.get(NEW), total="1", tax="0", tax_percentage="0", plan="starter"))
    assert Sale.objects.get().total == 104_000


def test_markup_in_a_companys_name_is_text(client: Client, order: Order) -> None:
    """A19."""
    sale = order(company="<script>alert(1)</script> & Sons/../etc")
    page = client.get(path(links.checkout_page(sale))).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "/" not in sale.filename
    assert ".." not in sale.filename


def test_a_country_is_sold_to_when_it_is_configured(client: Client, catalogue: Any, settings: Any) -> None:
    assert client.get("/pre/ca/new/checkout").status_code == 404
    settings.PORTAL_COUNTRIES = {"us": "table", "ca": "stripe"}
    assert client.get("/pre/ca/new/checkout").status_code == 200


# --- The order ----------------------------------------------------------------------------------------------------


def test_an_order_without_a_state_is_answered_as_ever(client: Client, db: None) -> None:
    for query in ("", "?sigma=", "?filename=a.pdf&domain=1"):
        answer = client.get(f"/us/checkout{query}")
        assert (answer.status_code, answer.content) == (400, b"ERROR: State is required.")


def test_the_address_shows_what_the_first_version_did(order: Order) -> None:
    query = parse_qs(urlsplit(links.checkout_page(order())).query)
    assert query["sigma"] == ["New York"]
    assert query["filename"] == ["20270115_Hudson Orchards_sale_online.pdf"]
    colorado = order(state="CO", postal_code="80202")
    assert parse_qs(urlsplit(links.checkout_page(colorado)).query)["sigma"] == ["NA"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sigma": "NA"},
        {"sigma": "Colorado"},
        {"signature": ""},
        {"signature": "made-up"},
        {"filename": "../../etc/passwd"},
        {"filename": "other.pdf"},
        {"domain": "999"},
        {"domain": "x"},
        {"domain": "9" * 40},
        {"domain": "١"},
    ],
)
def test_another_address_is_nobodys(client: Client, order: Order, wrong: dict[str, str]) -> None:
    url = links.checkout_page(order())
    assert client.get(path(url)).status_code == 200
    assert client.get(stranger(url, **wrong)).status_code == 404
    assert client.post(stranger(url, **wrong)).status_code == 404


def test_one_sales_signature_opens_no_other(client: Client, order: Order) -> None:
    mine, other = order(), order(city="Troy")
    signature = parse_qs(urlsplit(links.checkout_page(mine)).query)["signature"][0]
    assert client.get(stranger(links.checkout_page(other), signature=signature)).status_code == 404


def test_buy_now_leads_to_stripe_and_is_charged_the_states_tax_whatever_the_address_says(
    client: Client, order: Order, catalogue: Any
) -> None:
    """A7."""
    answer = client.post(path(links.checkout_page(order())))
    (session,) = at_stripe(catalogue, "checkout.session")
    assert answer["Location"] == session["url"]
    assert session["amount_total"] == 104_000
    assert session["success_url"].startswith("http://127.0.0.1:8000/success?")


def test_a_poisoned_host_does_not_reach_stripe(client: Client, order: Order, catalogue: Any) -> None:
    """A18, A23."""
    client.post(path(links.checkout_page(order())), headers={"X-Forwarded-Host": "evil.example"})
    assert "evil" not in at_stripe(catalogue, "checkout.session")[0]["success_url"]


def test_an_outage_is_said_and_the_next_click_goes_on(client: Client, order: Order, catalogue: Any) -> None:
    url = path(links.checkout_page(order()))
    catalogue.sandbox.faults.add("cut", path="/v1/checkout/sessions", times=10)
    assert client.post(url).status_code == 503
    catalogue.sandbox.faults.clear()
    assert client.post(url).status_code == 302


def test_what_is_out_of_date_is_said(client: Client, order: Order) -> None:
    url = path(links.checkout_page(order()))
    StateTaxRate.objects.filter(state="NY").update(percentage=5)
    answer = client.post(url)
    assert answer.status_code == 409
    assert "has changed since" in answer.content.decode()


def test_what_one_agrees_to_can_be_read_before(client: Client, catalogue: Any) -> None:
    assert "/us/agreement" in client.get(NEW).content.decode()
    page = client.get("/us/agreement").content.decode()
    for words in ("Service agreement", "your organization", "It renews automatically"):
        assert words in page


def test_the_order_form_can_be_read_by_whoever_has_the_order_and_by_nobody_else(
    client: Client, order: Order
) -> None:
    mine, other = order(), order(city="Troy")
    page = client.get(path(links.checkout_page(mine))).content.decode()
    url = links.order_form_page(mine)
    assert unescape(page).count(url) == 1
    answer = client.get(url)
    assert answer["Content-Type"] == "application/pdf"
    assert mine.filename in answer["Content-Disposition"]
    for wrong in (stranger(url, filename=other.filename), stranger(url, signature=""), url.split("?")[0]):
        assert client.get(wrong).status_code == 404


# --- Back from Stripe ---------------------------------------------------------------------------------------------


def test_coming_back_shows_the_receipt_and_asks_stripe_once(
    client: Client, order: Order, pay: Pay, catalogue: Any, calls: list[tuple[str, str]]
) -> None:
    sale = order()
    session = pay(sale)
    catalogue.advance(seconds=5)
    calls.clear()
    url = path(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
    page = client.get(url)
    assert page.status_code == 200
    for shown in ("Thank you. It is paid.", "Hudson Orchards", "$1,040.00"):
        assert shown in page.content.decode()
    assert client.get(url).status_code == 200
    assert len(calls) == 1
    assert PaidYear.objects.count() == 1


def test_a_look_at_the_headers_does_not_use_up_the_code(client: Client, order: Order, pay: Pay) -> None:
    sale = order()
    url = path(links.success_page(sale, pay(sale)["id"]))
    assert client.head(url).status_code == 200
    code = re.compile(r"(?:\w{4}-){6}\w{4}")
    assert code.search(client.get(url).content.decode())
    assert not code.search(client.get(url).content.decode())


def test_the_first_versions_address_with_two_question_marks_is_read_as_meant(
    client: Client, order: Order, pay: Pay
) -> None:
    """A12."""
    sale = order()
    session = pay(sale)
    names = parse_qs(urlsplit(links.success_page(sale, "")).query)
    query = urlencode({"filename": sale.filename, "signature": names["signature"][0]})
    assert (
        client.get(f"/success?{query}&domain={sale.organization_id}?session_id={session['id']}").status_code
        == 200
    )


def test_coming_back_with_anything_else_shows_nothing(
    client: Client, order: Order, pay: Pay, calls: list[tuple[str, str]]
) -> None:
    """A12."""
    mine, other = order(), order(city="Troy")
    session, others = pay(mine), pay(other)
    calls.clear()
    url = links.success_page(mine, session["id"])
    for wrong in (
        {"session_id": others["id"]},
        {"session_id": "cs_test_nothing"},
        {"session_id": ""},
        {"domain": str(other.organization_id)},
        {"filename": other.filename},
        {"signature": "made-up"},
    ):
        assert client.get(stranger(url, **wrong)).status_code == 404
    assert client.get("/success").status_code == 404
    assert client.get("/success?domain=2?session_id=cs_test").status_code == 404
    assert not calls
    assert not PaidYear.objects.exists()


def test_coming_back_without_having_paid_leads_to_the_order(client: Client, order: Order) -> None:
    sale = order()
    checkout.open_page(sale)
    answer = client.get(path(links.success_page(sale, sale.session_id)))
    assert answer["Location"] == path(links.checkout_page(sale))


# --- Renewing -----------------------------------------------------------------------------------------------------


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
    from billing import subscriptions

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
    from billing import subscriptions

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
    from billing import subscriptions

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
