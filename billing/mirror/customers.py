"""Customers and their ways to pay. A customer of ours that its organization does not know is adopted."""

from typing import Any

from billing import access
from billing.mirror.fields import Data, id_of
from billing.mirror.kinds import Facts, Kind, keys_of
from billing.models import MirroredObject, StripeCustomer, StripePaymentMethod, StripeSubscription
from config import statements


def _read_customer(data: Data) -> Facts:
    settings: dict[str, Any] = data.get("invoice_settings") or {}
    return {
        "name": data.get("name") or "",
        "email": data.get("email") or "",
        "locale": next(iter(data.get("preferred_locales") or []), ""),
        "currency": data.get("currency") or "",
        "balance": data.get("balance") or 0,
        "delinquent": bool(data.get("delinquent")),
        "default_payment_method_id": id_of(settings.get("default_payment_method")),
        "deleted": False,
    }


def _write_customer(guard: MirroredObject, facts: Facts) -> None:
    statements.upsert(StripeCustomer, [keys_of(guard) | facts])
    organization = guard.organization
    if organization is not None and organization.stripe_customer_id is None:
        organization.stripe_customer_id = guard.stripe_id
        organization.save(update_fields=["stripe_customer_id"])


def _forget_customer(guard: MirroredObject) -> None:
    """With a customer Stripe ends its subscriptions at once. The organization can buy again, as a new customer."""
    StripeCustomer.objects.filter(stripe_id=guard.stripe_id).update(
        deleted=True, default_payment_method_id=""
    )
    StripePaymentMethod.objects.filter(customer_id=guard.stripe_id).update(attached=False)
    StripeSubscription.objects.filter(customer_id=guard.stripe_id).exclude(
        status__in=StripeSubscription.OVER
    ).update(status=StripeSubscription.Status.CANCELED)
    organization = guard.organization
    if organization is None:
        return
    if organization.stripe_customer_id == guard.stripe_id:
        organization.stripe_customer_id = None
        organization.save(update_fields=["stripe_customer_id"])
    access.refresh(organization)


def _read_payment_method(data: Data) -> Facts:
    card = data.get("card") or {}
    customer = id_of(data.get("customer"))
    return {
        "customer_id": customer,
        "attached": bool(customer),
        "kind": data["type"],
        "brand": card.get("display_brand") or card.get("brand") or "",
        "last4": card.get("last4") or (data.get(data["type"]) or {}).get("last4") or "",
        "exp_month": card.get("exp_month"),
        "exp_year": card.get("exp_year"),
    }


def _write_payment_method(guard: MirroredObject, facts: Facts) -> None:
    statements.upsert(StripePaymentMethod, [keys_of(guard) | facts])


def _forget_payment_method(guard: MirroredObject) -> None:
    StripePaymentMethod.objects.filter(stripe_id=guard.stripe_id).update(attached=False)


CUSTOMER = Kind("customer", _read_customer, _write_customer, _forget_customer, locks_owner=True)
PAYMENT_METHOD = Kind("payment_method", _read_payment_method, _write_payment_method, _forget_payment_method)
