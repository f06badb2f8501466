"""Another country by configuration alone: with its own regions and rates, or with Stripe Tax."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from billing.tests.buying import at_stripe
from portal import links
from portal.models import Receipt, Sale, StateTaxRate
from portal.tests.visiting import entries, path

Pay = Callable[..., dict[str, Any]]
TORONTO = {"city": "Toronto", "state": "ON", "postal_code": "M5H 2N2"}


@pytest.fixture
def ontario(db: None) -> StateTaxRate:
    return StateTaxRate.objects.create(
        country="ca",
        state="ON",
        name="Ontario",
        percentage=13,
        verified=True,
        source_url="https://www.ontario.ca/",
        source_date=date(2026, 11, 1),
    )


def test_a_country_is_not_sold_to_unless_it_is_configured(client: Client, catalogue: Any) -> None:
    for page in ("/pre/ca/new/checkout", "/ca/agreement", "/ca/checkout?sigma=NA", "/ca/renew?domain=1"):
        assert client.get(page).status_code == 404


def test_with_rates_of_its_own_it_is_sold_to_like_the_first(
    client: Client, catalogue: Any, pay: Pay, settings: Any, ontario: StateTaxRate
) -> None:
    settings.PORTAL_COUNTRIES = {"us": "table", "ca": "table"}
    new = "/pre/ca/new/checkout"
    answer = client.post(new, entries(client.get(new), **TORONTO))
    sale = Sale.objects.get()
    assert answer["Location"].startswith("/ca/checkout?sigma=Ontario&")
    assert (sale.tax, sale.total) == (13_000, 113_000)
    assert client.get(answer["Location"].replace("/ca/", "/us/")).status_code == 404
    pay(sale)
    catalogue.deliver()
    (rate,) = at_stripe(catalogue, "tax_rate")
    assert (rate["country"], rate["state"], rate["percentage"]) == ("CA", "ON", 13.0)
    receipt = Receipt.objects.get(kind=Receipt.Kind.RECEIPT)
    assert (receipt.facts["total"], receipt.facts["buyer"]["address"][-1]) == (113_000, "Canada")
    renewal = path(links.renewal_page(sale.organization, "ca"))
    assert renewal.startswith("/ca/renew?")
    assert client.get(renewal).status_code == 200
    assert client.get(renewal.replace("/ca/", "/us/")).status_code == 404


def test_a_region_without_a_rate_is_not_offered(
    client: Client, catalogue: Any, settings: Any, ontario: StateTaxRate
) -> None:
    settings.PORTAL_COUNTRIES = {"ca": "table"}
    new = "/pre/ca/new/checkout"
    answer = client.post(new, entries(client.get(new), **TORONTO | {"state": "QC"}))
    assert answer.context["form"].errors.keys() == {"state"}
    assert client.get("/pre/us/new/checkout").status_code == 404


def test_with_stripe_tax_it_names_no_rate_and_takes_what_stripe_worked_out(
    client: Client, catalogue: Any, pay: Pay, settings: Any
) -> None:
    """Any region is taken; the tax stands on Stripe's page, and then on the receipt."""
    settings.PORTAL_COUNTRIES = {"us": "table", "ca": "stripe"}
    new = "/pre/ca/new/checkout"
    answer = client.post(new, entries(client.get(new), **TORONTO))
    sale = Sale.objects.get()
    assert (sale.tax, sale.total) == (None, None)
    page = client.get(answer["Location"]).content.decode()
    assert "shown on the next page" in page
    assert "%)" not in page
    session = pay(sale)
    (opened,) = at_stripe(catalogue, "checkout.session")
    assert opened["automatic_tax"]["enabled"]
    assert not at_stripe(catalogue, "tax_rate")
    back = client.get(path(links.success_page(sale, session["id"]))).content.decode()
    sale.refresh_from_db()
    (invoice,) = at_stripe(catalogue, "invoice")
    assert sale.total == invoice["total"]
    assert sale.tax == sale.total - sale.subtotal
    assert "%)" not in back
    facts = Receipt.objects.get(kind=Receipt.Kind.RECEIPT).facts
    assert (facts["total"], facts["tax"], facts["tax_percentage"]) == (sale.total, sale.tax, None)
