"""Money in templates: `{{ invoice.total|money:invoice.currency }}`."""

from django import template

from billing import money as amounts

register = template.Library()


@register.filter
def money(amount: int, currency: str) -> str:
    """An amount in the smallest unit, as people write it: `$20.00`."""
    return amounts.display(amount, currency)


@register.filter
def price(amount: int, currency: str) -> str:
    """The same without empty decimals, for a price in large letters: `$20`, but `$4.50`."""
    return amounts.display(amount, currency, short=True)
