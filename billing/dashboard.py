"""Where an object is to be seen: in Stripe's dashboard, or in the local Stripe's."""

from django.conf import settings

STRIPE = "https://dashboard.stripe.com"
# By kind. Both dashboards use the same words.
PLACES = {
    "customer": "customers",
    "event": "events",
    "invoice": "invoices",
    "payment_intent": "payments",
    "price": "prices",
    "product": "products",
    "subscription": "subscriptions",
}


def url(kind: str, stripe_id: str) -> str:
    """The object's page; empty for kinds that have none."""
    place = PLACES.get(kind)
    if place is None:
        return ""
    if settings.STRIPE_SANDBOX_URL:
        return f"{settings.STRIPE_SANDBOX_URL}/dashboard/{place}/{stripe_id}"
    mode = "" if settings.STRIPE_LIVE_MODE else "/test"
    return f"{STRIPE}{mode}/{place}/{stripe_id}"
