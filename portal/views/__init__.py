"""The portal's pages."""

from portal.views.order import first_country, new_checkout
from portal.views.pay import checkout, receipt, success
from portal.views.renew import renew

__all__ = ["checkout", "first_country", "new_checkout", "receipt", "renew", "success"]
