"""Stripe's names for the languages of our pages, of its own, and of its mails and invoices.

https://docs.stripe.com/js/appendix/supported_locales
"""

from django.utils.translation import get_language

AT_STRIPE = {"en": "en", "zh-hans": "zh"}


def current() -> str:
    """Of the active language."""
    return of(get_language() or "")


def of(language: str) -> str:
    """Of one of ours; any other is left to Stripe, which asks the browser."""
    return AT_STRIPE.get(language, "auto")


def preferred(language: str) -> str:
    """What a customer's mails and invoices are in; empty for what Stripe has no name for: then in the account's."""
    return AT_STRIPE.get(language, "")
