"""What is priced per member: its quantity at Stripe follows the organization's members, up and down, prorated."""

from accounts.models import Organization
from billing import errors, gateway, mirror
from billing.models import StripeSubscriptionItem

# Who is overtaken so often gives up: whoever overtook them is still at it.
ROUNDS = 5


def follow(organization: Organization) -> None:
    """Let every quantity of the organization's be the number of its members.

    Looks again after each call, so of several at once the last one sees to the number that holds. Raises
    `errors.BillingError`; what is then left is found again by `StripeSubscriptionItem.objects.astray()`.
    """
    for _round in range(ROUNDS):
        astray = list(StripeSubscriptionItem.objects.astray().filter(subscription__organization=organization))
        if not astray:
            return
        for item in astray:
            _set(item, item.members, organization)
    raise errors.Busy


def _set(item: StripeSubscriptionItem, members: int, organization: Organization) -> None:
    """The key stays the same until the row changes, so a lost answer is no second change."""
    subscription = item.subscription_id
    key = f"{item.stripe_id}:seats:{members}:{mirror.sequence_of(subscription)}"
    try:
        answer = gateway.subscriptions.set_quantity(subscription, item.stripe_id, members, key=key)
    except (errors.NotFound, errors.StoredFailure):  # gone; or only another key brings another answer
        mirror.pull("subscription", subscription, organization.pk)
    except errors.Invalid:
        mirror.pull("subscription", subscription, organization.pk)
        if StripeSubscriptionItem.objects.astray().filter(pk=item.pk).exists():
            raise
    else:
        mirror.record(mirror.of_answer(answer), organization.pk)
