"""Sales tax: from our table of states, rounded as Stripe rounds, and as tax rates at Stripe; or left to Stripe Tax."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from billing import gateway
from billing.errors import StoredFailure
from billing.models.attempts import new_key
from portal import errors
from portal.countries import Country, TaxBy
from portal.models import Sale, StateTaxRate, StripeTaxRate


@dataclass(frozen=True, slots=True)
class Tax:
    """`amount` in the smallest unit. Both are None where Stripe Tax works them out."""

    percentage: Decimal | None
    amount: int | None


def of(country: Country, state: str, subtotal: int, *, exempt: bool) -> Tax:
    """The tax on what is sold into a state today. Raises `NotSoldThere` for one whose rate nobody has verified."""
    if country.tax_by is TaxBy.STRIPE:
        return Tax(Decimal(0), 0) if exempt else Tax(None, None)
    found = StateTaxRate.objects.filter(country=country.code, state=state, verified=True).first()
    if found is None or found.percentage is None:
        raise errors.NotSoldThere
    percentage = Decimal(0) if exempt else found.percentage
    return Tax(percentage, on(subtotal, percentage))


def on(subtotal: int, percentage: Decimal) -> int:
    """Tax on top of a line, half a cent rounded up: as Stripe computes an exclusive rate on an invoice's line."""
    return int((subtotal * percentage / 100).quantize(Decimal(1), ROUND_HALF_UP))


def rate_of(sale: Sale) -> str:
    """The id of the tax rate at Stripe that the sale is charged with, made if there is none; empty: no tax."""
    return rate_for(sale.country, sale.state, sale.tax_percentage)


def rate_for(country: str, state: str, percentage: Decimal | None) -> str:
    """As `rate_of`, of so many percent. Raises `Unavailable`."""
    if not percentage:
        return ""
    rate, _new = StripeTaxRate.objects.get_or_create(country=country, state=state, percentage=percentage)
    return rate.stripe_id or _make(rate)


def _make(rate: StripeTaxRate) -> str:
    name = (
        StateTaxRate.objects.filter(country=rate.country, state=rate.state)
        .values_list("name", flat=True)
        .first()
    )
    same = StripeTaxRate.objects.filter(pk=rate.pk)
    try:
        answer = gateway.taxes.create_rate(
            country=rate.country,
            state=rate.state,
            jurisdiction=name or rate.state,
            percentage=float(rate.percentage),
            key=rate.key,
        )
    except StoredFailure:
        same.update(key=new_key())
        raise
    stripe_id = str(answer.data["id"])
    same.update(stripe_id=stripe_id)
    return stripe_id


def forget(sale: Sale) -> None:
    """The tax rates of the sale's state are gone at Stripe, as in another account: whoever needs one makes it anew."""
    StripeTaxRate.objects.filter(country=sale.country, state=sale.state).delete()
