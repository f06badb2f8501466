"""The whole story in a real browser, in any language: a company orders, pays, and later mends a failed renewal."""

import re
from typing import Any

import pytest
from django.core import mail
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import expect

from billing import gateway
from portal.models import PaidYear, Sale
from portal.tests.conftest import ORCHARDS
from sandbox.tests import subscriber
from sandbox.tests.test_browser_checkout import type_card

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

COMPANY = {"en": "Hudson Orchards"}


@pytest.mark.parametrize("language", list(COMPANY))
def test_a_company_buys_a_year_renews_once_and_mends_the_next_renewal(
    browsing: Any, live_server: Any, page: Any, language: str
) -> None:
    page.set_extra_http_headers({"Accept-Language": language})
    with translation.override(language):
        page.goto(f"{live_server.url}/pre/us/new/checkout")
        orders(page, COMPANY[language])
        sees_the_total_and_buys(page)
        pays(page)
        sees_the_receipt(page)
        sale = Sale.objects.get()
        assert (sale.company, sale.language, sale.total) == (COMPANY[language], language, 104_000)
        renews_once(browsing, sale)
        link = a_renewal_fails(browsing, sale)
        gives_another_card_and_pays(page, link)
    assert PaidYear.objects.count() == 3
    assert not page.complaints


def orders(page: Any, company: str) -> None:
    """Fills in the form."""
    entries = {**ORCHARDS, "company": company}
    for name in ("company", "contact", "email", "line1", "city", "postal_code"):
        page.locator(f"[name={name}]").fill(entries[name])
    page.locator("[name=state]").select_option("NY")
    page.locator("[name=accepted]").check()
    page.get_by_role("button", name=_("Go on to the order")).click()


def sees_the_total_and_buys(page: Any) -> None:
    page.wait_for_url("**/us/checkout?sigma=New+York&*")
    expect(page.locator(".order-lines .total").last).to_contain_text("1,040.00")
    page.get_by_role("button", name=_("Buy now")).click()


def pays(page: Any) -> None:
    """On Stripe's page, which knows the address already."""
    page.wait_for_url("**/c/pay/**")
    type_card(page, email="")
    page.get_by_role("button", name="Subscribe").click()


def sees_the_receipt(page: Any) -> None:
    page.wait_for_url("**/success?*")
    expect(page.get_by_role("heading", name=_("Thank you. It is paid."))).to_be_visible()
    expect(page.locator(".receipt-page")).to_contain_text("1,040.00")


def renews_once(stripe: Any, sale: Sale) -> None:
    """A year passes."""
    stripe.sandbox.deliveries.release()
    stripe.deliver()
    stripe.advance(days=366)
    stripe.deliver()
    assert sale.years.count() == 2


def a_renewal_fails(stripe: Any, sale: Sale) -> str:
    """Another year passes, and the card is no good any more; returns the link in the mail about it."""
    sale.refresh_from_db()
    customer = sale.organization.stripe_customer_id or ""
    bad = gateway.customers.attach(customer, "pm_card_chargeCustomerFail", key="bad").data["id"]
    gateway.subscriptions.use_payment_method(sale.subscription_id, bad, key="use-bad")
    mail.outbox.clear()
    stripe.advance(days=366)
    stripe.deliver()
    assert sale.years.count() == 2
    (letter,) = [letter for letter in mail.outbox if "/us/renew" in letter.body]
    (link,) = re.findall(r"http\S+/us/renew\S+", letter.body)
    return str(link)


def gives_another_card_and_pays(page: Any, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name=_("Give another card")).click()
    page.wait_for_url(lambda url: "/us/renew" not in url)
    subscriber.type_card(page)
    page.wait_for_url("**/us/renew?*&card=given")
    page.locator("button[name=act][value=pay]").click()
    expect(page.get_by_text(_("Thank you, it is paid. Your plan goes on."))).to_be_visible()
