"""Stripe's test cards: what each number and each test name (`pm_card_visa`, `tok_visa`) does.

https://docs.stripe.com/testing has the tables, https://docs.stripe.com/declines/codes the decline codes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sandbox.errors import StripeError
from sandbox.identifiers import ALPHABET
from sandbox.store import Record


@dataclass(frozen=True)
class Decline:
    """Why a card is refused: Stripe's code, the issuer's reason if it gave one, and the sentence for the buyer."""

    code: str
    message: str
    decline_code: str | None = None
    advice: str | None = "try_again_later"
    blocked: bool = False  # by Radar, so the issuer never saw it

    def error(self, param: str | None = None) -> StripeError:
        """The 402 for a card that is refused before there is a payment."""
        return StripeError(
            self.message,
            status=402,
            kind="card_error",
            code=self.code,
            decline_code=self.decline_code,
            param=param,
        )


def _declined(
    reason: str, message: str = "Your card was declined.", advice: str = "try_again_later"
) -> Decline:
    return Decline("card_declined", message, reason, advice)


GENERIC = _declined("generic_decline")
INSUFFICIENT_FUNDS = _declined("insufficient_funds", "Your card has insufficient funds.")
LOST = _declined("lost_card", advice="do_not_try_again")
STOLEN = _declined("stolen_card", advice="do_not_try_again")
VELOCITY = _declined(
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
)
EXPIRED = Decline("expired_card", "Your card has expired.", advice="do_not_try_again")
INCORRECT_CVC = Decline(
    "incorrect_cvc", "Your card's security code is incorrect.", advice="confirm_card_data"
)
PROCESSING_ERROR = Decline(
    "processing_error", "An error occurred while processing your card. Try again in a little bit."
)
FRAUDULENT = Decline("card_declined", "Your card was declined.", "fraudulent", None, blocked=True)
AUTHENTICATION_REQUIRED = Decline(
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "authentication_required",
    None,
)
LIVE_CARD = Decline(
    "card_declined",
    "Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of "
    "valid test cards, visit: https://stripe.com/docs/testing.",
    "test_mode_live_card",
    None,
)


@dataclass(frozen=True)
class Card:
    """A test card. `attachable` ones are declined only when charged.

    `authentication`: "never", "optional" (only when asked for), "always", "set_up_once" (on-session payments and
    set-ups; off-session ones until it was set up), "set_up" (as if that had been done). A `decline` of a card that
    authenticates comes after the authentication.
    """

    number: str
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    decline: Decline | None = None
    attachable: bool = True
    authentication: str = "never"
    three_d_secure: bool = True
    dispute: str | None = None
    inquiry: bool = False
    refund: str = "succeeded"
    risk: str = "normal"
    failing_checks: tuple[str, ...] = ()
    available_at_once: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.number)

    @property
    def display_brand(self) -> str:
        return {"amex": "american_express", "diners": "diners_club", "unionpay": "union_pay"}.get(
            self.brand, self.brand
        )


def fingerprint(number: str) -> str:
    """Sixteen characters that are the same for the same number."""
    digest = hashlib.sha256(number.encode()).digest()[:16]
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest)


def _refused(number: str, decline: Decline) -> Card:
    """A card that cannot be attached either."""
    return Card(number, decline=decline, attachable=False)


ADDRESS, ZIP, CVC = "address_line1_check", "address_postal_code_check", "cvc_check"

_NAMED: dict[str, Card] = {
    # By brand
    "visa": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "mastercard": Card("5555555555554444", "mastercard"),
    "mastercard_debit": Card("5200828282828210", "mastercard", funding="debit"),
    "mastercard_prepaid": Card("5105105105105100", "mastercard", funding="prepaid"),
    "amex": Card("378282246310005", "amex", three_d_secure=False),
    "discover": Card("6011111111111117", "discover"),
    "diners": Card("3056930009020004", "diners"),
    "jcb": Card("3566002020360505", "jcb", "JP"),
    "unionpay": Card("6200000000000005", "unionpay", "CN"),
    # By country
    "us": Card("4242424242424242"),
    "br": Card("4000000760000002", country="BR"),
    "ca": Card("4000001240000000", country="CA"),
    "mx": Card("4000004840008001", country="MX"),
    "at": Card("4000000400000008", country="AT"),
    "be": Card("4000000560000004", country="BE"),
    "dk": Card("4000002080000001", country="DK"),
    "fi": Card("4000002460000001", country="FI"),
    "fr": Card("4000002500000003", country="FR"),
    "de": Card("4000002760000016", country="DE"),
    "ie": Card("4000003720000005", country="IE"),
    "it": Card("4000003800000008", country="IT"),
    "nl": Card("4000005280000002", country="NL"),
    "no": Card("4000005780000007", country="NO"),
    "pl": Card("4000006160000005", country="PL"),
    "pt": Card("4000006200000007", country="PT"),
    "es": Card("4000007240000007", country="ES"),
    "se": Card("4000007520000008", country="SE"),
    "ch": Card("4000007560000009", country="CH"),
    "gb": Card("4000008260000000", country="GB"),
    "gb_debit": Card("4000058260000005", country="GB", funding="debit"),
    "au": Card("4000000360000006", country="AU"),
    "cn": Card("4000001560000002", country="CN"),
    "hk": Card("4000003440000004", country="HK"),
    "in": Card("4000003560000008", country="IN"),
    "jp": Card("4000003920000003", country="JP"),
    "nz": Card("4000005540000008", country="NZ"),
    "sg": Card("4000007020000003", country="SG"),
    # Declined
    "visa_chargeDeclined": _refused("4000000000000002", GENERIC),
    "visa_chargeDeclinedInsufficientFunds": _refused("4000000000009995", INSUFFICIENT_FUNDS),
    "visa_chargeDeclinedLostCard": _refused("4000000000009987", LOST),
    "visa_chargeDeclinedStolenCard": _refused("4000000000009979", STOLEN),
    "chargeDeclinedExpiredCard": _refused("4000000000000069", EXPIRED),
    "chargeDeclinedIncorrectCvc": _refused("4000000000000127", INCORRECT_CVC),
    "chargeDeclinedProcessingError": _refused("4000000000000119", PROCESSING_ERROR),
    "visa_chargeDeclinedVelocityLimitExceeded": _refused("4000000000006975", VELOCITY),
    "chargeCustomerFail": Card("4000000000000341", decline=GENERIC),
    # Fraud and checks
    "radarBlock": Card("4100000000000019", decline=FRAUDULENT, risk="highest"),
    "riskLevelHighest": Card("4000000000004954", risk="highest", decline=FRAUDULENT),
    "riskLevelElevated": Card("4000000000009235", risk="elevated"),
    "cvcCheckFail": Card("4000000000000101", failing_checks=(CVC,)),
    "avsZipFail": Card("4000000000000036", failing_checks=(ZIP,)),
    "avsLine1Fail": Card("4000000000000028", failing_checks=(ADDRESS,)),
    "avsFail": Card("4000000000000010", failing_checks=(ADDRESS, ZIP)),
    # Disputes, refunds, the balance
    "createDispute": Card("4000000000000259", dispute="fraudulent"),
    "createDisputeProductNotReceived": Card("4000000000002685", dispute="product_not_received"),
    "createDisputeInquiry": Card("4000000000001976", dispute="fraudulent", inquiry=True),
    "pendingRefund": Card("4000000000007726", refund="pending"),
    "refundFail": Card("4000000000005126", refund="failed"),
    "bypassPending": Card("4000000000000077", available_at_once=True),
    # 3-D Secure
    "authenticationRequiredOnSetup": Card("4000002500003155", authentication="set_up_once"),
    "authenticationRequired": Card("4000002760003184", authentication="always"),
    "authenticationRequiredSetupForOffSession": Card("4000003800000446", authentication="set_up"),
    "authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "4000008260003178", decline=INSUFFICIENT_FUNDS, authentication="always"
    ),
    "threeDSecure2Required": Card("4000000000003220", authentication="always"),
    "threeDSecureRequired": Card("4000000000003063", authentication="always"),
    "threeDSecureRequiredChargeDeclined": Card("4000008400001629", decline=GENERIC, authentication="always"),
    "threeDSecureRequiredProcessingError": Card("4000008400001280", decline=GENERIC),
    "threeDSecureOptional": Card("4000000000003055", authentication="optional"),
    "amex_threeDSecureNotSupported": Card("378282246310005", "amex", three_d_secure=False),
}

# Older names that are still taken.
_ALIASES = {
    "chargeDeclined": "visa_chargeDeclined",
    "chargeDeclinedInsufficientFunds": "visa_chargeDeclinedInsufficientFunds",
    "chargeDeclinedLostCard": "visa_chargeDeclinedLostCard",
    "chargeDeclinedStolenCard": "visa_chargeDeclinedStolenCard",
    "chargeDeclinedVelocityLimitExceeded": "visa_chargeDeclinedVelocityLimitExceeded",
    "chargeDeclinedFraudulent": "radarBlock",
}

# Numbers without a name of their own.
_NAMELESS = (
    Card("4012888888881881"),
    Card("2223003122003222", "mastercard"),
    Card("371449635398431", "amex", three_d_secure=False),
    Card("6011000990139424", "discover"),
    Card("6011981111111113", "discover", funding="debit"),
    Card("36227206271667", "diners"),
    Card("6200000000000047", "unionpay", "CN", "debit"),
    Card("6205500000000000004", "unionpay", "CN"),
    Card("4000582600000094", country="GB", authentication="always"),
)

BY_NAME: dict[str, Card] = _NAMED | {alias: _NAMED[name] for alias, name in _ALIASES.items()}
BY_NUMBER: dict[str, Card] = {card.number: card for card in (*_NAMELESS, *_NAMED.values())}


def of(method: Record) -> Card:
    """The test card behind a payment method of the type card."""
    return BY_NUMBER[method["_number"]]


def needs_authentication(card: Card, *, off_session: bool, set_up: bool, asked: bool = False) -> bool:
    """Whether the buyer must authenticate a payment. `asked`: the caller wants 3-D Secure wherever it is possible."""
    if card.authentication == "always":
        return True
    if off_session:
        return card.authentication == "set_up_once" and not set_up
    return card.authentication in ("set_up_once", "set_up") or (asked and card.authentication == "optional")
