"""A purchase of a subscription, made exactly once, however often it is clicked, cut off or declined.

The intention is stored first, as an attempt with its idempotency key and parameters; whoever finds it carries it out
in the same words, so Stripe makes one subscription and everybody hears of the same one.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization
from billing import access, customers, errors, gateway, mirror
from billing.catalogue import Plan
from billing.gateway.client import Answer
from billing.models import Attempt, StripePrice, StripeSubscription

logger = structlog.get_logger(__name__)

# Somebody who asks again so soon after buying clicked twice, or lost the answer.
JUST_NOW = timedelta(minutes=10)
# A purchase that nobody has heard of for so long, and Stripe neither, was never made.
PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Purchase:
    """A subscription that was begun. `client_secret`: what the browser confirms with, if anything is left to do."""

    subscription_id: str
    status: str
    client_secret: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted. `payment_method` may be empty: the browser will provide one.

    `machines`: how many of which instance types beside the plan; `lines` are the same as Stripe takes them.
    """

    organization: Organization
    plan: Plan
    interval: str
    payment_method: str = ""
    machines: Mapping[str, int] = field(default_factory=dict)
    lines: Sequence[dict[str, Any]] = ()

    def matches(self, attempt: Attempt) -> bool:
        same = (attempt.plan, attempt.interval) == (self.plan.key, self.interval)
        return same and attempt.parameters.get("machines", []) == list(self.lines)

    def is_for(self, subscription: StripeSubscription) -> bool:
        item = subscription.plan_item
        same = item is not None and (item.key, item.interval) == (self.plan.key, self.interval)
        return same and subscription.machines == dict(self.machines)


def begin(order: Order) -> Attempt | StripeSubscription:
    """What is to be carried out: an attempt, stored and committed; or the subscription that an earlier one made.

    Raises `AlreadySubscribed` or `PurchaseUnderWay` when there is another that this one would come on top of.
    """
    with transaction.atomic():
        access.lock(order.organization.pk)
        attempts = order.organization.attempts.open()
        # A page that was opened since the others were closed; see `checkouts`.
        if attempts.filter(kind=Attempt.Kind.CHECKOUT).exists():
            raise errors.PurchaseUnderWay
        under_way = attempts.filter(kind=Attempt.Kind.SUBSCRIPTION).first()
        if under_way is not None and order.matches(under_way) and not under_way.is_stale:
            return under_way
        if under_way is not None:
            give_up(under_way)
        existing = _existing(order)
        if existing is not None:
            return existing
        attempt = draft(order, Attempt.Kind.SUBSCRIPTION)
        attempt.save()
        return attempt


def give_up(attempt: Attempt) -> None:
    """Close an open attempt: our rows were just synchronized, and Stripe has nothing of it. Raises `PurchaseUnderWay`
    while somebody may still be at it."""
    if timezone.now() - attempt.created < PATIENCE:
        raise errors.PurchaseUnderWay
    Attempt.objects.filter(pk=attempt.pk).fail("forgotten")


def _existing(order: Order) -> StripeSubscription | None:
    """The subscription that this order is about already. Raises if there is one that it is not about."""
    subscriptions = order.organization.subscriptions.newest().prefetch_related("items")
    for subscription in subscriptions.live():
        if order.is_for(subscription) and _was_just_bought(subscription):
            return subscription
        raise errors.AlreadySubscribed
    for subscription in subscriptions.unfinished():
        if order.is_for(subscription):
            return subscription
        raise errors.PurchaseUnderWay
    return None


def _was_just_bought(subscription: StripeSubscription) -> bool:
    recent = timezone.now() - JUST_NOW
    return Attempt.objects.filter(result=subscription.stripe_id, finished__gte=recent).exists()


def draft(order: Order, kind: Attempt.Kind, **more: Any) -> Attempt:
    """The intention, not stored yet, with all that Stripe will be told; `more` of it. Raises `NotOnSale`."""
    price = StripePrice.objects.on_offer(order.plan, order.interval).first()
    if price is None:
        raise errors.NotOnSale
    return Attempt(
        kind=kind,
        organization=order.organization,
        plan=order.plan.key,
        interval=order.interval,
        parameters={
            "customer": order.organization.stripe_customer_id,
            "price": price.stripe_id,
            "quantity": quantity(order.organization, order.plan),
            "plan": order.plan.key,
            "trial_days": trial_days(order.organization, order.plan),
            "payment_method": order.payment_method,
            "machines": list(order.lines),
            **more,
        },
    )


def quantity(organization: Organization, plan: Plan) -> int:
    """How many of a plan an organization buys: one, or one for each member. See `seats`."""
    return max(1, organization.memberships.count()) if plan.per_member else 1


def trial_days(organization: Organization, plan: Plan) -> int:
    """How long it tries a plan for nothing: one trial, and only before anything else."""
    return 0 if organization.subscriptions.shown() else plan.trial_days


