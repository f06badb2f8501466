"""A plan that renews by itself is charged the tax of that day, not of the day on which it was bought."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command

from accounts.models import Organization
from billing import outbox, reconcile, subscriptions
from billing.models import StripeInvoice, StripeSubscriptionItem
from billing.tests.buying import at_stripe
from portal import retaxing, tasks
from portal.models import Exemption, Receipt, Sale, StateTaxRate
from portal.renewals import AHEAD

Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]


def new_york(percentage: str) -> None:
    StateTaxRate.objects.filter(state="NY").update(percentage=percentage)


def a_year_later(catalogue: Any) -> StripeInvoice:
    """The renewal's invoice, which is paid."""
    catalogue.advance(days=366)
    catalogue.deliver()
    return StripeInvoice.objects.get(billing_reason="subscription_cycle", status="paid")


def writes(calls: list[tuple[str, str]]) -> list[str]:
    return [path.rsplit("/", 1)[0] for method, path in calls if method == "POST"]


def test_a_renewal_has_the_rate_that_its_state_has_by_then(orchards: Organization, catalogue: Any) -> None:
    new_york("6.25")
    tasks.remind()
    invoice = a_year_later(catalogue)
    assert invoice.total == invoice.amount_paid == 106_250
    first, second = Receipt.objects.filter(kind=Receipt.Kind.RECEIPT).order_by("pk")
    assert (first.facts["tax_percentage"], first.facts["tax"]) == ("4", 4_000)
    assert (second.facts["tax_percentage"], second.facts["tax"]) == ("6.25", 6_250)


def test_the_period_that_runs_is_not_charged_again(orchards: Organization, catalogue: Any) -> None:
    new_york("6.25")
    assert len(list(retaxing.follow())) == 1
    assert [one["total"] for one in at_stripe(catalogue, "invoice")] == [104_000]
    assert not at_stripe(catalogue, "invoiceitem")


def test_a_second_look_costs_no_call(orchards: Organization, catalogue: Any, calls: list[Any]) -> None:
    assert (list(retaxing.follow()), calls) == ([], [])
    new_york("5")
    assert len(list(retaxing.follow())) == 1
    assert writes(calls) == ["/v1", "/v1/customers", "/v1/subscriptions"]  # the tax rate is made
    calls.clear()
    assert (list(retaxing.follow()), calls) == ([], [])


def test_a_state_that_taxes_no_more_is_charged_nothing_on_top(orchards: Organization, catalogue: Any) -> None:
    new_york("0")
    tasks.remind()
    assert a_year_later(catalogue).total == 100_000


def test_who_became_exempt_renews_without_tax_and_who_is_no_more_with_it(
    orchards: Organization, order: Order, pay: Pay, catalogue: Any
) -> None:
    exempt = order(form="two", city="Troy", exemption="EX-1")
    pay(exempt)
    catalogue.deliver()
    Exemption.objects.create(organization=orchards, number="EX-2")
    Exemption.objects.create(organization=exempt.organization, number="")
    tasks.remind()
    catalogue.advance(days=366)
    catalogue.deliver()
    renewed = StripeInvoice.objects.filter(billing_reason="subscription_cycle", status="paid")
    assert renewed.get(organization=orchards).total == 100_000
    assert renewed.get(organization=exempt.organization).total == 104_000
    taxed, free = (
        Receipt.objects.filter(kind=Receipt.Kind.RECEIPT, organization=one).latest("pk").facts
        for one in (exempt.organization, orchards)
    )
    assert (taxed["exemption"], taxed["tax_percentage"]) == ("", "4")
    assert (free["exemption"], free["tax_percentage"], free["tax"]) == ("EX-2", None, 0)
    by_customer = {one["id"]: one["tax_exempt"] for one in at_stripe(catalogue, "customer")}
    assert by_customer[orchards.stripe_customer_id or ""] == "exempt"
    assert sorted(by_customer.values()) == ["exempt", "none"]


def test_what_is_announced_is_what_is_charged(orchards: Organization, catalogue: Any) -> None:
    catalogue.advance(days=365 - AHEAD.days + 1)
    new_york("7")
    catalogue.deliver()
    outbox.send_waiting()
    mail.outbox.clear()
    call_command("remind_renewals")
    outbox.send_waiting()
    (letter,) = mail.outbox
    assert "1,070.00" in letter.body
    catalogue.advance(seconds=int(timedelta(days=AHEAD.days + 1).total_seconds()))
    catalogue.deliver()
    assert StripeInvoice.objects.get(billing_reason="subscription_cycle").total == 107_000


def test_a_figure_that_nobody_vouches_for_changes_nothing(orchards: Organization, catalogue: Any) -> None:
    StateTaxRate.objects.filter(state="NY").update(percentage=9, verified=False)
    assert not list(retaxing.follow())
    assert a_year_later(catalogue).total == 104_000


@pytest.mark.parametrize("path", ["/v1/tax_rates", "/v1/customers/*", "/v1/subscriptions/*"])
@pytest.mark.parametrize("fault", ["lost", "cut"])
def test_a_lost_answer_is_made_good_by_the_next_look(
    orchards: Organization, catalogue: Any, fault: str, path: str
) -> None:
    new_york("5")
    catalogue.sandbox.faults.add(fault, method="POST", path=path, times=9)
    assert not list(retaxing.follow())
    catalogue.sandbox.faults.clear()
    list(retaxing.follow())
    assert sorted(rate["percentage"] for rate in at_stripe(catalogue, "tax_rate")) == [4.0, 5.0]
    assert a_year_later(catalogue).total == 105_000


def test_a_rate_that_is_gone_at_stripe_is_made_anew(orchards: Organization, catalogue: Any) -> None:
    from portal.models import StripeTaxRate

    new_york("5")
    StripeTaxRate.objects.create(country="us", state="NY", percentage=5, stripe_id="txr_of_another_account")
    assert not list(retaxing.follow())
    assert len(list(retaxing.follow())) == 1
    assert a_year_later(catalogue).total == 105_000


def test_what_ends_is_left_alone(orchards: Organization, catalogue: Any, calls: list[Any]) -> None:
    subscriptions.cancel(orchards.subscriptions.get())
    new_york("5")
    calls.clear()
    assert (list(retaxing.follow()), calls) == ([], [])


def test_rows_that_do_not_know_a_subscriptions_rate_are_found(orchards: Organization, catalogue: Any) -> None:
    StripeSubscriptionItem.objects.update(tax_rates=[])
    reconcile.carry_out(reconcile.begin(mends=True))
    (rate,) = at_stripe(catalogue, "tax_rate")
    assert StripeSubscriptionItem.objects.get().tax_rates == [rate["id"]]
