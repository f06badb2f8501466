"""An organization pays on one page at a time (F46, F47): what is bought here and what is bought there is never both."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts import organizations
from accounts.models import Organization
from billing import catalogue as plans
from billing import subscriptions
from billing.errors import AlreadySubscribed
from billing.tests.buying import at_stripe
from portal import checkout, errors, sales
from portal.models import PaidYear, Sale

Pay = Callable[..., dict[str, Any]]


@pytest.fixture
def ended(orchards: Organization, catalogue: Any) -> Organization:
    """Its year was cancelled, and is over."""
    subscriptions.cancel(orchards.subscriptions.get(), now=True)
    catalogue.deliver()
    return orchards


def premium() -> plans.Plan:
    found = plans.find("premium")
    assert found
    return found


def pages(catalogue: Any) -> list[str]:
    """The states of Checkout's sessions, but of the one on which the first year was paid."""
    return [one["status"] for one in at_stripe(catalogue, "checkout.session")][1:]


def running(catalogue: Any) -> int:
    return len([one for one in at_stripe(catalogue, "subscription") if one["status"] == "active"])


def test_what_is_bought_on_the_pricing_page_closes_the_page_of_another_year(
    ended: Organization, catalogue: Any, card: Callable[..., str]
) -> None:
    sale = sales.renew(ended)
    checkout.open_page(sale)
    subscriptions.start(ended, premium(), "month", card())
    assert pages(catalogue) == ["expired"]
    with pytest.raises(AlreadySubscribed):
        checkout.open_page(sale)
    assert running(catalogue) == 1


def test_so_does_another_page(ended: Organization, catalogue: Any) -> None:
    checkout.open_page(sales.renew(ended))
    subscriptions.check_out(ended, premium(), "month")
    assert sorted(pages(catalogue)) == ["expired", "open"]


def test_a_year_that_was_just_paid_is_found_before_something_else_is_sold(
    ended: Organization, catalogue: Any, pay: Pay, card: Callable[..., str]
) -> None:
    """No event has come."""
    sale = sales.renew(ended)
    pay(sale)
    with pytest.raises(AlreadySubscribed):
        subscriptions.start(ended, premium(), "month", card())
    sale.refresh_from_db()
    assert (sale.is_paid, PaidYear.objects.count(), running(catalogue)) == (True, 2, 1)


def test_another_year_closes_the_page_of_another_plan(ended: Organization, catalogue: Any) -> None:
    subscriptions.check_out(ended, premium(), "month")
    checkout.open_page(sales.renew(ended))
    assert sorted(pages(catalogue)) == ["expired", "open"]


def test_who_closes_an_organization_pays_no_order_of_it_any_more(ended: Organization, catalogue: Any) -> None:
    sale = sales.renew(ended)
    checkout.open_page(sale)
    organizations.close(ended)
    assert pages(catalogue) == ["expired"]
    with pytest.raises(errors.Withdrawn):
        checkout.open_page(Sale.objects.get(pk=sale.pk))
