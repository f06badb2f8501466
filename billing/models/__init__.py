"""The rows of billing. Those named after Stripe are a mirror: only `billing.mirror` writes them."""

from billing.models.attempts import Attempt
from billing.models.customers import StripeCustomer, StripeInvoice, StripePaymentMethod
from billing.models.grants import Grant
from billing.models.inbox import Event
from billing.models.instances import InstanceType
from billing.models.mirrored_objects import MirroredObject
from billing.models.outbox import Mail
from billing.models.products import StripePrice, StripeProduct
from billing.models.reconciliations import Difference, Reconciliation
from billing.models.reversals import Reversal
from billing.models.subscriptions import StripeSubscription, StripeSubscriptionItem

__all__ = [
    "Attempt",
    "Difference",
    "Event",
    "Grant",
    "InstanceType",
    "Mail",
    "MirroredObject",
    "Reconciliation",
    "Reversal",
    "StripeCustomer",
    "StripeInvoice",
    "StripePaymentMethod",
    "StripePrice",
    "StripeProduct",
    "StripeSubscription",
    "StripeSubscriptionItem",
]
