"""Stripe's page is opened once for a sale, and what came of it is read back."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Organization
from billing.errors import AlreadySubscribed, NotFound, Unavailable
from billing.models import Mail
from billing.tests.buying import at_stripe, tier
from portal import checkout, errors
from portal.models import PaidYear, Receipt, Sale, StateTaxRate, StripeTaxRate

Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]


def test_every_click_leads_to_the_same_page(
    order: Order, catalogue: Any, calls: list[tuple[str, str]]
) -> None:
    sale = order()
    calls.clear()
    first = checkout.open_page(sale)
    assert [path for _method, path in calls] == ["/v1/tax_rates", "/v1/checkout/sessions"]
    assert checkout.open_page(Sale.objects.get(pk=sale.pk)) == first
    assert len(at_stripe(catalogue, "checkout.session")) == 1


def test_a_click_before_the_first_has_its_answer_leads_to_the_same_page(order: Order, catalogue: Any) -> None:
    sale, answers = order(), []

    def click(request: Any, answer: Any) -> None:
        if request.path == "/v1/checkout/sessions":
            catalogue.sandbox.observers.remove(click)
            answers.append(checkout.open_page(Sale.objects.get(pk=sale.pk)))

    catalogue.sandbox.observers.append(click)
    assert [checkout.open_page(sale)] == answers
    assert len(at_stripe(catalogue, "checkout.session")) == 1


def test_the_page_asks_for_the_price_with_the_states_tax(order: Order, catalogue: Any) -> None:
    sale = order()
    checkout.open_page(sale)
    (session,) = at_stripe(catalogue, "checkout.session")
    assert session["amount_total"] == sale.total == 104_000
    assert session["total_details"]["amount_tax"] == sale.tax
    assert session["client_reference_id"] == sale.reference
    (rate,) = at_stripe(catalogue, "tax_rate")
    assert (rate["percentage"], rate["state"], rate["inclusive"]) == (4.0, "NY", False)
    assert rate["metadata"]["namespace"] == "turnpike"


def test_a_state_without_tax_needs_no_tax_rate(order: Order, catalogue: Any) -> None:
    checkout.open_page(order(state="CO", postal_code="80202"))
    assert at_stripe(catalogue, "checkout.session")[0]["amount_total"] == 100_000
    assert not at_stripe(catalogue, "tax_rate")


def test_a_tax_rate_is_made_once_for_all_sales(order: Order, catalogue: Any) -> None:
    checkout.open_page(order())
    checkout.open_page(order(city="Troy"))
    assert len(at_stripe(catalogue, "tax_rate")) == StripeTaxRate.objects.count() == 1


def test_a_tax_rate_that_is_gone_at_stripe_is_made_anew(order: Order, catalogue: Any) -> None:
    StripeTaxRate.objects.create(country="us", state="NY", percentage=4, stripe_id="txr_of_another_account")
    assert checkout.open_page(order())
    assert StripeTaxRate.objects.get().stripe_id == at_stripe(catalogue, "tax_rate")[0]["id"]


def test_stripe_tax_works_it_out_when_it_is_set_to(order: Order, catalogue: Any, settings: Any) -> None:
    settings.PORTAL_COUNTRIES = {"us": "stripe"}
    sale = order(state="ME", postal_code="04101")
    assert sale.total is None
    checkout.open_page(sale)
    (session,) = at_stripe(catalogue, "checkout.session")
    assert session["automatic_tax"]["enabled"]


def test_a_page_that_closed_is_opened_anew(order: Order, catalogue: Any) -> None:
    sale = order()
    first = checkout.open_page(sale)
    catalogue.advance(hours=13)
    second = checkout.open_page(sale)
    assert second != first
    assert len(at_stripe(catalogue, "checkout.session")) == 2


def test_a_page_that_is_about_to_close_is_not_handed_out(order: Order, catalogue: Any) -> None:
    sale = order()
    first = checkout.open_page(sale)
    catalogue.advance(hours=11, minutes=30)
    assert checkout.open_page(sale) != first
    opened = [session["status"] for session in at_stripe(catalogue, "checkout.session")]
    assert sorted(opened) == ["expired", "open"]


@pytest.mark.parametrize("fault", ["lost", "cut"])
def test_a_lost_answer_opens_no_second_page(order: Order, catalogue: Any, fault: str) -> None:
    sale = order()
    catalogue.sandbox.faults.add(fault, path="/v1/checkout/sessions", times=10)
    with pytest.raises(Unavailable):
        checkout.open_page(sale)
    catalogue.sandbox.faults.clear()
    assert checkout.open_page(Sale.objects.get())
    assert len(at_stripe(catalogue, "checkout.session")) == 1


def test_what_changed_since_the_order_is_not_sold_on_old_terms(order: Order) -> None:
    sale = order()
    StateTaxRate.objects.filter(state="NY").update(percentage=5)
    with pytest.raises(errors.OutOfDate):
        checkout.open_page(sale)


def test_a_paid_sale_is_not_sold_twice(order: Order, pay: Pay, catalogue: Any) -> None:
    sale = order()
    pay(sale)
    with pytest.raises(errors.AlreadyPaid):  # even before any event
        checkout.open_page(sale)
    assert len(at_stripe(catalogue, "subscription")) == 1


def test_who_has_a_plan_buys_no_second_one(orchards: Organization) -> None:
    from portal import sales

    with pytest.raises(AlreadySubscribed):
        checkout.open_page(sales.renew(orchards))


def test_coming_back_fulfils_without_waiting_for_events(
    order: Order, pay: Pay, catalogue: Any, calls: list[tuple[str, str]]
) -> None:
    sale = order()
    session = pay(sale)
    catalogue.advance(seconds=5)  # sooner the mirror is in doubt, and asks twice
    calls.clear()
    checkout.settle(sale, session["id"])
    assert len(calls) == 1
    sale.refresh_from_db()
    assert sale.is_paid
    assert tier(sale.organization) == "business"
    assert (PaidYear.objects.count(), Receipt.objects.filter(kind="receipt").count()) == (1, 1)


def test_events_after_that_change_nothing_more(order: Order, pay: Pay, catalogue: Any) -> None:
    sale = order()
    session = pay(sale)
    checkout.settle(sale, session["id"])
    noted = Mail.objects.count()
    catalogue.deliver()
    checkout.settle(sale, session["id"])
    assert (PaidYear.objects.count(), Receipt.objects.filter(kind="receipt").count()) == (1, 1)
    assert Mail.objects.count() == noted


def test_somebody_elses_session_settles_nothing(order: Order, pay: Pay) -> None:
    """A9."""
    mine, other = order(), order(city="Troy")
    session = pay(other)
    with pytest.raises(NotFound):
        checkout.settle(mine, session["id"])
    mine.session_id = session["id"]
    with pytest.raises(NotFound):
        checkout.settle(mine, session["id"])
    assert not PaidYear.objects.exists()
