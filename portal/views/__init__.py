"""The portal's pages."""

from portal.views.order import agreement, first_country, new_checkout
from portal.views.pay import checkout, order_form, receipt, success
from portal.views.renew import renew

__all__ = [
    "agreement",
    "checkout",
    "first_country",
    "new_checkout",
    "order_form",
    "receipt",
    "renew",
    "success",
]
