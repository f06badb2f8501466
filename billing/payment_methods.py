"""An organization's ways to pay: which there are, another one, which pays from now on, and one less.

secret = payment_methods.begin(organization)             # the browser stores a card with it
method = payment_methods.find(organization, "pm_...")    # also one of which no event has told us yet
payment_methods.prefer(method)
"""

from accounts.models import Organization
from billing import customers, errors, gateway, mirror
from billing.mirror.fields import id_of
from billing.models import StripeCustomer, StripePaymentMethod, StripeSubscription
from billing.models.attempts import new_key


def of(organization: Organization) -> list[StripePaymentMethod]:
    """All that are attached, newest first. One query."""
    return list(organization.payment_methods.filter(attached=True).order_by("-pk"))


def default_of(organization: Organization) -> str:
    """The id of what the next payment is taken from; empty if there is nothing. Two queries.

    A subscription's own way to pay goes before the customer's.
    """
    subscription = organization.subscriptions.live().newest().first()
    if subscription is not None and subscription.default_payment_method_id:
        return subscription.default_payment_method_id
    customer = StripeCustomer.objects.filter(stripe_id=organization.stripe_customer_id).first()
    return customer.default_payment_method_id if customer else ""


def begin(organization: Organization) -> str:
    """The client secret with which a browser stores another way to pay.

    An intent that nobody confirms does nothing, so each call makes another one.
    """
    key = new_key()
    answer = customers.with_customer(
        organization, lambda customer: gateway.customers.set_up(customer, key=f"{key}:{customer}")
    )
    return str(answer.data["client_secret"])


def find(organization: Organization, stripe_id: str) -> StripePaymentMethod:
    """One of the organization's. Raises `NotFound`, also for somebody else's.

    Stripe is asked about one that we do not know: a browser is quicker than the event that tells of it.
    """
    known = organization.payment_methods.filter(stripe_id=stripe_id, attached=True).first()
    if known is not None:
        return known
    answer = gateway.objects.fetch("payment_method", stripe_id) if organization.stripe_customer_id else None
    if answer is None or id_of(answer.data.get("customer")) != organization.stripe_customer_id:
        raise errors.NotFound
    mirror.record(mirror.of_answer(answer), organization.pk)
    return organization.payment_methods.get(stripe_id=stripe_id)


def prefer(method: StripePaymentMethod) -> None:
    """Let everything be paid with it from now on: what runs already, and what is bought later. Twice is once.

    Raises `NotFound` when it is gone meanwhile, `Unavailable`.
    """
    organization = method.organization
    try:
        for subscription in organization.subscriptions.live():
            if subscription.default_payment_method_id != method.stripe_id:
                _pay_with(subscription, method)
        key = f"{method.stripe_id}:prefer:{mirror.sequence_of(method.customer_id)}"
        answer = gateway.customers.prefer(method.customer_id, method.stripe_id, key=key)
    except errors.CustomerGone:
        customers.forget(organization)
        raise
    except errors.NotFound:
        mirror.pull("payment_method", method.stripe_id, organization.pk)
        raise
    except errors.StoredFailure:  # the next try has another key
        mirror.pull("customer", method.customer_id, organization.pk)
        raise
    mirror.record(mirror.of_answer(answer), organization.pk)


def _pay_with(subscription: StripeSubscription, method: StripePaymentMethod) -> None:
    key = f"{subscription.stripe_id}:card:{method.stripe_id}:{mirror.sequence_of(subscription.stripe_id)}"
    try:
        answer = gateway.subscriptions.use_payment_method(subscription.stripe_id, method.stripe_id, key=key)
    except errors.StoredFailure:
        mirror.pull("subscription", subscription.stripe_id, subscription.organization_id)
        raise
    mirror.record(mirror.of_answer(answer), subscription.organization_id)


def remove(method: StripePaymentMethod) -> None:
    """Nothing is paid with it any more, for good. Raises `PaymentMethodInUse` while a plan that renews needs it."""
    organization = method.organization
    running = organization.subscriptions.live().prefetch_related("items")
    if default_of(organization) == method.stripe_id and any(one.ends_at is None for one in running):
        raise errors.PaymentMethodInUse
    key = f"{method.stripe_id}:detach:{mirror.sequence_of(method.stripe_id)}"
    try:
        answer = gateway.customers.detach(method.stripe_id, key=key)
    except (errors.Invalid, errors.NotFound, errors.StoredFailure):
        # Somebody was quicker; or a key is given up.
        mirror.pull("payment_method", method.stripe_id, organization.pk)
        if organization.payment_methods.filter(pk=method.pk, attached=True).exists():
            raise
    else:
        mirror.record(mirror.of_answer(answer), organization.pk)
