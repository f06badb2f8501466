"""What a reconciliation is made of: checks, each of which walks over one kind of thing and yields what it finds.

Another app adds its own, when it is ready, with `checks.register(Check("order", find))`: `find` is given the scope and
the cursor of the last step that was carried out (empty at first), and yields steps.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import Organization
from billing.models import Difference, Reconciliation, StripeCustomer
from billing.reconcile.owners import Owners

# Name -> [here, at Stripe]; must be JSON.
Fields = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be compared: everything, what happened since a time, or one organization's."""

    run: Reconciliation
    owners: Owners = field(default_factory=Owners)

    @property
    def organization(self) -> Organization | None:
        return self.run.organization

    @property
    def since(self) -> datetime | None:
        return self.run.since

    @property
    def seconds(self) -> int | None:
        """`since` in epoch seconds."""
        return int(self.since.timestamp()) if self.since else None

    @property
    def narrow(self) -> dict[str, Any]:
        """The condition that keeps a query of rows within the organization, if there is one."""
        return {"organization": self.organization} if self.organization else {}

    def customers(self) -> dict[str, int]:
        """Customers of ours, and their organizations: those that we know, and those that this run has found."""
        known = StripeCustomer.objects.filter(deleted=False, **self.narrow)
        found = self.run.differences.filter(kind="customer", what=Difference.What.MISSING)
        return dict(known.values_list("stripe_id", "organization_id")) | dict(
            found.exclude(organization=None).values_list("subject", "organization_id")
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in which our rows and Stripe do not agree. `mend` makes them agree; it may raise a BillingError."""

    kind: str
    subject: str
    organization_id: int | None
    what: Difference.What
    fields: Fields
    mend: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of work that is done: how many were compared, what was found, where to go on after an interruption."""

    findings: Sequence[Finding]
    compared: int
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """See above."""

    name: str
    find: Callable[[Scope, str], Iterator[Step]]


def register(*checks: Check) -> None:
    """Carried out in the order of registration."""
    _CHECKS.update({check.name: check for check in checks})


def all_checks() -> Mapping[str, Check]:
    return _CHECKS


_CHECKS: dict[str, Check] = {}
