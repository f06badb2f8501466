"""dj-stripe's own command copies an account from the local Stripe, as it would from Stripe."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from djstripe import models

from sandbox.testing import SECRET_KEY, Stage

MODELS = [
    *("Account", "Product", "Price", "Coupon", "Customer", "PaymentMethod", "SetupIntent", "PaymentIntent"),
    *("Charge", "BalanceTransaction", "Refund", "Subscription", "SubscriptionItem", "SubscriptionSchedule"),
    *("Invoice", "InvoiceItem", "TaxRate", "Session", "Event"),
]


@pytest.fixture
def shop(stage: Stage) -> Any:
    """An account with a subscription that was paid twice, and a refund of its first payment.

    No request made any of its events of the last 30 days: dj-stripe 2.11 puts all that an event says of its request
    into a column of 50 characters, since with stripe 15 it is no dictionary, and PostgreSQL refuses that.
    """
    price = stage.price()
    customer = stage.customer(
        payment_method="pm_card_visa", invoice_settings={"default_payment_method": "pm_card_visa"}
    )
    stage.client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})
    (charge,) = stage.client.v1.charges.list().data
    stage.client.v1.refunds.create({"charge": charge.id, "amount": 500})
    stage.advance(days=32)
    return customer


@pytest.mark.django_db
def test_sync_models_copies_the_account(stage: Stage, shop: Any) -> None:
    said, complained = StringIO(), StringIO()
    with stage.installed():
        call_command(
            "djstripe_sync_models",
            *MODELS,
            api_keys=[SECRET_KEY],
            fail_on_error=True,
            stdout=said,
            stderr=complained,
        )
    assert complained.getvalue() == ""
    customer = models.Customer.objects.get()
    assert (customer.id, customer.email) == (shop.id, "alice@example.com")
    assert [subscription.status for subscription in customer.subscriptions.all()] == ["active"]
    assert [invoice.stripe_data["amount_paid"] for invoice in models.Invoice.objects.all()] == [2000, 2000]
    assert models.Refund.objects.get().stripe_data["amount"] == 500
    listed = stage.client.v1.events.list({"limit": 100}).data  # those of the last 30 days, as at Stripe
    assert {event.id for event in models.Event.objects.all()} == {event.id for event in listed}
