"""`{% activation_code id %}` in the mail that brings it: worked out when the mail is written, and stored nowhere."""

from django import template

from portal import activation
from portal.models import ActivationCode

register = template.Library()


@register.simple_tag
def activation_code(activation_id: int) -> str:
    """The code of that row."""
    return activation.code_of(ActivationCode.objects.get(pk=activation_id))
