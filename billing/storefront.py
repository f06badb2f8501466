"""All that Stripe should have of us before anybody can buy: products with prices, features, its page, our endpoint."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from billing import endpoints, entitlements, portal_page, products
from billing.steps import Act, Step

LOCAL = ("localhost", "127.0.0.1", "::1")
ACTS = {"made": Act.CREATE, "changed": Act.CHANGE, "kept": Act.KEEP}


def upsert(*, dry_run: bool = False) -> Iterator[Step]:
    """Bring all of it up to date; a step for each. Six reads and no write while nothing changes."""
    yield from products.upsert(dry_run=dry_run)
    yield from entitlements.upsert(dry_run=dry_run)
    yield from portal_page.upsert(dry_run=dry_run)
    yield _endpoint(dry_run)


def _endpoint(dry_run: bool) -> Step:
    if urlsplit(settings.BASE_URL).hostname in LOCAL and not settings.STRIPE_SANDBOX_URL:
        return Step(
            Act.KEEP, "webhook endpoint", "none: Stripe does not reach this machine; stripe listen does"
        )
    change = endpoints.set_up(dry_run=dry_run)
    return Step(ACTS[change.verb], f"webhook endpoint {change.url}", note="\n".join(change.notes))
