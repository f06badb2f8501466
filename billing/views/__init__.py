"""The pages: pricing, subscribe, and billing with its invoices."""

from billing.views.changes import cancel, card, resume
from billing.views.check import check
from billing.views.checkout import checked_out
from billing.views.machines import machines
from billing.views.overview import billing
from billing.views.plans import change, confirm, take_back
from billing.views.pricing import pricing
from billing.views.subscribe import subscribe, subscribed

__all__ = [
    "billing",
    "cancel",
    "card",
    "change",
    "check",
    "checked_out",
    "confirm",
    "machines",
    "pricing",
    "resume",
    "subscribe",
    "subscribed",
    "take_back",
]
