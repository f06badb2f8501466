"""What the portal keeps: sales, paid years, taxes of the states, papers and activation codes."""

from portal.models.papers import ActivationCode, NumberSeries, Receipt
from portal.models.refunds import Refund
from portal.models.sales import PaidYear, Sale
from portal.models.taxes import Exemption, StateTaxRate, StripeTaxRate

__all__ = [
    "ActivationCode",
    "Exemption",
    "NumberSeries",
    "PaidYear",
    "Receipt",
    "Refund",
    "Sale",
    "StateTaxRate",
    "StripeTaxRate",
]
