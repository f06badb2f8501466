"""Stripe's own page for customers: cards, invoices. https://docs.stripe.com/api/customer_portal/sessions"""

from typing import Any

from billing.gateway.client import Answer, call


def open_card_page(customer: str, return_url: str) -> Answer:
    """A visit to the page on which a customer gives another card; its `url` works for a few minutes.

    Without an idempotency key: it makes nothing that lasts, and each visit needs a new one.
    """
    back: Any = {"type": "redirect", "redirect": {"return_url": return_url}}
    flow: Any = {"type": "payment_method_update", "after_completion": back}
    return call(
        lambda stripe: stripe.v1.billing_portal.sessions.create(
            {"customer": customer, "return_url": return_url, "flow_data": flow}
        )
    )
