"""When an organization is closed, what it pays for ends first. If that cannot be done, it stays open."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.errors import OrganizationError
from accounts.models import Organization
from billing import checkouts, errors, subscriptions


class StillPayingError(OrganizationError):
    code = "still_paying"
    status = 503
    title = _("It cannot be closed now")
    message = _("We could not end what it pays for, so it stays open. Please try again in a minute.")


def end_subscriptions(organization: Organization, **signal: Any) -> None:
    """End all that runs at Stripe, now, also what no event has told us of.

    Raises `StillPayingError` when Stripe cannot be asked; a second call goes on where the first stopped.
    """
    if not organization.stripe_customer_id:
        return
    try:
        checkouts.close(organization)
        subscriptions.sync(organization)
        for subscription in organization.subscriptions.all():
            subscriptions.cancel(subscription, now=True)
    except errors.BillingError as error:
        raise StillPayingError from error
