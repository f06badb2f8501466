"""dj-stripe's rows, for its admin and for history. They are brought up to date off the path and may lag.

Nothing that decides reads them. dj-stripe keeps the secret key that it is called with in its tables, so it is given a
placeholder; the gateway's transport signs its calls with the real one.
"""

from typing import Any

import djstripe.models
import structlog
from django.conf import settings
from django.db.models import Max

from billing import errors, gateway
from billing.models import Event

logger = structlog.get_logger(__name__)

# In this order: what the others refer to first, so that dj-stripe has less to fetch by itself.
MODELS: dict[str, Any] = {
    "product": djstripe.models.Product,
    "price": djstripe.models.Price,
    "customer": djstripe.models.Customer,
    "payment_method": djstripe.models.PaymentMethod,
    "subscription": djstripe.models.Subscription,
    "subscription_schedule": djstripe.models.SubscriptionSchedule,
    "payment_intent": djstripe.models.PaymentIntent,
    "charge": djstripe.models.Charge,
    "invoice": djstripe.models.Invoice,
    "refund": djstripe.models.Refund,
    "dispute": djstripe.models.Dispute,
    "checkout.session": djstripe.models.Session,
}
_ORDER = list(MODELS)


def placeholder() -> str:
    """A key that is none, of the form that dj-stripe insists on."""
    return f"sk_{'live' if settings.STRIPE_LIVE_MODE else 'test'}_theKeyIsNotKeptInTheDatabase"


def copy(kind: str, stripe_id: str) -> bool:
    """Fetch one object and give it to dj-stripe; False if Stripe no longer has it, when dj-stripe's row stays."""
    answer = gateway.objects.fetch(kind, stripe_id)
    if answer is None or answer.data.get("deleted"):
        return False
    _introduce_placeholder()
    data = gateway.objects.for_the_sdk(_without_secrets(answer.data))
    MODELS[kind].sync_from_stripe_data(data, api_key=placeholder())
    return True


def copy_waiting(limit: int = 200) -> int:
    """Copy the objects of events that are done and not copied yet, each object once. Returns how many objects.

    Raises `errors.Unavailable` when Stripe does not answer; the rest waits for the next time.
    """
    waiting = Event.objects.filter(state=Event.State.DONE, copied=False).exclude(object=None)
    objects = waiting.values("object_id", "object_kind").annotate(newest=Max("pk")).order_by("newest")[:limit]
    copied = 0
    for entry in sorted(objects, key=lambda entry: _ORDER.index(entry["object_kind"])):
        try:
            copied += copy(entry["object_kind"], str(entry["object_id"]))
        except errors.BillingError:
            raise
        except Exception as error:
            # dj-stripe has its own opinion of some objects; its rows are not worth stopping for.
            logger.warning("not copied to dj-stripe", object=entry["object_id"], error=type(error).__name__)
        waiting.filter(object_id=entry["object_id"], pk__lte=entry["newest"]).update(copied=True)
    return copied


def _introduce_placeholder() -> None:
    """The account that the placeholder belongs to; else dj-stripe would ask Stripe whose key it is."""
    if djstripe.models.APIKey.objects.filter(secret=placeholder()).exists():
        return
    account, _new = djstripe.models.Account.objects.get_or_create(
        id=gateway.objects.account_id(), defaults={"livemode": settings.STRIPE_LIVE_MODE}
    )
    djstripe.models.APIKey.objects.get_or_create(
        secret=placeholder(),
        defaults={
            "type": "secret",
            "livemode": settings.STRIPE_LIVE_MODE,
            "name": "Placeholder",
            "djstripe_owner_account": account,
        },
    )


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_secrets(child) for key, child in value.items() if key != "client_secret"}
    return [_without_secrets(child) for child in value] if isinstance(value, list) else value