def carry_out(attempt: Attempt) -> Purchase:
    """Make the subscription of an attempt. Raises `Declined`, and then leaves nothing behind."""
    parameters = dict(attempt.parameters)
    try:
        if payment_method := parameters["payment_method"]:
            parameters["payment_method"] = customers.prefer(attempt.organization, payment_method, attempt.key)
        answer = gateway.subscriptions.create(**parameters, key=attempt.key)
    except errors.BillingError as error:
        if not error.leaves_open:
            _close(attempt, error)
        raise
    subscription = remember(answer, attempt.organization)
    Attempt.objects.filter(pk=attempt.pk).finish(subscription.stripe_id)
    if payment_method:
        refuse_if_declined(subscription)
    return _begun(subscription, answer)


def continue_with(subscription: StripeSubscription, payment_method: str) -> Purchase:
    """Finish a purchase that was begun: by paying it with this, or by handing out its secret again."""
    if subscription.is_unfinished and payment_method:
        _pay(subscription, payment_method)
    answer = gateway.subscriptions.fetch_with_secrets(subscription.stripe_id)
    current = remember(answer, subscription.organization)
    return _begun(current, answer)


def _begun(subscription: StripeSubscription, answer: Answer) -> Purchase:
    if subscription.is_over:  # another click heard of a decline first, and has taken the purchase back
        raise gateway.payments.last_decline(subscription.latest_invoice_id) or errors.Declined()
    return Purchase(subscription.stripe_id, subscription.status, secret_of(answer, subscription))


def _pay(subscription: StripeSubscription, payment_method: str) -> None:
    key = f"{subscription.attempt_key or subscription.stripe_id}:{payment_method}"
    try:
        stripe_id = customers.prefer(subscription.organization, payment_method, key)
        gateway.payments.pay(subscription.latest_invoice_id, stripe_id, key=f"{key}:pay")
    except errors.Declined:
        _take_back(subscription)
        raise
    except (errors.ActionRequired, errors.Invalid) as answered:
        # The bank asks the customer; or the invoice was paid meanwhile. What holds is what Stripe says next.
        logger.info("payment not finished", subscription=subscription.stripe_id, code=answered.code)


def remember(answer: Answer, organization: Organization) -> StripeSubscription:
    """Mirror a subscription that came with its invoice, and return its row."""
    mirror.record(mirror.of_answer(answer), organization.pk)
    invoice = answer.data.get("latest_invoice")
    if isinstance(invoice, dict):
        mirror.record(mirror.of_answer(answer, invoice), organization.pk)
    return StripeSubscription.objects.prefetch_related("items").get(stripe_id=answer.data["id"])


def refuse_if_declined(subscription: StripeSubscription) -> None:
    """Stripe tried the first payment. If it was declined, take the subscription back and raise why."""
    if not subscription.is_unfinished:
        return
    if decline := gateway.payments.last_decline(subscription.latest_invoice_id):
        _take_back(subscription)
        raise decline


def withdraw(subscription: StripeSubscription) -> None:
    """End a subscription that was never paid, with its invoice, and mirror both."""
    key, invoice = subscription.stripe_id, subscription.latest_invoice_id
    _unless_over(lambda: gateway.subscriptions.end_now(key, key=f"{key}:withdraw"), subscription)
    _unless_over(lambda: gateway.payments.void(invoice, key=f"{key}:void"), subscription)
    mirror.pull("invoice", invoice, subscription.organization_id)
    mirror.pull("subscription", key, subscription.organization_id)
    Attempt.objects.filter(result=key).fail("withdrawn")


def withdraw_begun(organization: Organization) -> None:
    """End what was begun with the card form and never paid. A page of Stripe's has limits of its own."""
    own = organization.attempts.filter(kind=Attempt.Kind.SUBSCRIPTION).values("key")
    for subscription in organization.subscriptions.unfinished().filter(attempt_key__in=own):
        withdraw(subscription)


def _unless_over(step: Callable[[], Answer], subscription: StripeSubscription) -> None:
    with suppress(errors.NotFound, errors.Invalid):  # it is over already, which is what we want
        mirror.record(mirror.of_answer(step()), subscription.organization_id)


def _take_back(subscription: StripeSubscription) -> None:
    """The customer hears of the decline in any case; if Stripe fails us now, the subscription expires by itself."""
    try:
        withdraw(subscription)
    except errors.Unavailable:
        logger.warning("purchase not taken back", subscription=subscription.stripe_id)


def secret_of(answer: Answer, subscription: StripeSubscription) -> str:
    """What the browser confirms the payment, or the card for later ones, with."""
    invoice = answer.data.get("latest_invoice")
    setup = answer.data.get("pending_setup_intent")
    if subscription.is_unfinished and isinstance(invoice, dict):
        return str((invoice.get("confirmation_secret") or {}).get("client_secret") or "")
    return str(setup.get("client_secret") or "") if isinstance(setup, dict) else ""


def _close(attempt: Attempt, error: errors.BillingError) -> None:
    Attempt.objects.open().filter(pk=attempt.pk).fail(error.code)
