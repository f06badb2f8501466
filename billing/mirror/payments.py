"""What moves money, and Checkout's sessions: kept in the guard as a few facts, never with a client secret."""

from typing import Any

from billing.mirror.fields import Data, id_of
from billing.mirror.kinds import Facts, Kind


def _read_payment_intent(data: Data) -> Facts:
    failure = data.get("last_payment_error") or {}
    return {
        **_plain(data, "status", "amount", "amount_received", "currency", "created", "metadata"),
        **_ids(data, "customer", "latest_charge", "payment_method"),
        "failure": failure.get("decline_code") or failure.get("code") or "",
    }


def _read_charge(data: Data) -> Facts:
    return {
        **_plain(data, "status", "paid", "amount", "amount_refunded", "refunded", "disputed", "currency"),
        **_plain(data, "created", "metadata"),
        **_ids(data, "customer", "payment_intent", "payment_method"),
    }


def _read_refund(data: Data) -> Facts:
    return {
        **_plain(data, "status", "amount", "currency", "reason", "created", "metadata"),
        **_ids(data, "charge", "payment_intent"),
    }


def _read_dispute(data: Data) -> Facts:
    return {
        **_plain(data, "status", "amount", "currency", "reason", "created", "metadata"),
        **_ids(data, "charge", "payment_intent"),
    }


def _read_session(data: Data) -> Facts:
    return {
        **_plain(data, "status", "payment_status", "mode", "amount_subtotal", "amount_total", "currency"),
        **_plain(data, "client_reference_id", "created", "metadata"),
        **_ids(data, "customer", "payment_intent", "subscription", "invoice"),
    }


def _plain(data: Data, *names: str) -> dict[str, Any]:
    return {name: data.get(name) for name in names}


def _ids(data: Data, *names: str) -> dict[str, str]:
    return {name: id_of(data.get(name)) for name in names}


PAYMENT_INTENT = Kind("payment_intent", _read_payment_intent)
CHARGE = Kind("charge", _read_charge)
REFUND = Kind("refund", _read_refund)
DISPUTE = Kind("dispute", _read_dispute)
SESSION = Kind("checkout.session", _read_session)
