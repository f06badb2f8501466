"""For mails: signed addresses of orders, made when the mail is written so that no row holds them."""

from django import template

from cart import links

register = template.Library()


@register.simple_tag
def order_page(order: str) -> str:
    """The page of an order, by its uuid; opens in any browser for three months."""
    return links.order_page(order)
