"""What a request with an `Idempotency-Key` was answered, so that repeating it does nothing and says the same.

As at Stripe (https://docs.stripe.com/api/idempotent_requests), with one difference: answers that came from trouble
(5xx) are not kept. Below them stand attempts with keys of their own, so that the same request, made again, takes up
what was begun. Answers may hold client secrets, so a row keeps them sealed with the client's own key, which it does
not hold: who reads our tables reads none of them.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import errors
from accounts.models import Organization, StoredAnswer

LIFE = timedelta(hours=24)
# No request takes as long. Whose process died on the way is taken up by whoever repeats it after that.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Turn:
    """It is ours to answer the request of that key."""

    stored_id: int
    began: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first request was answered."""

    status: int
    body: Any


def begin(organization: Organization, key: str, fingerprint: str) -> Turn | Answer:
    """Takes the turn, or finds the answer. Commits at once: other processes must see it.

    Raises `IdempotencyKeyReusedError` when the key stands for another request, and `IdempotencyKeyInUseError` while the
    first one is being answered.
    """
    now = timezone.now()
    stored, new = StoredAnswer.objects.get_or_create(
        organization=organization,
        key_hash=_name(key),
        defaults={"fingerprint": fingerprint, "began": now},
    )
    if new:
        return Turn(stored.pk, now, key)
    if stored.began > now - LIFE:
        if stored.fingerprint != fingerprint:
            raise errors.IdempotencyKeyReusedError
        if stored.status is not None:
            return Answer(stored.status, json.loads(_seal(key).decrypt(stored.sealed)))
        if stored.began > now - LEASE:
            raise errors.IdempotencyKeyInUseError
    return _take_over(stored, key, fingerprint, now)


def _take_over(stored: StoredAnswer, key: str, fingerprint: str, now: datetime) -> Turn:
    """Of those who come for an old one at the same time, one gets it."""
    same = StoredAnswer.objects.filter(pk=stored.pk, began=stored.began)
    if not same.update(began=now, fingerprint=fingerprint, status=None, sealed=""):
        raise errors.IdempotencyKeyInUseError
    return Turn(stored.pk, now, key)


def keep(turn: Turn, answer: Answer) -> None:
    """This is what the request is answered from now on. Nothing, if somebody else has taken the turn."""
    sealed = _seal(turn.key).encrypt(json.dumps(answer.body).encode()).decode()
    _mine(turn).update(status=answer.status, sealed=sealed)


def forget(turn: Turn) -> None:
    """As if it had not been made."""
    _mine(turn).delete()


def _mine(turn: Turn) -> Any:
    return StoredAnswer.objects.filter(pk=turn.stored_id, began=turn.began, status=None)


def fingerprint(*parts: Any) -> str:
    """What makes a request the same as another."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _name(key: str) -> str:
    return salted_hmac("accounts.idempotency.name", key, algorithm="sha256").hexdigest()


def _seal(key: str) -> Fernet:
    return Fernet(
        urlsafe_b64encode(salted_hmac("accounts.idempotency.seal", key, algorithm="sha256").digest())
    )


def purge() -> int:
    """Deletes what is older than a day; returns how many."""
    return StoredAnswer.objects.filter(began__lt=timezone.now() - LIFE).delete()[0]
