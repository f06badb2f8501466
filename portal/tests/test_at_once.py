"""The same thing at the same moment, from several processes' point of view: it is done once."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from billing import subscriptions
from billing.models import Mail
from billing.tests.buying import at_stripe, tier
from portal import checkout, links, sales
from portal.models import ActivationCode, NumberSeries, PaidYear, Receipt, Sale
from portal.sales import Details
from portal.tests import at_once
from portal.tests.conftest import ORCHARDS

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]
CODE = re.compile(rb"(?:\w{4}-){6}\w{4}")


def test_a_form_sent_four_times_at_once_is_one_order_and_a_namesakes_is_another(catalogue: Any) -> None:
    forms = ["one"] * 4 + ["two", "three"]
    submitted = at_once.run(*(partial(sales.submit, Details(**ORCHARDS), form) for form in forms))
    assert all(isinstance(sale, Sale) for sale in submitted), submitted
    assert len(set(submitted)) == len(set(submitted[:4])) + 2 == Sale.objects.count() == 3
    assert Organization.objects.count() == len(at_stripe(catalogue, "customer")) == 3
    assert {paper.kind for paper in Receipt.objects.all()} == {Receipt.Kind.ORDER_FORM}
    assert Receipt.objects.values("filename").distinct().count() == 3


def test_four_clicks_two_pages_after_the_payment_and_all_events_at_once_are_one_year(
    order: Order, pay: Pay, catalogue: Any
) -> None:
    """F1, F2, F27: one session, receipt, number, code (which one of both pages shows), and mail."""
    sale = order()
    opened = at_once.run(*(partial(checkout.open_page, Sale.objects.get()) for _click in range(4)))
    assert len(set(opened)) == len(at_stripe(catalogue, "checkout.session")) == 1, opened

    session = pay(sale)
    catalogue.advance(seconds=5)
    url = links.success_page(sale, session["id"]).removeprefix("http://127.0.0.1:8000")
    deliveries = catalogue.sandbox.deliveries
    posts = [partial(deliveries.attempt, one["id"], catalogue.post) for one in deliveries.pending()]
    first, second, *_told = at_once.run(partial(Client().get, url), partial(Client().get, url), *posts)
    catalogue.deliver()
    assert (first.status_code, second.status_code) == (200, 200)
    assert len(CODE.findall(first.content + second.content)) == 1

    receipts = Receipt.objects.filter(kind=Receipt.Kind.RECEIPT)
    assert PaidYear.objects.count() == receipts.count() == ActivationCode.objects.count() == 1
    assert NumberSeries.objects.get().last == 1
    assert Mail.objects.filter(template="activation").count() == 1
    assert tier(sale.organization) == "business"


def test_three_who_renew_at_once_make_one_sale(orchards: Organization, catalogue: Any) -> None:
    """F27."""
    subscriptions.cancel(orchards.subscriptions.get(), now=True)
    renewed = at_once.run(*(partial(sales.renew, Organization.objects.get()) for _click in range(3)))
    assert len(set(renewed)) == Sale.objects.unpaid().count() == 1, renewed
