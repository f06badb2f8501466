"""Reconciliation: what Stripe has is compared with our rows, object by object, and what differs is mended.

    run = reconcile.begin(organization=acme, mends=True)
    reconcile.carry_out(run)
    run.differences.left()

Events tell what changed; this finds what they did not tell, because they were lost, or never made, or because the
database was restored from yesterday. Mending is asking Stripe and mirroring its answer, as everywhere.
"""

from billing.reconcile import attempts, events, following, objects, reversals, timelines
from billing.reconcile.checks import Check, Finding, Scope, Step, all_checks, register
from billing.reconcile.runs import OtherAccount, begin, carry_out, expected, purge

# Customers come before what belongs to them, so that it is known whose it is; and attempts before subscriptions, so
# that a purchase is brought to its end by what knows how.
register(
    *objects.checks("product", "price", "customer"),
    attempts.check(),
    *objects.checks("payment_method", *objects.BY_CUSTOMER, "refund", "dispute"),
    *following.checks(),
    events.check(),
    reversals.check(),
    timelines.check(),
)

__all__ = [
    "Check",
    "Finding",
    "OtherAccount",
    "Scope",
    "Step",
    "all_checks",
    "begin",
    "carry_out",
    "expected",
    "purge",
    "register",
]
