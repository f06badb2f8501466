"""The form on which a company orders: what it shows, what it refuses, and that it makes one order."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from billing.tests.buying import at_stripe
from portal import links
from portal.models import Sale
from portal.tests.visiting import entries, path

Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]
NEW = "/pre/us/new/checkout"


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
