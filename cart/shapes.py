"""What the endpoints of the shop take and answer, for the API's description. What reads and fills them is elsewhere."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from cart import contents
from cart.bodies import LONGEST_EMAIL
from cart.models import Order

CENTS = _("In the currency's smallest unit.")
SLUG = {"type": "string", "pattern": "^[a-z0-9-]+$"}
QUANTITY = {"type": "integer", "minimum": 0, "maximum": contents.MOST_OF_ONE}
# What was answered may be sent back as it is: a price, a version and a total are passed over.
_LINE = {
    "type": "object",
    "properties": {"qty": QUANTITY, "price": {}},
    "required": ["qty"],
    "additionalProperties": False,
}
CART = {
    "application/json": {
        "type": "object",
        "properties": {
            "items": {"type": "object", "additionalProperties": _LINE},
            "currency": {"type": "string"},
            "version": {},
            "total": {},
        },
        "anyOf": [{"required": ["items"]}, {"required": ["currency"]}],
        "additionalProperties": False,
    }
}
CHECKOUT = {
    "application/json": {
        "type": "object",
        "properties": {
            "email": {"type": "string", "format": "email", "maxLength": LONGEST_EMAIL},
            "currency": {"type": "string", "maxLength": 3},
            "version": {"type": "string"},
            "total": {"type": "integer"},
            "payment_method_id": {},
        },
        "additionalProperties": False,
    }
}
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description=_("The `ETag` of the cart that is meant: a 409 if it is another by now."),
)


class CartLine(serializers.Serializer[Any]):
    price = serializers.IntegerField(help_text=CENTS)
    qty = serializers.IntegerField()


class Cart(serializers.Serializer[Any]):
    """What is in it, by the items' slugs. The version, which is also the `ETag`, changes with the content."""

    items = serializers.DictField(child=CartLine())
    version = serializers.CharField()
    total = serializers.IntegerField(help_text=CENTS)
    currency = serializers.CharField()


class Payment(serializers.Serializer[Any]):
    """What the browser pays the order with. `client_secret` is null when nothing is left to pay: see `status`."""

    client_secret = serializers.CharField(allow_null=True)
    publishable_key = serializers.CharField(allow_blank=True)
    payment_intent = serializers.CharField(allow_null=True, allow_blank=True)
    amount = serializers.IntegerField(help_text=CENTS)
    currency = serializers.CharField()
    order = serializers.UUIDField()
    status = serializers.ChoiceField(Order.State.choices)
    return_url = serializers.URLField(help_text=_("The order's page."))


CART_SENT: dict[str, Any] = {"items": {"atlas": {"qty": 2}}}
CART_ANSWER: dict[str, Any] = {
    "items": {"atlas": {"price": 5800, "qty": 2}},
    "version": "0b9a3c52-5b43-4d57-9b54-0d6a4a5c1d0e",
    "total": 11600,
    "currency": "usd",
}
PAYMENT: dict[str, Any] = {
    "client_secret": "pi_3QbYw1LkdIwHu7ix_secret_RTf0",
    "publishable_key": "pk_test_51QbYw",
    "payment_intent": "pi_3QbYw1LkdIwHu7ix",
    "amount": 11600,
    "currency": "usd",
    "order": "5f0c9a44-5a3b-4c3c-8a5e-3a8f7f1b2c3d",
    "status": "open",
    "return_url": "https://turnpike.example/shop/orders/5f0c9a44-5a3b-4c3c-8a5e-3a8f7f1b2c3d/",
}
