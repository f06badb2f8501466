"""What Stripe's events speak of since a time: those that reached us and those that did not. They are hints only; each
object is compared as it is now. Stripe keeps events for 30 days."""

from collections.abc import Iterator
from datetime import timedelta

from billing import gateway, ownership
from billing.models import MirroredObject
from billing.reconcile import objects
from billing.reconcile.checks import Check, Finding, Scope, Step
from billing.webhooks import registry

KEPT = timedelta(days=30)


def check() -> Check:
    return Check("event", _find)


def _find(scope: Scope, cursor: str) -> Iterator[Step]:
    if scope.since is None:
        return
    for page in gateway.lists.pages("event", after=cursor, since=scope.seconds):
        named: dict[str, dict[str, None]] = {}
        for event in page.objects:
            data = event["data"]["object"]
            if registry.knows(event["type"]) and data.get("id") and not ownership.is_foreign(data):
                named.setdefault(data["object"], {})[data["id"]] = None
        yield Step(list(_compare(named, scope)), len(page.objects), page.cursor)


def _compare(named: dict[str, dict[str, None]], scope: Scope) -> Iterator[Finding]:
    for kind, ids in named.items():
        done = MirroredObject.objects.filter(compared_by=scope.run, stripe_id__in=ids)
        left = ids.keys() - set(done.values_list("stripe_id", flat=True))
        for finding in objects.compare_anew(kind, sorted(left), scope):
            if scope.organization is None or finding.organization_id == scope.organization.pk:
                yield finding
