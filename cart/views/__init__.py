"""The pages of the shop."""

from cart.views.carts import cart, currency
from cart.views.checkout import checkout
from cart.views.goods import add, item, shop
from cart.views.orders import check, order, orders

__all__ = ["add", "cart", "check", "checkout", "currency", "item", "order", "orders", "shop"]
