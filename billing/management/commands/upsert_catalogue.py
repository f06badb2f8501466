"""`manage.py upsert_catalogue`: brings all that is sold to Stripe. Run it with every deployment."""

from collections.abc import Iterator

from billing import storefront
from billing.management.upserting import UpsertCommand
from billing.steps import Step


class Command(UpsertCommand):
    help = (
        "Brings plans, instance types, features, the customer portal's configuration and the webhook endpoint to "
        "Stripe; a second run changes nothing."
    )

    def steps(self, *, dry_run: bool) -> Iterator[Step]:
        return storefront.upsert(dry_run=dry_run)
