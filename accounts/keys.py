"""API keys: made and shown once, found again by their hash, followed by a successor, revoked.

A key is 256 random bits, so a plain SHA-256 keeps it: there is nothing to guess, and no slow hash to wait for in
every request. It acts with the role that its maker has at that moment, and dies when they leave.
"""

import hashlib
import re
import secrets
import string
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import errors, organizations
from accounts.models import ApiKey, Membership, Scope
from accounts.roles import Act
from config.statements import Prepared

logger = structlog.get_logger(__name__)

ALPHABET = string.ascii_letters + string.digits  # a double click marks all of it
LENGTH = 43  # 256 bits
FORM = re.compile(rf"tk_[A-Za-z0-9]{{{LENGTH}}}")
VISIBLE = 9  # how much of it people see afterwards; what is left has 220 bits
MOST = 20
# How long a key lives on that has a successor, so that what uses it can be changed in peace.
OVERLAP = timedelta(hours=24)
# "Last used" is written no more often than that.
COARSE = timedelta(minutes=10)

_BY_HASH = Prepared(lambda hash_: ApiKey.objects.of_members().filter(hash=hash_).order_by(), "a hash")


def make(by: Membership, name: str, scope: Scope, expires: datetime | None = None) -> tuple[ApiKey, str]:
    """A new key of the organization, acting for `by`, with the secret, which nobody can tell again.

    Raises `NotAllowedError` and `TooManyKeysError`; `Membership.DoesNotExist` if they have left.
    """
    secret = "tk_" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    with transaction.atomic():
        organization = organizations.lock(by.organization)
        maker = organization.memberships.select_related("user").get(pk=by.pk)
        if Act.MANAGE_KEYS not in maker.acts:
            raise errors.NotAllowedError
        if organization.api_keys.live().count() >= MOST:
            raise errors.TooManyKeysError
        key = ApiKey.objects.create(
            organization=organization,
            user=maker.user,
            name=name,
            scope=scope,
            expires=expires,
            prefix=secret[:VISIBLE],
            hash=_hash(secret),
        )
    logger.info("api key made", key=key.pk, organization=organization.pk, user=maker.user_id)
    return key, secret


def rotate(key: ApiKey, by: Membership) -> tuple[ApiKey, str]:
    """A successor with the same name, scope and end; the old one works for another day.

    Raises as `make`, and `ApiKey.DoesNotExist` for one that is dead.
    """
    with transaction.atomic():
        old = ApiKey.objects.live().select_for_update().get(pk=key.pk, organization=by.organization_id)
        made = make(by, old.name, Scope(old.scope), old.expires)
        last = timezone.now() + OVERLAP
        old.expires = min(old.expires, last) if old.expires else last
        old.save(update_fields=["expires"])
    return made


def revoke(key: ApiKey) -> None:
    """From now on it opens nothing, nor do the tokens that were made with it. A second call changes nothing."""
    if ApiKey.objects.filter(pk=key.pk, revoked=None).update(revoked=timezone.now()):
        logger.info("api key revoked", key=key.pk, organization=key.organization_id)


def find(secret: str) -> ApiKey | None:
    """The key, if it opens anything now, with its user, who acts for its organization. One query.

    Now and then one statement more, which notes that it was used.
    """
    if not FORM.fullmatch(secret):
        return None
    key = _BY_HASH.first(_hash(secret))
    if key is None or not key.is_live:
        return None
    # In memory only: for which organization they act in the browser does not concern their programs.
    key.user.current_organization = key.organization
    _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used is None or key.last_used < now - COARSE:
        stale = Q(last_used=None) | Q(last_used__lt=now - COARSE)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used=now)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
