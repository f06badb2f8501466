"""For mails: signed addresses, made when the mail is written so that no row holds them; and days."""

from datetime import date

from django import template
from django.utils.formats import date_format

from accounts.models import Organization
from portal import links
from portal.models import Sale

register = template.Library()


@register.simple_tag
def renewal_page(organization: Organization, country: str) -> str:
    """Where the organization's plan is renewed, or its card changed; opens without signing in for a month."""
    return links.renewal_page(organization, country)


@register.simple_tag
def checkout_page(sale: int) -> str:
    """Where the sale is paid."""
    return links.checkout_page(Sale.objects.get(pk=sale))


@register.filter
def day(text: str) -> str:
    """`2028-01-15`, as mails keep it, in the words of the active language."""
    return date_format(date.fromisoformat(text), "DATE_FORMAT")
