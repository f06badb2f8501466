"""Stripe's errors: one exception that carries what Stripe answers, and the sentences that many operations share.

Raise a StripeError anywhere below a call: the unit of work is rolled back and the error is the answer. With
`keep=True` the changes are committed first: a declined payment leaves its failed charge behind.
"""

from __future__ import annotations

from typing import Any

DOCS = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """An answer other than 200. `extra` takes further fields of Stripe's error object (`payment_intent`,
    `charge`, ...).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
        keep: bool = False,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keep = keep
        self.headers = headers or {}
        self.error: dict[str, Any] = {"message": message, "type": kind}
        if code:
            self.error |= {"code": code, "doc_url": DOCS + code.replace("_", "-")}
        if param:
            self.error["param"] = param
        if decline_code:
            self.error["decline_code"] = decline_code
        self.error |= extra

    def body(self, request_id: str, account_id: str) -> dict[str, Any]:
        """The JSON that is answered, with the address of the request's log entry as Stripe gives it."""
        log = f"https://dashboard.stripe.com/{account_id}/test/logs/{request_id}"
        return {"error": self.error | {"request_log_url": log}}


# What Stripe calls an object that it cannot find, where that is not its kind.
NOUNS = {
    "payment_method": "PaymentMethod",
    "promotion_code": "promotion code",
    "setup_intent": "setupintent",
    "tax_rate": "tax rate",
    "test_helpers.test_clock": "test clock",
}


def missing(kind: str, object_id: str, param: str | None = None) -> StripeError:
    """No such object: 404 when it is the one in the path (`param` is the path's), 400 when a parameter names it."""
    status = 404 if param is None else 400
    return StripeError(
        f"No such {NOUNS.get(kind, kind)}: '{object_id}'",
        status=status,
        code="resource_missing",
        param=param or "id",
    )


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """A 400 about one parameter."""
    return StripeError(message, param=param, code=code)


def parameter_missing(param: str) -> StripeError:
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def parameter_unknown(names: list[str]) -> StripeError:
    noun = "parameter" if len(names) == 1 else "parameters"
    return StripeError(
        f"Received unknown {noun}: {', '.join(names)}", code="parameter_unknown", param=names[0]
    )


def parameter_empty(param: str) -> StripeError:
    return StripeError(
        f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a "
        f"parameter; however '{param}' cannot be unset. You should remove '{param}' from your request or "
        "supply a non-empty value.",
        code="parameter_invalid_empty",
        param=param,
    )


def unrecognized_url(method: str, path: str) -> StripeError:
    return StripeError(
        f"Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove the "
        "trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) "
        "identifier in your code. Please see https://stripe.com/docs or we can help at "
        "https://support.stripe.com/.",
        status=404,
    )


def not_played(what: str) -> StripeError:
    """Stripe does this and the sandbox does not: said plainly, with a status that no client mistakes for success."""
    return StripeError(
        f"The sandbox does not do this: {what}. It is a local test double of Stripe; see docs/sandbox.md "
        "for what it plays.",
        status=501,
        kind="api_error",
        code="sandbox_not_implemented",
        headers={"Stripe-Should-Retry": "false"},
    )
