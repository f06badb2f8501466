"""Pictures of items in templates: `{{ item.picture|picture }}`."""

from django import template

from cart import pictures

register = template.Library()


@register.filter
def picture(name: str) -> str:
    """Its address; empty if there is none."""
    return pictures.url(name)
