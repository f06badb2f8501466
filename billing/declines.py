"""Why a payment was declined, in words for whoever paid. Stripe's own sentence is English, so others read ours."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing import locales

# Stripe's codes that a customer can do something about. https://docs.stripe.com/declines/codes
WHY: dict[str, str | Promise] = {
    "authentication_required": _("Your bank wants you to confirm it."),
    "card_not_supported": _("The card cannot be used for this kind of payment."),
    "card_velocity_exceeded": _("The card has reached its limit."),
    "expired_card": _("The card has expired."),
    "incorrect_cvc": _("The card's security code was wrong."),
    "incorrect_number": _("The card's number was wrong."),
    "incorrect_zip": _("The card's ZIP code was wrong."),
    "insufficient_funds": _("There was not enough money on the card."),
    "lost_card": _("The card was reported as lost."),
    "processing_error": _("The bank could not be reached. Try again in a moment."),
    "stolen_card": _("The card was reported as stolen."),
}
NO_REASON_GIVEN = _("Your bank declined it.")


def why(code: str) -> str | Promise:
    """A sentence of ours."""
    return WHY.get(code, NO_REASON_GIVEN)


def sentence(code: str, by_stripe: str) -> str:
    """Stripe's sentence for readers of English, ours for others; empty where Stripe says nothing."""
    return by_stripe if locales.current() == "en" or not code else str(why(code))
