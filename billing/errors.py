"""What can go wrong when money is involved: each with a stable code and a sentence that a customer can read.

They are errors of the API as they stand (`config.api`); pages show their sentence.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.api import ApiError


class BillingError(ApiError):
    """What billing refuses or cannot do. `message` replaces the sentence of the class."""

    status_code = 400
    default_code = "billing_error"
    default_detail = _("This cannot be done.")
    # Whether Stripe may have done what was asked, or may still: the same key again brings it to an end.
    leaves_open = False

    def __init__(self, message: str = "", *, retry_after: int | None = None, **fields: Any) -> None:
        super().__init__(
            self.status_code,
            self.default_code,
            message or str(self.default_detail),
            retry_after=retry_after,
            **fields,
        )

    @property
    def code(self) -> str:
        return str(self.get_codes())


# --- Stripe cannot be asked -------------------------------------------------------------------------------------


class BillingOff(BillingError):
    """No key is configured; everything else works."""

    status_code = 503
    default_code = "billing_off"
    default_detail = _("Billing is off on this site, so nothing can be bought or changed here.")


class Misconfigured(BillingError):
    """Stripe refuses our key. Ours to mend, not the customer's."""

    status_code = 503
    default_code = "billing_misconfigured"
    default_detail = _("Payments do not work at the moment. You have not been charged. We are on it.")


class Unavailable(BillingError):
    """Stripe does not answer in time, or answers that it cannot. What was asked may have happened: same key again."""

    status_code = 503
    default_code = "stripe_unavailable"
    default_detail = _("Our payment provider does not answer. Please try again in a minute.")
    leaves_open = True

    def __init__(self, message: str = "", *, retry_after: int | None = 30, **fields: Any) -> None:
        super().__init__(message, retry_after=retry_after, **fields)


class StoredFailure(Unavailable):
    """Stripe has stored its own failure under the key: the same key will never bring another answer."""

    leaves_open = False


class Busy(Unavailable):
    """Stripe is at work on the same object or key for somebody else."""

    default_code = "stripe_busy"


# --- Stripe says no ---------------------------------------------------------------------------------------------


class Declined(BillingError):
    """The payment did not go through; the sentence is Stripe's own."""

    status_code = 402
    default_code = "payment_declined"
    default_detail = _("Your payment was declined. Please try another way to pay.")


class ActionRequired(BillingError):
    """The bank wants to hear from the customer first, who does that in the browser."""

    status_code = 402
    default_code = "authentication_required"
    default_detail = _("Your bank wants you to confirm this payment.")


class Invalid(BillingError):
    """Stripe does not accept what was sent."""

    default_code = "invalid_request"
    default_detail = _("Our payment provider does not accept this.")


class NotFound(BillingError):
    """Stripe has no such object, or does not show it to us."""

    status_code = 404
    default_code = "not_found"
    default_detail = _("This does not exist.")


class CustomerGone(NotFound):
    """The customer that was to pay was deleted, as in the dashboard."""


class CursorGone(NotFound):
    """The object behind which a list was to go on was deleted."""


class KeyReused(BillingError):
    """The idempotency key was used before with other parameters."""

    status_code = 409
    default_code = "key_reused"
    default_detail = _("This purchase was already begun in another way. Please try again.")


# --- We say no --------------------------------------------------------------------------------------------------


class NotOnSale(BillingError):
    """The catalogue has the plan but Stripe does not, or not yet."""

    status_code = 503
    default_code = "not_on_sale"
    default_detail = _("This plan cannot be bought at the moment. Please try again later.")


class AlreadySubscribed(BillingError):
    """There is a subscription already; a second one would be paid twice."""

    status_code = 409
    default_code = "already_subscribed"
    default_detail = _("You already have a subscription. Change or cancel that one first.")


class PurchaseUnderWay(BillingError):
    """Another purchase has been begun and is not finished."""

    status_code = 409
    default_code = "purchase_under_way"
    default_detail = _("Another purchase is not finished yet. Finish or cancel that one first.")


class NotOffered(BillingError):
    """Nobody sells this, or not so; `param` names what."""

    default_code = "not_offered"
    default_detail = _("This is not on offer.")


class PaymentOverdue(BillingError):
    """A failed renewal comes first: a change would be charged to the card that just failed."""

    status_code = 409
    default_code = "payment_overdue"
    default_detail = _("A payment is open. Pay it first, then change your plan.")


class SetToEnd(BillingError):
    """What ends is kept first and changed then, so that nobody buys what they have cancelled."""

    status_code = 409
    default_code = "set_to_end"
    default_detail = _("Your plan is set to end. Keep it first, then change it.")


class ChangeScheduled(BillingError):
    """Another change is set for the period's end, and would undo this one."""

    status_code = 409
    default_code = "change_scheduled"
    default_detail = _("Your plan is set to change soon. Take that back first, then change the machines.")


class ChangeAwaitsPayment(BillingError):
    """Another change waits for the customer's bank."""

    status_code = 409
    default_code = "change_awaits_payment"
    default_detail = _("Another change still waits for its payment. Finish it or take it back first.")


class MachinesInTheWay(BillingError):
    """The other plan is sold without machines, or without these. Nobody loses one by changing the plan."""

    status_code = 409
    default_code = "machines_in_the_way"
    default_detail = _("You have machines that do not go with that plan. Remove them first.")


class PreviewTooOld(BillingError):
    """The price that was shown no longer holds."""

    status_code = 409
    default_code = "preview_too_old"
    default_detail = _("Some time has passed since you saw the price. Please look at it again.")


class NotChangeable(BillingError):
    """Paused, never paid, sold with an agreement, or made of something that we do not know."""

    status_code = 409
    default_code = "not_changeable"
    default_detail = _("This subscription cannot be changed here. Please write to us.")


class NoCard(BillingError):
    """Something is to be paid, and there is nothing to pay it with."""

    status_code = 402
    default_code = "no_card"
    default_detail = _("There is no card to pay with. Add one on the billing page first.")


class PaymentMethodInUse(BillingError):
    """Without it the next renewal would fail."""

    status_code = 409
    default_code = "payment_method_in_use"
    default_detail = _("Your plan is paid with this. Choose another way to pay first.")


class NoSubscription(BillingError):
    """There is nothing that could be cancelled or resumed."""

    status_code = 409
    default_code = "no_subscription"
    default_detail = _("There is no subscription to change.")


class NotResumable(BillingError):
    """The subscription is over, or was not going to end."""

    status_code = 409
    default_code = "not_resumable"
    default_detail = _("This subscription is not scheduled to end, so there is nothing to resume.")


class TooOften(BillingError):
    """What would reach Stripe, or a card, is limited per hour. The sentence says from when on there is more."""

    status_code = 429
    default_code = "throttled"
    default_detail = _("That is too often for one hour. Try again later.")
