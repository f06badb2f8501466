"""Stripe's errors, translated into ours. Customers see Stripe's own sentence only where it is about their payment."""

import stripe
import structlog

from billing import declines, errors
from billing.errors import BillingError

logger = structlog.get_logger(__name__)

# Stripe answers these with 402 when a card must be authenticated while nobody is there to do it.
ACTION_REQUIRED = {
    "authentication_required",
    "invoice_payment_intent_requires_action",
    "subscription_payment_intent_requires_action",
}

# What is missing, by the parameter that named it.
MISSING = {"customer": errors.CustomerGone, "starting_after": errors.CursorGone}


def translate(error: stripe.StripeError) -> BillingError:
    """The error of ours that says the same."""
    if isinstance(error, stripe.CardError):
        return _of_payment(error)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        logger.error("Stripe refuses our key", request=error.request_id, code=error.code)
        return errors.Misconfigured()
    if error.http_status == 409:
        return errors.Busy()
    if isinstance(error, stripe.IdempotencyError):
        return errors.KeyReused()
    if isinstance(error, stripe.RateLimitError):
        return errors.Unavailable()
    if isinstance(error, stripe.InvalidRequestError):
        return _of_request(error)
    if is_replayed(error.headers):
        return errors.StoredFailure()
    logger.warning("Stripe does not answer", request=error.request_id, status=error.http_status)
    return errors.Unavailable()


def is_replayed(headers: object) -> bool:
    """Whether Stripe gave the stored answer to an earlier call with the same key."""
    get = getattr(headers, "get", None)
    return bool(get and (get("Idempotent-Replayed") or get("idempotent-replayed")) == "true")


def _of_payment(error: stripe.CardError) -> BillingError:
    if error.code in ACTION_REQUIRED:
        return errors.ActionRequired()
    reason = (error.error.decline_code if error.error else None) or error.code or ""
    return errors.Declined(declines.sentence(reason, error.user_message or ""), reason=reason)


def _of_request(error: stripe.InvalidRequestError) -> BillingError:
    logger.warning("Stripe refuses a call", request=error.request_id, code=error.code, param=error.param)
    if error.http_status == 404 or error.code == "resource_missing":
        return MISSING.get(error.param or "", errors.NotFound)()
    return errors.Invalid(stripe_code=error.code or "", stripe_message=error.user_message or "")
