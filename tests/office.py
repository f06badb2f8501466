"""The portal on a stage: companies order a year, pay on Stripe's page, come back, and renew by the link of a mail."""

from contextlib import suppress
from typing import Any

from django.test import Client

from accounts.models import Organization
from portal import links
from portal.models import Sale
from portal.tests.visiting import entries, path
from sandbox.errors import StripeError
from sandbox.objects.checkout import Buyer, complete
from tests.ledger import Ledger
from tests.product import Product

NEW = "/pre/us/new/checkout"


class Company:
    """A browser, and where its buyer stands: the address of the order, and that to which Checkout leads back."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client = Client()
        self.form: dict[str, str] = {}
        self.order = ""

    @property
    def organization(self) -> Organization | None:
        return Organization.objects.filter(name=self.name).first()

    @property
    def sale(self) -> Sale | None:
        """The last that is not paid yet, or else the last."""
        organization = self.organization
        sales = organization.sales.order_by("pk") if organization else Sale.objects.none()
        return sales.unpaid().last() or sales.last()


class Office:
    """What companies do in the portal, in plain verbs. What the portal or Stripe refuses does not happen."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self.companies = [Company("Hudson Orchards"), Company("Troy Mills")]
        self.ledger = Ledger(product.oracle)

    def submit(self, company: Company) -> None:
        """The same form every time, as of somebody who goes back and sends it again."""
        company.form = company.form or entries(company.client.get(NEW), company=company.name)
        company.order = self._post(company, NEW, company.form) or company.order

    def buy_now(self, company: Company) -> None:
        if company.order:
            self._post(company, company.order, {})

    def pay(self, company: Company, card: str) -> None:
        """On Stripe's page, if it is open."""
        sale = company.sale
        if sale is None:
            return
        with self._product.sandbox.work() as world, suppress(StripeError):
            session = world.find(sale.session_id)
            if session and session["status"] == "open":
                complete(world, session, Buyer(payment_method=card, name="Alice"))

    def come_back(self, company: Company) -> None:
        sale = company.sale
        if sale is not None and sale.session_id:
            with self._product.process() as outcome:
                answer = company.client.get(path(links.success_page(sale, sale.session_id)))
                assert answer.status_code not in (500, 502), answer.content
                outcome.append(answer.status_code)

    def renew(self, company: Company, act: str) -> None:
        """By the link of a mail; whoever bought another year stands before its order."""
        organization = company.organization
        if organization and organization.sales.paid().exists():
            place = self._post(company, path(links.renewal_page(organization, "us")), {"act": act})
            company.order = place if "/checkout?" in place else company.order

    def take_another_card(self, company: Company, card: str) -> None:
        """On Stripe's page for it."""
        organization = company.organization
        if organization and organization.stripe_customer_id:
            account = self._product.dashboard.v1
            with suppress(Exception):  # declined, or the customer is gone
                given: Any = {"customer": organization.stripe_customer_id}
                attached = account.payment_methods.attach(card, given)["id"]
                chosen: Any = {"invoice_settings": {"default_payment_method": attached}}
                account.customers.update(organization.stripe_customer_id, chosen)

    def end(self, company: Company) -> None:
        """In the dashboard."""
        for one in self._running(company):
            self._product.dashboard.v1.subscriptions.cancel(one)

    def let_its_card_fail(self, company: Company) -> None:
        """The bank takes it back; the next renewal finds out."""
        organization = company.organization
        for one in self._running(company):
            given: Any = {"customer": organization and organization.stripe_customer_id}
            account = self._product.dashboard.v1
            bad = account.payment_methods.attach("pm_card_chargeCustomerFail", given)["id"]
            account.subscriptions.update(one, {"default_payment_method": bad})

    def _running(self, company: Company) -> list[str]:
        organization = company.organization
        found = self._product.oracle.subscriptions_of(organization.pk) if organization else []
        return [one["id"] for one in found if one["status"] in ("active", "past_due")]

    def _post(self, company: Company, url: str, body: dict[str, str]) -> str:
        """Where the answer leads; empty if it leads nowhere, or the process died."""
        place = ""
        with self._product.process() as outcome:
            answer = company.client.post(url, body)
            assert answer.status_code not in (500, 502), answer.content
            place = answer.headers.get("Location", "")
            outcome.append(answer.status_code)
        return place
