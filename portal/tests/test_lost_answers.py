"""Stripe did it, and we never heard (F26): the same click again makes nothing twice, at each call that writes."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from accounts.models import Organization
from billing import errors, gateway, subscriptions
from billing.tests.buying import at_stripe
from portal import checkout, debits, renewals, sales
from portal.models import PaidYear, Sale, StateTaxRate, StripeTaxRate
from portal.sales import Details
from portal.tests.conftest import ORCHARDS

Do = Callable[[], Any]


def ordering(catalogue: Any) -> Do:
    return lambda: sales.submit(Details(**ORCHARDS), "one")


def buying(catalogue: Any) -> Do:
    sale = sales.submit(Details(**ORCHARDS), "one")
    return lambda: checkout.open_page(Sale.objects.get(pk=sale.pk))


def _bought(catalogue: Any, pay: Any) -> Organization:
    sale = sales.submit(Details(**ORCHARDS), "one")
    pay(sale)
    catalogue.deliver()
    return Organization.objects.get(pk=sale.organization_id)


def renewing(catalogue: Any, pay: Any) -> Do:
    """On other terms than those of a sale that waits with its page open."""
    organization = _bought(catalogue, pay)
    subscriptions.cancel(organization.subscriptions.get(), now=True)
    checkout.open_page(sales.renew(organization))
    StateTaxRate.objects.filter(state="NY").update(percentage=5)
    return lambda: checkout.open_page(sales.renew(organization))


def paying(catalogue: Any, pay: Any) -> Do:
    """What is overdue, with another card."""
    organization = _bought(catalogue, pay)
    customer, subscription = organization.stripe_customer_id or "", organization.subscriptions.get().stripe_id
    bad = gateway.customers.attach(customer, "pm_card_chargeCustomerFail", key="bad").data["id"]
    gateway.subscriptions.use_payment_method(subscription, bad, key="use-bad")
    catalogue.advance(days=366)
    catalogue.deliver()
    good = gateway.customers.attach(customer, "pm_card_mastercard", key="good").data["id"]
    gateway.customers.prefer(customer, good, key="prefer-good")
    return lambda: renewals.pay(organization)


def clearing(catalogue: Any, pay: Any) -> Do:
    """What a refused debit left."""
    sale = sales.submit(Details(**ORCHARDS), "one")
    checkout.open_page(sale)
    with catalogue.sandbox.work() as world:
        world.get("checkout.session", sale.session_id)["payment_method_types"] = ["card", "us_bank_account"]
    pay(sale, "pm_usBankAccount_noAccount")
    catalogue.advance(days=5)
    catalogue.deliver()
    return lambda: debits.clear(Sale.objects.get(pk=sale.pk))


# The flow, the call whose answer is lost, and what there is at Stripe in the end.
CASES: list[tuple[Callable[..., Do], str, str, dict[str, list[str]]]] = [
    (ordering, "POST", "/v1/customers", {}),
    (ordering, "POST", "/v1/customers/*", {}),
    (buying, "POST", "/v1/tax_rates", {"session": ["open"]}),
    (buying, "POST", "/v1/checkout/sessions", {"session": ["open"]}),
    (
        renewing,
        "POST",
        "/v1/checkout/sessions/*/expire",
        {"session": ["complete", "expired", "open"], "subscription": ["canceled"], "invoice": ["paid"]},
    ),
    (
        paying,
        "POST",
        "/v1/subscriptions/*",
        {"session": ["complete"], "subscription": ["active"], "invoice": ["paid", "paid"]},
    ),
    (
        paying,
        "POST",
        "/v1/invoices/*/pay",
        {"session": ["complete"], "subscription": ["active"], "invoice": ["paid", "paid"]},
    ),
    (
        clearing,
        "DELETE",
        "/v1/subscriptions/*",
        {"session": ["complete"], "subscription": ["canceled"], "invoice": ["void"]},
    ),
    (
        clearing,
        "POST",
        "/v1/invoices/*/void",
        {"session": ["complete"], "subscription": ["canceled"], "invoice": ["void"]},
    ),
]


@pytest.mark.parametrize(
    ("flow", "method", "path", "left"),
    CASES,
    ids=[f"{case[0].__name__} {case[1]} {case[2]}" for case in CASES],
)
def test_once_more_and_it_is_there_once(
    catalogue: Any, pay: Any, flow: Callable[..., Do], method: str, path: str, left: dict[str, list[str]]
) -> None:
    do = flow(catalogue) if flow in (ordering, buying) else flow(catalogue, pay)
    catalogue.sandbox.faults.add("lost", method=method, path=path, times=20)
    with pytest.raises(errors.Unavailable):
        do()
    catalogue.sandbox.faults.clear()
    with suppress(errors.BillingError):  # such as that nothing is left to pay
        do()
    catalogue.deliver()
    assert len(at_stripe(catalogue, "customer")) == Organization.objects.count() == 1
    assert len(at_stripe(catalogue, "tax_rate")) == StripeTaxRate.objects.count()
    for kind in ("session", "subscription", "invoice"):
        there = at_stripe(catalogue, "checkout.session" if kind == "session" else kind)
        assert sorted(one["status"] for one in there) == left.get(kind, []), kind
    assert PaidYear.objects.count() == left.get("invoice", []).count("paid")
