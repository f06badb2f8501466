"""What is charged for what is sold: the prices at Stripe. A change of the catalogue follows there with the next
`upsert_catalogue`; until then customers see, and pay, what they did before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from billing import catalogue
from billing.catalogue import Interval, Price, Ware
from billing.models import StripePrice


@dataclass(frozen=True, slots=True)
class PriceList:
    """The amounts at Stripe by their lookup keys. A price that Stripe does not have yet is the catalogue's: nobody can
    buy at it."""

    amounts: Mapping[str, int]

    def price(self, ware: Ware, interval: str, currency: str = "usd") -> Price | None:
        """What somebody new pays; None when it is not sold so."""
        listed = catalogue.price_of(ware, interval, currency)
        return self._charged(ware, listed) if listed else None

    def prices(self, ware: Ware) -> list[Price]:
        """All of them, in the catalogue's order."""
        return [self._charged(ware, listed) for listed in ware.prices]

    def waiting(self, ware: Ware) -> list[Price]:
        """What the catalogue has, and Stripe does not."""
        return [price for price in ware.prices if self.at_stripe(ware, price) != price.amount]

    def at_stripe(self, ware: Ware, price: Price) -> int | None:
        """What such a price costs there; None while there is none."""
        return self.amounts.get(catalogue.lookup_key(ware, price))

    def saving(self, ware: Ware, price: Price) -> int:
        """What a year costs less than twelve months of the same; 0 when it does not."""
        monthly = self.price(ware, Interval.MONTH, price.currency)
        if price.interval != Interval.YEAR or monthly is None:
            return 0
        return max(0, 12 * monthly.amount - price.amount)

    def _charged(self, ware: Ware, listed: Price) -> Price:
        amount = self.at_stripe(ware, listed)
        return Price(listed.interval, listed.amount if amount is None else amount, listed.currency)


def read(*wares: Ware) -> PriceList:
    """One query. While a price changes two may be active: the newer is charged."""
    keys = [catalogue.lookup_key(ware, price) for ware in wares for price in ware.prices]
    rows = StripePrice.objects.filter(active=True, lookup_key__in=keys).order_by("created")
    return PriceList({row.lookup_key: row.amount or 0 for row in rows})
