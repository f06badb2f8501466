"""For the mail that brings an activation code: what is worked out when the mail is written, and stored nowhere."""

from django import template

from portal import activation, links
from portal.models import ActivationCode

register = template.Library()


@register.simple_tag
def activation_code(activation_id: int) -> str:
    """The code of that row."""
    return activation.code_of(ActivationCode.objects.get(pk=activation_id))


@register.simple_tag
def receipt_page(activation_id: int) -> str:
    """Where the receipt of the sale is; opens without signing in."""
    return links.receipt_page(ActivationCode.objects.select_related("sale").get(pk=activation_id).sale)
