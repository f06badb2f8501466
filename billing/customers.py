"""The customer that an organization is at Stripe: made when it first buys, exactly once."""

import hashlib
from collections.abc import Callable
from typing import TypeVar

import structlog
from django.db import transaction

from accounts.models import Organization
from billing import access, errors, gateway, locales, mirror, ownership, portal_page
from billing.models import Attempt, StripeCustomer

logger = structlog.get_logger(__name__)
Made = TypeVar("Made")

# Who is overtaken so often gives up: whoever overtook them is still at it.
ROUNDS = 5


def ensure(organization: Organization) -> str:
    """The id of the organization's customer, made if there is none. Updates the given instance too."""
    for _try in range(2):  # a key under which Stripe has stored a failure of its own is given up for another
        if organization.stripe_customer_id:
            return organization.stripe_customer_id
        attempt = _begin(organization)
        if attempt is not None:
            _carry_out(attempt, organization)
        organization.refresh_from_db(fields=["stripe_customer_id"])
    if not organization.stripe_customer_id:
        raise errors.Unavailable
    return organization.stripe_customer_id


def prefer(organization: Organization, payment_method: str, key: str) -> str:
    """Attach a way to pay and make it the default. `key` makes it one try. Raises `errors.Declined`.

    Returns its id, which is another when Stripe's name of a test card was given, such as `pm_card_visa`.
    """
    customer = ensure(organization)
    try:
        attached = gateway.customers.attach(customer, payment_method, key=f"{key}:attach:{payment_method}")
    except errors.CustomerGone:
        raise
    except errors.NotFound as missing:
        raise errors.Invalid(param="payment_method_id") from missing
    mirror.record(mirror.of_answer(attached), organization.pk)
    stripe_id = str(attached.data["id"])
    preferred = gateway.customers.prefer(customer, stripe_id, key=f"{key}:prefer:{payment_method}")
    mirror.record(mirror.of_answer(preferred), organization.pk)
    return stripe_id


def forget(organization: Organization) -> None:
    """The organization's customer seems to be gone: ask, and mirror what holds. Updates the given instance too."""
    if organization.stripe_customer_id:
        mirror.pull("customer", organization.stripe_customer_id, organization.pk)
        organization.refresh_from_db()


def describe(organization: Organization) -> None:
    """Let the customer at Stripe have the organization's present name, address and language. As `seats.follow`."""
    for _round in range(ROUNDS):
        outdated = StripeCustomer.objects.outdated().filter(organization=organization)
        customer = outdated.select_related("organization").first()
        if customer is None:
            return
        _describe(customer)
    raise errors.Busy


def with_customer(organization: Organization, make: Callable[[str], Made]) -> Made:
    """What a call for the organization's customer makes. One that was deleted, as in the dashboard, is made anew."""
    try:
        return make(ensure(organization))
    except errors.CustomerGone:
        forget(organization)
    return make(ensure(organization))


def card_page(organization: Organization, return_url: str) -> str:
    """The address of Stripe's page on which the organization's card is changed, for one visit now."""
    return page(organization, return_url, "payment_method_update")


def page(organization: Organization, return_url: str, flow: str = "", subscription: str = "") -> str:
    """The address of Stripe's page for the organization, for one visit now. See `gateway.portal.open_page`."""
    configuration = portal_page.configuration()
    answer = with_customer(
        organization,
        lambda customer: gateway.portal.open_page(
            customer, return_url, configuration, flow, subscription, locales.current()
        ),
    )
    return str(answer.data["url"])


def _describe(customer: StripeCustomer) -> None:
    organization = customer.organization
    facts = {
        "name": organization.name,
        "email": organization.email,
        "locale": locales.preferred(organization.language),
    }
    digest = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
    key = f"{customer.stripe_id}:describe:{digest}:{mirror.sequence_of(customer.stripe_id)}"
    try:
        answer = gateway.customers.describe(customer.stripe_id, **facts, key=key)
    except (errors.NotFound, errors.StoredFailure):
        mirror.pull("customer", customer.stripe_id, organization.pk)
    else:
        mirror.record(mirror.of_answer(answer), organization.pk)


def _begin(organization: Organization) -> Attempt | None:
    """The attempt under way, or a new one, committed before Stripe is called; None when somebody just made it."""
    with transaction.atomic():
        locked = access.lock(organization.pk)
        if locked.stripe_customer_id:
            return None
        parameters = {
            "organization": locked.pk,
            "name": locked.name,
            "email": locked.email,
            "locale": locales.preferred(locked.language),
        }
        attempt, _new = Attempt.objects.open().get_or_create(
            organization=locked, kind=Attempt.Kind.CUSTOMER, defaults={"parameters": parameters}
        )
    return attempt


def _carry_out(attempt: Attempt, organization: Organization) -> None:
    """Make the customer, or find the one that was made. When there is neither, the attempt is closed."""
    try:
        answer = _find(organization) if attempt.is_stale else None
        answer = answer or gateway.customers.create(**attempt.parameters, key=attempt.key)
    except (errors.StoredFailure, errors.KeyReused) as failure:
        answer = _find(organization)
        if answer is None:
            Attempt.objects.filter(pk=attempt.pk).fail(failure.code)
            return
    mirror.record(mirror.of_answer(answer), organization.pk)
    Attempt.objects.filter(pk=attempt.pk).finish(answer.data["id"])


def _find(organization: Organization) -> gateway.client.Answer | None:
    """A customer of ours that an earlier attempt made without hearing of it."""
    found = gateway.customers.find(organization.pk)
    ours = [
        one for one in found.data["data"] if ownership.of("customer", one).organization_id == organization.pk
    ]
    if not ours:
        return None
    logger.info("customer adopted", organization=organization.pk, customer=ours[0]["id"])
    return gateway.client.Answer(ours[0], found.as_of)
