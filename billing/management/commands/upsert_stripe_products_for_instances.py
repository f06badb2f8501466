"""`manage.py upsert_stripe_products_for_instances`: brings the machine types to Stripe. `upsert_catalogue` does all."""

from billing.management.upserting import UpsertCommand
from billing.products import Kind


class Command(UpsertCommand):
    help = (
        "Creates and updates the instance types' products and prices at Stripe; a second run changes nothing."
    )
    kinds = (Kind.INSTANCE,)
