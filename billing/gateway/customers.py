"""Customers at Stripe, and their ways to pay."""

from typing import Any

from billing.gateway import namespace
from billing.gateway.client import Answer, call


def create(*, organization: int, name: str, email: str, key: str, locale: str = "") -> Answer:
    """The customer of an organization. `locale`: in which language Stripe's mails and invoices are, as Stripe calls it.

    https://docs.stripe.com/api/customers/create
    """
    params: Any = {
        **_facts(name, email, locale),
        "metadata": namespace.stamp(**{namespace.organization_key(): str(organization)}),
    }
    return call(lambda stripe: stripe.v1.customers.create(params, {"idempotency_key": key}))


def _facts(name: str, email: str, locale: str) -> dict[str, Any]:
    """Stripe refuses what is empty."""
    facts = {"name": name, "email": email, "preferred_locales": [locale] if locale else []}
    return {key: value for key, value in facts.items() if value}


def find(organization: int) -> Answer:
    """Our customers of that organization, as a list. The search lags behind by up to a minute."""
    query = namespace.search(**{namespace.organization_key(): str(organization)})
    return call(lambda stripe: stripe.v1.customers.search({"query": query}))


def describe(customer: str, *, name: str, email: str, locale: str, key: str) -> Answer:
    """Another name, address and language; what is empty stays as it is. The answer is the customer."""
    facts: Any = _facts(name, email, locale)
    return call(lambda stripe: stripe.v1.customers.update(customer, facts, {"idempotency_key": key}))


def locate(customer: str, address: dict[str, str], *, exempt: bool, key: str) -> Answer:
    """Where the customer is, and whether Stripe charges it tax. The answer is the customer."""
    given: Any = {name: value for name, value in address.items() if value}
    return call(
        lambda stripe: stripe.v1.customers.update(
            customer,
            {"address": given, "tax_exempt": "exempt" if exempt else "none"},
            {"idempotency_key": key},
        )
    )


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


def detach(payment_method: str, *, key: str) -> Answer:
    """Take a way to pay away from its customer, for good: it cannot be attached again. The answer is the method.

    Raises `Invalid` when it is attached to nobody.
    """
    return call(lambda stripe: stripe.v1.payment_methods.detach(payment_method, {}, {"idempotency_key": key}))


def set_up(customer: str, *, key: str) -> Answer:
    """The intent with which a browser stores another way to pay, for payments while nobody is there. It moves no money.

    https://docs.stripe.com/api/setup_intents/create
    """
    params: Any = {
        "customer": customer,
        "usage": "off_session",
        "automatic_payment_methods": {"enabled": True},
        "metadata": namespace.stamp(),
    }
    return call(lambda stripe: stripe.v1.setup_intents.create(params, {"idempotency_key": key}))
