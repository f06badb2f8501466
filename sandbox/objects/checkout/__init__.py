"""Checkout: Stripe's page that sells, server side. https://docs.stripe.com/api/checkout/sessions

For the page: `complete(world, session, Buyer(...))`, `find_intent`, `return_address`, `apply_promotion_code`,
`remove_promotion_code`, `change_quantity`.
"""

from sandbox.objects.checkout import operations
from sandbox.objects.checkout.buyers import Buyer
from sandbox.objects.checkout.changes import (
    apply_promotion_code,
    change_quantity,
    expire,
    remove_promotion_code,
)
from sandbox.objects.checkout.completion import complete, find_intent, return_address

__all__ = [
    "Buyer",
    "apply_promotion_code",
    "change_quantity",
    "complete",
    "expire",
    "find_intent",
    "operations",
    "remove_promotion_code",
    "return_address",
]
