"""What the portal refuses: each with a stable code and a sentence that a customer can read."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import OrganizationError
from billing.errors import BillingError


class NotSoldThere(BillingError):
    """Nobody has verified how the state taxes what we sell."""

    status_code = 409
    default_code = "not_sold_there"
    default_detail = _(
        "We do not sell to this state yet: its sales tax on software is not settled for us. Write to us, and we will."
    )


class OutOfDate(BillingError):
    """The price or the tax is another by now than what was agreed."""

    status_code = 409
    default_code = "out_of_date"
    default_detail = _("The price or the tax has changed since this order was made. Please order once more.")


class AlreadyPaid(BillingError):
    """The sale is paid."""

    status_code = 409
    default_code = "already_paid"
    default_detail = _("This order is paid already.")


class PaymentUnderWay(BillingError):
    """The bank has not answered yet, which with some ways to pay takes days."""

    status_code = 409
    default_code = "payment_under_way"
    default_detail = _("Your payment is under way. We will write to you as soon as your bank has answered.")


class Withdrawn(BillingError):
    """Another sale has taken its place."""

    status_code = 409
    default_code = "withdrawn"
    default_detail = _("This order was replaced by a newer one.")


class NothingToPay(BillingError):
    """There is no open invoice, or no card to pay it with."""

    status_code = 409
    default_code = "nothing_to_pay"
    default_detail = _(
        "There is nothing that could be paid with this card. Give a card first, or look again."
    )


class NotRenewable(BillingError):
    """The plan runs, so a second year would be paid twice."""

    status_code = 409
    default_code = "not_renewable"
    default_detail = _("Your plan is running, so there is nothing to renew.")


class ActivationInvalidError(OrganizationError):
    """One sentence for a wrong, a used, a withdrawn and an expired code: it tells nothing to who tries some."""

    code = "activation_invalid"
    status = 400
    title = _("This code does not work")
    message = _(
        "This code does not work. It may be mistyped, used, expired, or replaced by a newer one. Check it against your "
        "mail, or ask for a new one."
    )
