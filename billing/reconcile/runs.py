"""A run: all checks in their order, step by step, so that an interrupted one goes on where it was."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organization
from billing import errors, gateway
from billing.models import Difference, MirroredObject, Reconciliation, StripeProduct
from billing.reconcile.checks import Finding, Scope, Step, all_checks

logger = structlog.get_logger(__name__)

# An interrupted run goes on for so long; after that the beginning of it is too old to be of use.
RESUMED_FOR = timedelta(hours=24)
# A run whose last step is so long ago was killed.
DEAD_AFTER = timedelta(minutes=2)

Watch = Callable[[str, int], None]


class OtherAccount(errors.Misconfigured):
    """None of our products is at Stripe: the key is probably another account's, so nothing can be concluded."""

    default_code = "other_account"


def begin(
    *, organization: Organization | None = None, since: datetime | None = None, mends: bool = False
) -> Reconciliation:
    """The run of that scope that was interrupted, or a new one."""
    now = timezone.now()
    resting = Q(beat=None) | Q(beat__lte=now - DEAD_AFTER)
    interrupted = Reconciliation.objects.filter(
        resting,
        organization=organization,
        since=since,
        mends=mends,
        finished=None,
        begun__gt=now - RESUMED_FOR,
    )
    return interrupted.first() or Reconciliation.objects.create(
        organization=organization, since=since, mends=mends
    )


def carry_out(run: Reconciliation, watch: Watch | None = None) -> None:
    """Compare, note what is found, and mend it if the run mends. `watch` is told after each step what is compared, and
    how many are so far.

    Raises `errors.Unavailable` when Stripe cannot be asked, `OtherAccount`; the run can then be resumed.
    """
    scope = Scope(run)
    try:
        _refuse_other_account()
        names = list(all_checks())
        for name in names[names.index(run.check_name) if run.check_name in names else 0 :]:
            for step in all_checks()[name].find(scope, run.cursor if run.check_name == name else ""):
                _take(run, name, step)
                if watch:
                    watch(name, run.compared)
        run.finished = timezone.now()
    finally:
        run.beat = None
        run.save(update_fields=["beat", "finished"])


def _refuse_other_account() -> None:
    products = list(StripeProduct.objects.filter(active=True).values_list("stripe_id", flat=True)[:5])
    if products and not any(gateway.objects.fetch("product", product) for product in products):
        raise OtherAccount


def _take(run: Reconciliation, name: str, step: Step) -> None:
    for finding in step.findings:
        _note(run, finding)
    run.check_name, run.cursor, run.beat = name, step.cursor, timezone.now()
    run.compared += step.compared
    run.save(update_fields=["check_name", "cursor", "beat", "compared"])


def _note(run: Reconciliation, finding: Finding) -> None:
    difference, _new = Difference.objects.update_or_create(
        run=run,
        kind=finding.kind,
        subject=finding.subject,
        defaults={
            "organization_id": finding.organization_id,
            "what": finding.what,
            "fields": finding.fields,
        },
    )
    if run.mends:
        _mend(difference, finding)


def _mend(difference: Difference, finding: Finding) -> None:
    try:
        finding.mend()
    except errors.Unavailable:
        raise
    except errors.BillingError as error:
        difference.error = error.code
    else:
        difference.mended, difference.error = timezone.now(), ""
        _note_mended(finding, difference.mended)
    difference.save(update_fields=["mended", "error"])
    logger.info(
        "difference", kind=finding.kind, subject=finding.subject, what=finding.what, error=difference.error
    )


def _note_mended(finding: Finding, now: datetime) -> None:
    """For the runs that have found it before, too."""
    Difference.objects.left().filter(kind=finding.kind, subject=finding.subject).update(mended=now, error="")


def expected(run: Reconciliation) -> int:
    """About how many there are to compare; Stripe does not say how many it has."""
    scope = {"organization": run.organization} if run.organization else {}
    return MirroredObject.objects.filter(gone=False, **scope).count()


def purge(before: datetime) -> int:
    """Forget the runs that began before then, with all that they found and mended. Returns how many runs."""
    _deleted, by_model = Reconciliation.objects.filter(begun__lt=before).delete()
    return by_model.get(Reconciliation._meta.label, 0)
