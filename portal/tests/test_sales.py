"""Sales: submitted once, withdrawn, and made again from the last one's data."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Organization
from billing.errors import Unavailable
from billing.models import StripePrice
from billing.tests.buying import at_stripe
from portal import errors, sales
from portal.models import Receipt, Sale, StateTaxRate

Order = Callable[..., Sale]


def test_an_order_makes_an_organization_a_customer_and_a_sale_with_its_order_form(
    order: Order, catalogue: Any, calls: list[tuple[str, str]]
) -> None:
    sale = order()
    assert sale.status == Sale.Status.OPEN
    assert (sale.subtotal, sale.tax, sale.total) == (100_000, 4_000, 104_000)
    assert sale.organization.name == "Hudson Orchards"
    assert not sale.organization.members.exists()
    assert sale.filename == "20270115_Hudson Orchards_sale_online.pdf"
    assert sale.receipts.get().kind == Receipt.Kind.ORDER_FORM
    (customer,) = at_stripe(catalogue, "customer")
    assert customer["id"] == Organization.objects.get(pk=sale.organization_id).stripe_customer_id
    assert customer["address"]["state"] == "NY"
    assert len(calls) == 2


def test_the_same_form_sent_again_makes_nothing(order: Order, catalogue: Any) -> None:
    assert order().pk == order().pk
    assert Organization.objects.count() == 1
    assert len(at_stripe(catalogue, "customer")) == 1


def test_the_same_form_with_other_entries_is_another_order(order: Order) -> None:
    first, second = order(), order(city="Troy")
    assert first.organization_id != second.organization_id
    assert second.filename == "20270115_Hudson Orchards-2_sale_online.pdf"


def test_an_order_during_an_outage_goes_on_when_it_is_sent_again(order: Order, catalogue: Any) -> None:
    catalogue.sandbox.faults.add("cut", path="/v1/customers", times=10)
    with pytest.raises(Unavailable):
        order()
    catalogue.sandbox.faults.clear()
    assert order().organization.stripe_customer_id
    assert Sale.objects.count() == 1
    assert len(at_stripe(catalogue, "customer")) == 1


def test_a_state_that_nobody_has_verified_is_not_sold_to(order: Order) -> None:
    assert not StateTaxRate.objects.get(state="ME").verified
    with pytest.raises(errors.NotSoldThere):
        order(state="ME")
    assert not Organization.objects.exists()


def test_an_exempt_organization_pays_no_tax_and_is_exempt_at_stripe(order: Order, catalogue: Any) -> None:
    sale = order(exemption="NY-123456")
    assert (sale.tax, sale.total) == (0, 100_000)
    assert at_stripe(catalogue, "customer")[0]["tax_exempt"] == "exempt"


def test_another_year_is_sold_at_todays_price_and_tax(orchards: Organization) -> None:
    StateTaxRate.objects.filter(state="NY").update(percentage="4.5")
    sale = sales.renew(orchards)
    assert (sale.renews, sale.tax, sale.total) == (orchards.sales.earliest("pk"), 4_500, 104_500)
    assert sales.renew(orchards) == sale


def test_a_waiting_sale_on_old_terms_gives_way_and_its_page_is_closed(
    orchards: Organization, catalogue: Any
) -> None:
    from portal import checkout

    old = sales.renew(orchards)
    orchards.subscriptions.update(status="canceled")
    checkout.open_page(old)
    StateTaxRate.objects.filter(state="NY").update(percentage="4.5")
    new = sales.renew(orchards)
    old.refresh_from_db()
    assert old.status == Sale.Status.WITHDRAWN
    assert new.total == 104_500
    sessions = {session["id"]: session["status"] for session in at_stripe(catalogue, "checkout.session")}
    assert sessions[old.session_id] == "expired"


def test_what_is_not_at_stripe_is_not_sold(order: Order) -> None:
    StripePrice.objects.update(active=False)
    with pytest.raises(sales.NotOnSale):
        order()
