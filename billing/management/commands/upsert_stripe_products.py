"""`manage.py upsert_stripe_products`: brings the plans of the catalogue to Stripe. `upsert_catalogue` does all."""

from billing.management.upserting import UpsertCommand
from billing.products import Kind


class Command(UpsertCommand):
    help = "Creates and updates the plans' products and prices at Stripe; a second run changes nothing."
    kinds = (Kind.PLAN,)
