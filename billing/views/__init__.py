"""The pages: pricing, subscribe, and billing with its invoices."""

from billing.views.changes import cancel, card, check, resume
from billing.views.overview import billing
from billing.views.pricing import pricing
from billing.views.recheck import recheck
from billing.views.subscribe import subscribe, subscribed

__all__ = ["billing", "cancel", "card", "check", "pricing", "recheck", "resume", "subscribe", "subscribed"]
