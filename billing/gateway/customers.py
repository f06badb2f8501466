"""Customers at Stripe, and their ways to pay."""

from typing import Any

from billing.gateway import namespace
from billing.gateway.client import Answer, call


def create(*, organization: int, name: str, email: str, key: str) -> Answer:
    """The customer of an organization. https://docs.stripe.com/api/customers/create"""
    facts = {"name": name, "email": email}
    params: Any = {
        **{key: value for key, value in facts.items() if value},  # Stripe refuses what is empty
        "metadata": namespace.stamp(**{namespace.organization_key(): str(organization)}),
    }
    return call(lambda stripe: stripe.v1.customers.create(params, {"idempotency_key": key}))


def find(organization: int) -> Answer:
    """Our customers of that organization, as a list. The search lags behind by up to a minute."""
    query = (
        f"metadata['{namespace.KEY}']:'{namespace.stamp()[namespace.KEY]}' "
        f"AND metadata['{namespace.organization_key()}']:'{organization}'"
    )
    return call(lambda stripe: stripe.v1.customers.search({"query": query}))


def attach(customer: str, payment_method: str, *, key: str) -> Answer:
    """Attach a way to pay; Stripe tries it. Raises `Declined`. The answer is the payment method."""
    return call(
        lambda stripe: stripe.v1.payment_methods.attach(
            payment_method, {"customer": customer}, {"idempotency_key": key}
        )
    )


def prefer(customer: str, payment_method: str, *, key: str) -> Answer:
    """Make an attached way to pay the customer's default. The answer is the customer."""
    return call(
        lambda stripe: stripe.v1.customers.update(
            customer,
            {"invoice_settings": {"default_payment_method": payment_method}},
            {"idempotency_key": key},
        )
    )
