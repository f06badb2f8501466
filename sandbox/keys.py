"""Who calls: the API key of a request. Any well-formed test key will do, unless the sandbox was given a list."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from sandbox.errors import StripeError
from sandbox.forms import Pairs

KEY = re.compile(r"(sk|rk|pk)_(test|live)_[A-Za-z0-9_]+")


@dataclass
class Keys:
    """`accepted` empty means any; `revoked` ones are refused as expired."""

    accepted: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)

    def check(self, authorization: str) -> bool:
        """Whether the key is a publishable one. Raises Stripe's 401."""
        key = _read(authorization)
        match = KEY.fullmatch(key)
        if match and match[2] == "live":
            raise StripeError(
                "The sandbox is a local test double of Stripe and refuses live keys: you would not want to "
                "send one here.",
                status=401,
            )
        if key in self.revoked:
            raise StripeError(f"Expired API Key provided: {_mask(key)}", status=401, code="api_key_expired")
        if not match or (self.accepted and key not in self.accepted):
            raise StripeError(f"Invalid API Key provided: {_mask(key)}", status=401)
        return match[1] == "pk"


def take(pairs: Pairs) -> str:
    """The key that Stripe.js sends among the fields, taken out of them, as an Authorization header would say it."""
    found = [pair for pair in pairs if pair[0] == "key"]
    for pair in found:
        pairs.remove(pair)
    return f"Bearer {found[0][1]}" if found else ""


def _read(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            value = ""
    if scheme.lower() not in ("bearer", "basic") or not value.strip():
        raise StripeError(
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
            "https://stripe.com/docs/api#authentication for details, or we can help at "
            "https://support.stripe.com/.",
            status=401,
        )
    return value.strip()


def _mask(key: str) -> str:
    prefix = re.match(r"(sk|rk|pk)_(test|live)_", key)
    head = prefix[0] if prefix else key[:2]
    hidden = max(len(key) - len(head) - 4, 1)
    return head + "*" * hidden + (key[-4:] if len(key) > len(head) + 4 else "")


def secret_required() -> StripeError:
    return StripeError(
        "This API call cannot be made with a publishable API key. Please use a secret API key. You can "
        "find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
        status=403,
        code="secret_key_required",
    )
