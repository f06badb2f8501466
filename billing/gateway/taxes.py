"""Tax rates that are set by hand. https://docs.stripe.com/api/tax_rates"""

from typing import Any

from billing.gateway import namespace
from billing.gateway.client import Answer, call


def create_rate(*, country: str, state: str, jurisdiction: str, percentage: float, key: str) -> Answer:
    """A rate that is charged on top of a price. `percentage` has up to four decimals; it cannot be changed later."""
    params: Any = {
        "display_name": "Sales tax",
        "inclusive": False,
        "percentage": percentage,
        "country": country.upper(),
        "state": state,
        "jurisdiction": jurisdiction,
        "metadata": namespace.stamp(),
    }
    if country == "us":
        params["tax_type"] = "sales_tax"
    return call(lambda stripe: stripe.v1.tax_rates.create(params, {"idempotency_key": key}))
