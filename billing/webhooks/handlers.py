"""What Stripe's events mean to billing. Those that only bring the mirror up to date, with access, stand in the list."""

from billing import checkouts, following, limits, outbox, reversals
from billing.models import MirroredObject, StripeInvoice, StripeSubscription
from billing.webhooks import registry
from billing.webhooks.notices import Notice
from billing.webhooks.registry import on

# What a plan or a price is called and whether it is sold; what customers are and how they pay; what they owe.
registry.mirror_on(
    "product.created",
    "product.updated",
    "price.created",
    "price.updated",
    "customer.created",
    "customer.updated",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
    "invoice.created",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.sent",
    "invoice.updated",
    "invoice.voided",
)
# Who may use what: access is refreshed with the subscription's rows.
registry.mirror_on(
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
)
# What a subscription is to become when its period ends.
registry.mirror_on(
    "subscription_schedule.aborted",
    "subscription_schedule.canceled",
    "subscription_schedule.completed",
    "subscription_schedule.created",
    "subscription_schedule.expiring",
    "subscription_schedule.released",
    "subscription_schedule.updated",
)
# What moved money, and Checkout's sessions: for those who look into a purchase, and for higher rooms.
registry.mirror_on(
    "charge.captured",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.expired",
    "charge.failed",
    "charge.pending",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "refund.created",
    "refund.failed",
    "refund.updated",
)
# After these the object is gone, though the payload still shows it as it was.
registry.forget_on("customer.deleted", "invoice.deleted", "price.deleted", "product.deleted")


@on("invoice.payment_failed")
def payment_failed(notice: Notice, guard: MirroredObject) -> None:
    """A renewal could not be collected: the customer is told once for each try, and can pay before access ends."""
    changes = StripeSubscription.objects.invoices_of_changes()
    open_ones = StripeInvoice.objects.awaited().exclude(stripe_id__in=changes)
    invoice = open_ones.filter(stripe_id=guard.stripe_id).first()
    if invoice is None or invoice.billing_reason == "subscription_create":
        return  # paid or withdrawn meanwhile; or a purchase or change, whose buyer sees the decline at once
    if _is_sold_elsewhere(invoice.subscription_id):
        return
    outbox.note(
        invoice.organization,
        f"payment_failed:{invoice.stripe_id}:{invoice.attempt_count}",
        "payment_failed",
        amount=invoice.amount_remaining,
        currency=invoice.currency,
        url=invoice.hosted_url,
    )


@on("payment_intent.payment_failed")
def card_declined(notice: Notice, guard: MirroredObject) -> None:
    """Who tries card after card on what they have begun to buy begins anew, and not within this hour."""
    if guard.organization is not None and limits.declined(limits.organization_of(guard.organization.pk)):
        following.cards_declined(guard.organization)


def _is_sold_elsewhere(subscription_id: str) -> bool:
    """Whether its plan is sold by a higher room, which has a mail of its own with another way to pay."""
    found = StripeSubscription.objects.filter(stripe_id=subscription_id).prefetch_related("items").first()
    return found is not None and found.plan is not None and not found.plan.self_service


@on("customer.subscription.created", "customer.subscription.updated")
def subscription_changed(notice: Notice, guard: MirroredObject) -> None:
    """What is priced per member is paid for as many as there are, also when it began, or was changed, elsewhere."""
    if guard.organization is not None:
        following.subscription_changed(guard.organization)


@on("checkout.session.completed", "checkout.session.expired")
def checkout_ended(notice: Notice, guard: MirroredObject) -> None:
    """Nobody can pay on that page any more, so something else can be bought. What it sold comes with its own events."""
    checkouts.end(guard)


@on("customer.subscription.deleted")
def subscription_ended(notice: Notice, guard: MirroredObject) -> None:
    """A subscription is over: the customer is told once, and the organization is back to what else it has."""
    ended = StripeSubscription.objects.filter(stripe_id=guard.stripe_id).prefetch_related("items").first()
    if ended is None or ended.status != StripeSubscription.Status.CANCELED or ended.plan is None:
        return
    if not ended.plan.self_service:
        return  # whoever sells it has a mail of their own
    if ended.organization.invoices.filter(subscription_id=ended.stripe_id, status="paid").exists():
        outbox.note(
            ended.organization, f"ended:{ended.stripe_id}", "subscription_ended", plan=ended.plan.name
        )


@on("charge.refunded", "charge.dispute.created", "charge.dispute.updated")
def money_went_back(notice: Notice, guard: MirroredObject) -> None:
    """A refund or a dispute ends the subscription that was paid with it, as far as the settings say."""
    reversals.note(guard)
