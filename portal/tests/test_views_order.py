"""The order's page: for whoever has its address, and on to Stripe."""

from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from billing.tests.buying import at_stripe
from portal import links
from portal.models import Sale, StateTaxRate
from portal.tests.visiting import path, stranger

Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]
NEW = "/pre/us/new/checkout"


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
