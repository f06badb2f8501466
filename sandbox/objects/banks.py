"""Stripe's test bank accounts: debits that take days, and then succeed or fail.

https://docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test-account-numbers
https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox import errors, skeletons
from sandbox.objects.cards import Decline, fingerprint
from sandbox.store import Record

DAYS = 4  # that a debit takes until it is known to have succeeded or failed
TYPES = ("us_bank_account", "sepa_debit")
ROUTING_NUMBER = "110000000"
TEST_BANK = "STRIPE TEST BANK"


@dataclass(frozen=True)
class Account:
    """A test account; a debit fails in the end if it has a `failure`."""

    number: str
    failure: Decline | None = None


def _failure(code: str, message: str) -> Decline:
    return Decline(code, message, advice=None)


CLOSED = _failure("account_closed", "The customer's bank account has been closed.")
NO_ACCOUNT = _failure("no_account", "The bank account could not be located.")
NO_FUNDS = _failure(
    "insufficient_funds", "The customer's account has insufficient funds to cover this payment."
)
NOT_AUTHORIZED = _failure(
    "debit_not_authorized", "The customer has notified their bank that this payment was unauthorized."
)
SEPA_FAILED = _failure("generic_decline", "The payment failed.")

_ACCOUNTS = (
    Account("000123456789"),
    Account("000111111113", CLOSED),
    Account("000111111116", NO_ACCOUNT),
    Account("000222222227", NO_FUNDS),
    Account("000333333335", NOT_AUTHORIZED),
    Account("AT611904300234573201"),
    Account("AT321904300235473204"),
    Account("AT861904300235473202", SEPA_FAILED),
    Account("DE89370400440532013000"),
    Account("DE62370400440532013001", SEPA_FAILED),
)
BY_NUMBER = {account.number: account for account in _ACCOUNTS}
BY_NAME = {
    "pm_usBankAccount": "000123456789",
    "pm_usBankAccount_success": "000123456789",
    "pm_usBankAccount_accountClosed": "000111111113",
    "pm_usBankAccount_noAccount": "000111111116",
    "pm_usBankAccount_insufficientFunds": "000222222227",
    "pm_usBankAccount_debitNotAuthorized": "000333333335",
}


def describe(kind: str, given: dict[str, Any]) -> Record:
    """The fields of a payment method for `us_bank_account` or `sepa_debit` parameters."""
    if kind == "sepa_debit":
        return _describe_sepa(given["iban"].replace(" ", "").upper())
    for name in ("account_number", "routing_number"):
        if name not in given:
            raise errors.parameter_missing(f"us_bank_account[{name}]")
    if given["routing_number"] != ROUTING_NUMBER:
        raise errors.invalid(
            "You must use a test routing number when making requests in test mode. Try 110000000.",
            "us_bank_account[routing_number]",
            "routing_number_invalid",
        )
    number = _known(given["account_number"], "us_bank_account[account_number]")
    return {
        "us_bank_account": skeletons.build(
            "payment_method_us_bank_account",
            account_holder_type=given.get("account_holder_type", "individual"),
            account_type=given.get("account_type", "checking"),
            bank_name=TEST_BANK,
            fingerprint=fingerprint(number),
            last4=number[-4:],
            networks={"preferred": "ach", "supported": ["ach"]},
            routing_number=ROUTING_NUMBER,
            status_details={},
        ),
        "_number": number,
    }


def _describe_sepa(iban: str) -> Record:
    number = _known(iban, "sepa_debit[iban]")
    return {
        "sepa_debit": skeletons.build(
            "payment_method_sepa_debit",
            bank_code=number[4:9] if number.startswith("AT") else number[4:12],
            branch_code="",
            country=number[:2],
            fingerprint=fingerprint(number),
            generated_from={"charge": None, "setup_attempt": None},
            last4=number[-4:],
        ),
        "_number": number,
    }


def _known(number: str, param: str) -> str:
    if number not in BY_NUMBER:
        raise errors.invalid(
            "You must use a test bank account number when making requests in test mode.",
            param,
            "account_number_invalid",
        )
    return number


def of(method: Record) -> Account:
    """The test account behind a payment method that is a bank account."""
    return BY_NUMBER[method["_number"]]
