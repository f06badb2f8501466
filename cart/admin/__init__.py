"""The admin of the shop: items are edited, orders are looked at and refunded, alarms are seen to."""

from cart.admin import alarms, items, orders

__all__ = ["alarms", "items", "orders"]
