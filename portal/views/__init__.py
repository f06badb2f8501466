"""The portal's pages."""

from portal.views.activation import activate, new_code
from portal.views.order import agreement, first_country, new_checkout
from portal.views.pay import checkout, order_form, receipt, success
from portal.views.receipts import paper, papers
from portal.views.renew import renew

__all__ = [
    "activate",
    "agreement",
    "checkout",
    "first_country",
    "new_checkout",
    "new_code",
    "order_form",
    "paper",
    "papers",
    "receipt",
    "renew",
    "success",
]
