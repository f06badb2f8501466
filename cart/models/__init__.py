"""The rows of the shop: what is on sale, carts, orders with their refunds, and what staff should look at."""

from cart.models.alarms import Alarm
from cart.models.carts import Cart, CartLine, Line
from cart.models.items import Item, ItemPrice
from cart.models.orders import Order, OrderLine
from cart.models.refunds import Refund

__all__ = ["Alarm", "Cart", "CartLine", "Item", "ItemPrice", "Line", "Order", "OrderLine", "Refund"]
