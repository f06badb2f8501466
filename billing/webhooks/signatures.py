"""Whether a body is Stripe's: its signature, checked on the raw bytes. https://docs.stripe.com/webhooks/signature"""

import hmac
import time
from collections.abc import Sequence

TOLERANCE = 300
# While a secret is being rolled there are two; a header of any length need not be read.
LONGEST_HEADER = 1024


def is_good(body: bytes, header: str, secrets: Sequence[str]) -> bool:
    """Whether one of the header's `v1` signatures is of one of the secrets, and made within five minutes of now."""
    parsed = _parse(header)
    if parsed is None:
        return False
    timestamp, signatures = parsed
    if abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    signed = timestamp.encode() + b"." + body
    for secret in secrets:
        expected = hmac.digest(secret.encode(), signed, "sha256").hex()
        if any(hmac.compare_digest(expected, signature) for signature in signatures):
            return True
    return False


def _parse(header: str) -> tuple[str, list[str]] | None:
    """The timestamp and the `v1` signatures; None for a header that Stripe would not send."""
    if not header.isascii() or len(header) > LONGEST_HEADER:
        return None
    pairs = [part.partition("=") for part in header.split(",")]
    timestamps = [value for name, _, value in pairs if name == "t"]
    signatures = [value for name, _, value in pairs if name == "v1"]
    if len(timestamps) != 1 or not timestamps[0].isdigit() or len(timestamps[0]) > 12:
        return None
    if not signatures or len(set(signatures)) != len(signatures):
        return None
    return timestamps[0], signatures
