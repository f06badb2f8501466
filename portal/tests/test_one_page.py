"""An organization pays on one page at a time (F46, F47): what is bought here and what is bought there is never both."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from accounts import organizations
from accounts.models import Organization
from billing import catalogue as plans
from billing import subscriptions
from billing.errors import AlreadySubscribed, BillingError
from billing.models import Attempt
from billing.tests.buying import at_stripe
from billing.tests.reconciling import mend
from portal import checkout, errors, sales
from portal.models import PaidYear, Sale
from portal.tests import at_once

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


def opening_meanwhile(catalogue: Any, click: Callable[[], Any]) -> None:
    """Somebody clicks elsewhere when Stripe has opened the next page, and we have not yet heard which it is."""

    def observe(request: Any, answer: Any) -> None:
        if (request.method, request.path) == ("POST", "/v1/checkout/sessions"):
            catalogue.sandbox.observers.remove(observe)
            click()

    catalogue.sandbox.observers.append(observe)


def test_a_page_of_another_plan_opened_in_the_same_instant_leaves_one_open(
    ended: Organization, catalogue: Any
) -> None:
    sale = sales.renew(ended)
    opening_meanwhile(catalogue, lambda: subscriptions.check_out(ended, premium(), "month"))
    address = checkout.open_page(sale)
    assert pages(catalogue).count("open") == 1
    (there,) = [one for one in at_stripe(catalogue, "checkout.session") if one["status"] == "open"]
    assert there["url"] == address  # who is answered last can pay


def test_so_does_the_page_of_a_year_opened_in_the_same_instant(ended: Organization, catalogue: Any) -> None:
    sale = sales.renew(ended)
    opening_meanwhile(catalogue, lambda: checkout.open_page(sale))
    subscriptions.check_out(ended, premium(), "month")
    assert pages(catalogue).count("open") == 1


def test_a_purchase_with_a_card_in_the_same_instant_closes_the_page_of_a_year(
    ended: Organization, catalogue: Any, card: Callable[..., str]
) -> None:
    sale, method = sales.renew(ended), card()
    opening_meanwhile(catalogue, lambda: subscriptions.start(ended, premium(), "month", method))
    with pytest.raises(AlreadySubscribed):
        checkout.open_page(sale)
    assert (pages(catalogue), running(catalogue)) == (["expired"], 1)


def test_a_year_whose_page_nobody_heard_of_is_closed_before_something_else_is_sold(
    ended: Organization, catalogue: Any
) -> None:
    sale = sales.renew(ended)
    catalogue.sandbox.faults.add("lost", path="/v1/checkout/sessions", times=9)
    with pytest.raises(BillingError):
        checkout.open_page(sale)
    catalogue.sandbox.faults.clear()
    subscriptions.check_out(ended, premium(), "month")
    assert sorted(pages(catalogue)) == ["expired", "open"]


def test_a_page_that_closed_is_no_obstacle_and_leaves_no_attempt(ended: Organization, catalogue: Any) -> None:
    checkout.open_page(sales.renew(ended))
    catalogue.advance(hours=13)
    catalogue.deliver()
    assert not Attempt.objects.open().exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_time", range(3))
def test_clicks_on_both_pages_and_on_a_card_at_once_leave_one_way_to_pay(
    ended: Organization, catalogue: Any, card: Callable[..., str], _time: int
) -> None:
    """On PostgreSQL the lock on the organization decides, whichever process is first."""
    sale, method, key = sales.renew(ended), card(), ended.pk
    clicks = [
        lambda: checkout.open_page(Sale.objects.get(pk=sale.pk)),
        lambda: subscriptions.check_out(Organization.objects.get(pk=key), premium(), "month"),
    ] * 2
    clicks.append(partial(subscriptions.start, Organization.objects.get(pk=key), premium(), "month", method))
    for answer in at_once.run(*clicks):
        assert not isinstance(answer, Exception) or isinstance(answer, BillingError), answer
    assert pages(catalogue).count("open") + running(catalogue) <= 1


def test_what_was_paid_on_a_page_whose_events_were_lost_is_found_and_its_page_is_over(
    ended: Organization, catalogue: Any, pay: Pay
) -> None:
    """F10: an open page is no difference, one that was paid is."""
    sale = sales.renew(ended)
    checkout.open_page(sale)
    catalogue.sandbox.deliveries.drop()
    catalogue.advance(seconds=600)
    mend()
    assert Attempt.objects.open().get().result == Sale.objects.get(pk=sale.pk).session_id
    pay(sale)
    catalogue.sandbox.deliveries.drop()
    mend()
    sale.refresh_from_db()
    assert (sale.is_paid, PaidYear.objects.count(), Attempt.objects.open().count()) == (True, 2, 0)
