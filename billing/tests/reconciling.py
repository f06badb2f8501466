"""What the tests of reconciliation share: a run that only looks, and one that mends."""

from typing import Any

from billing import reconcile
from billing.models import Reconciliation


def found(**scope: Any) -> set[tuple[str, str, str]]:
    """What a dry run finds: kind, subject, what."""
    run = reconcile.begin(**scope)
    reconcile.carry_out(run)
    return set(run.differences.values_list("kind", "subject", "what"))


def mend(**scope: Any) -> Reconciliation:
    """A run that mends, after which nothing is left."""
    run = reconcile.begin(mends=True, **scope)
    reconcile.carry_out(run)
    assert not run.differences.left().exists(), list(run.differences.values())
    assert found(**scope) == set()
    return run
