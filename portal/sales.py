"""What one does with a sale: submit it, renew an earlier one, withdraw it. Paying it is in `checkout`, what follows in
`years`.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import organizations
from accounts.models import Organization
from billing import catalogue, checkouts, customers, gateway, mirror
from billing.catalogue import Interval, Plan
from billing.errors import Busy, CustomerGone, NotOnSale
from billing.models import StripePrice
from billing.models.attempts import new_key
from portal import countries, debits, errors, filenames, receipts, tax
from portal.countries import Country
from portal.models import Sale
from portal.tax import Tax

logger = structlog.get_logger(__name__)

PLAN = "annual"
# Who is overtaken so often gives up: whoever overtook them is still at it.
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Details:
    """Who buys, and where they are. `state`: its code. `exemption`: the number of a certificate, if there is one."""

    company: str
    contact: str
    email: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str
    exemption: str
    language: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What it costs somebody today, in the smallest unit."""

    price: StripePrice
    tax: Tax

    @property
    def facts(self) -> dict[str, Any]:
        """The columns of a sale."""
        subtotal = self.price.amount or 0
        return {
            "plan": PLAN,
            "price_id": self.price.stripe_id,
            "currency": self.price.currency,
            "subtotal": subtotal,
            "tax_percentage": self.tax.percentage,
            "tax": self.tax.amount,
            "total": None if self.tax.amount is None else subtotal + self.tax.amount,
        }

    def is_of(self, sale: Sale) -> bool:
        """Whether the sale was agreed on the same terms."""
        return all(getattr(sale, name) == value for name, value in self.facts.items())


def submit(details: Details, form: str) -> Sale:
    """A new organization's sale, with its customer at Stripe and its order form. `form`: a secret of the page's.

    The same form with the same entries is the same sale, however often it is sent. Raises `NotSoldThere`, `NotOnSale`,
    `Unavailable`; after the last, sent again it goes on.
    """
    submission = hashlib.sha256(json.dumps([form, asdict(details)]).encode()).hexdigest()
    for _round in range(ROUNDS):
        sale = Sale.objects.select_related("organization").filter(submission=submission).first()
        try:
            sale = sale or _store(None, details, submission)
        except IntegrityError:  # somebody sent the same form, or has just taken the file's name
            continue
        introduce(sale)
        return sale
    raise Busy


def renew(organization: Organization) -> Sale:
    """A sale from the data of the last one, at today's price and tax. One that waits to be paid is it already.

    Raises `Sale.DoesNotExist` when nothing was ever paid, and as `submit`.
    """
    last = organization.sales.paid().latest("pk")
    details = _details(last)
    for _round in range(ROUNDS):
        waiting = organization.sales.unpaid().select_related("organization").first()
        if waiting is not None and offer(details).is_of(waiting):
            return waiting
        if waiting is not None:
            withdraw(waiting)
        try:
            sale = _store(organization, details, new_key(), renews=last)
        except IntegrityError:  # another click was quicker
            continue
        introduce(sale)
        return sale
    raise Busy


def offer(details: Details) -> Offer:
    """What it costs today. Raises `NotSoldThere` and `NotOnSale`."""
    country, (_plan, price) = country_of(details), on_sale()
    exempt = bool(details.exemption)
    return Offer(price, tax.of(country, details.state, price.amount or 0, exempt=exempt))


def on_sale() -> tuple[Plan, StripePrice]:
    """The plan that is sold here, and its price for a year. Raises `NotOnSale`."""
    plan = catalogue.find(PLAN)
    price = StripePrice.objects.on_offer(plan, Interval.YEAR).first() if plan else None
    if plan is None or price is None:
        raise NotOnSale
    return plan, price


def country_of(sold: Details | Sale) -> Country:
    """Raises `NotOnSale` when nothing is sold there, or no more."""
    country = countries.find(sold.country)
    if country is None:
        raise NotOnSale
    return country


def offer_again(sale: Sale) -> Offer:
    """What the same would cost today. Raises as `offer`."""
    return offer(_details(sale))


def tax_of(sale: Sale, amount: int) -> Tax:
    """The tax on so much sold today to whom the sale was sold. Raises as `offer`."""
    details = _details(sale)
    return tax.of(country_of(details), details.state, amount, exempt=bool(details.exemption))


def preview(sale: Sale) -> Sale:
    """As what the same would be sold today; it is not stored. Raises as `offer`."""
    details = _details(sale)
    return Sale(**asdict(details), **offer(details).facts)


def withdraw(sale: Sale) -> None:
    """Nobody shall pay it any more. Raises `PaymentUnderWay`, and `Invalid` if its session was completed just now."""
    if sale.status == Sale.Status.PENDING:
        raise errors.PaymentUnderWay
    if sale.status == Sale.Status.REFUSED:
        debits.clear(sale)
    elif sale.session_id:
        answer = gateway.checkout.expire(sale.session_id, key=f"{sale.session_id}:expire")
        checkouts.end(mirror.record(mirror.of_answer(answer), sale.organization_id))
    Sale.objects.unpaid().filter(pk=sale.pk).update(status=Sale.Status.WITHDRAWN)


def introduce(sale: Sale) -> None:
    """Let Stripe know the sale's organization as a customer, with its address. A second time changes nothing."""
    try:
        _introduce(sale)
    except CustomerGone:
        customers.forget(sale.organization)
        _introduce(sale)


def _introduce(sale: Sale) -> None:
    customer = customers.ensure(sale.organization)
    address = {
        "line1": sale.line1,
        "line2": sale.line2,
        "city": sale.city,
        "state": sale.state,
        "postal_code": sale.postal_code,
        "country": sale.country.upper(),
    }
    exempt = bool(sale.certificate)
    # The customer is part of the key: one that was deleted has another in its place.
    key = f"{sale.reference}:locate:{customer}:{exempt}:{mirror.sequence_of(customer)}"
    answer = gateway.customers.locate(customer, address, exempt=exempt, key=key)
    mirror.record(mirror.of_answer(answer), sale.organization_id)


def _store(
    organization: Organization | None, details: Details, submission: str, renews: Sale | None = None
) -> Sale:
    terms = offer(details)
    number = _free_number(details)
    with transaction.atomic():
        sale = Sale.objects.create(
            organization=organization or organizations.found(details.company, details.email),
            submission=submission,
            renews=renews,
            filename=filenames.of_sale(details.company, timezone.localdate(), number),
            **asdict(details),
            **terms.facts,
        )
        receipts.order_form(sale)
    logger.info(
        "sale made", sale=sale.pk, organization=sale.organization_id, renews=renews.pk if renews else None
    )
    return sale


def _free_number(details: Details) -> int:
    """Which of this company's sales of today it would be."""
    today, number = timezone.localdate(), 1
    while Sale.objects.filter(filename=filenames.of_sale(details.company, today, number)).exists():
        number += 1
    return number


def _details(sale: Sale) -> Details:
    """The sale's, with the name, the address and the exemption that its organization has by now."""
    facts = {name: getattr(sale, name) for name in Details.__dataclass_fields__}
    organization = sale.organization
    facts |= {"company": organization.name, "email": organization.email or sale.email}
    return Details(**facts | {"exemption": sale.certificate})
