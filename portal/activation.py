"""Activation codes: whoever enters one becomes the owner of the organization that it was sold to.

A code is worked out of the SECRET_KEY, its sale and a nonce, so it can be shown and mailed although it is stored
nowhere: its row has the nonce, and a keyed hash to find it by. With another SECRET_KEY all open codes are void.
"""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import memberships, organizations, usage
from accounts.models import Organization, User
from accounts.roles import Role
from billing import outbox
from portal import errors
from portal.models import ActivationCode, Sale

logger = structlog.get_logger(__name__)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U
READ_AS = str.maketrans("ILO", "110")
GROUPS, GROUP = 7, 4  # 140 bits; 128 would end in half a group
TRIES_PER_USER, TRIES_PER_ADDRESS = 10, 30  # an hour
REQUESTS_PER_ADDRESS, REQUESTS_PER_MAILBOX = 10, 3  # a day


# --- Giving ---------------------------------------------------------------------------------------------------------


def make(sale: Sale) -> None:
    """A code for the sale's organization, unless it has one or has an owner; mailed after the caller's commit."""
    with transaction.atomic():
        organization = organizations.lock(sale.organization)
        if not _is_owned(organization) and not _open(organization).exists():
            _give(sale)


def reveal(sale: Sale) -> str:
    """The code, for the page after the payment: the first time only; then empty."""
    made = _open(sale.organization).first()
    if made is None or not ActivationCode.objects.filter(pk=made.pk, shown=None).update(shown=timezone.now()):
        return ""
    return code_of(made)


def replace(email: str, request: HttpRequest) -> None:
    """Mails a new code to whoever bought with this address and has no owner yet; the old one works no more.

    Says nothing of whether there was one. Raises `TooOftenError`.
    """
    email = email.strip().lower()
    usage.spend(usage.meter(f"codes:{usage.fingerprint(request)}", REQUESTS_PER_ADDRESS, usage.DAY))
    usage.spend(usage.meter(f"codes:{_disguise(email)}", REQUESTS_PER_MAILBOX, usage.DAY))
    found = Organization.objects.filter(email__iexact=email, closed=None, sales__status=Sale.Status.PAID)
    for candidate in found.distinct():
        reissue(candidate)


def reissue(organization: Organization) -> bool:
    """Mails a new code to an organization that bought and has no owner yet; whether it did. The old one is void."""
    with transaction.atomic():
        locked = organizations.lock(organization)
        sale = locked.sales.paid().order_by("pk").last()
        if sale is None or _is_owned(locked):
            return False
        _give(sale)
    return True


def _give(sale: Sale) -> None:
    """In the place of what was given before. Under the organization's lock."""
    sale.organization.activation_codes.filter(used=None, withdrawn=None).update(withdrawn=timezone.now())
    made = ActivationCode(
        sale=sale,
        organization=sale.organization,
        expires=timezone.now() + timedelta(days=settings.ACTIVATION_DAYS),
    )
    made.code_hash = _hash(code_of(made))
    made.save()
    outbox.note(
        sale.organization,
        f"activation:{made.pk}",
        "activation",
        activation=made.pk,
        language=sale.language,
    )
    logger.info("activation code made", organization=sale.organization_id, activation=made.pk)


# --- Taking ---------------------------------------------------------------------------------------------------------


def use(text: str, user: User, request: HttpRequest) -> Organization:
    """Makes the user the owner of the code's organization, for which they act from now on.

    Raises `ActivationInvalidError`, the same for a code that is wrong, used, withdrawn or expired, after the same
    queries; and `TooOftenError` after many tries.
    """
    usage.spend(usage.meter(f"activation:user:{user.pk}", TRIES_PER_USER, usage.HOUR))
    usage.spend(usage.meter(f"activation:{usage.fingerprint(request)}", TRIES_PER_ADDRESS, usage.HOUR))
    digest = _hash(normalize(text))
    try:
        with transaction.atomic():
            organization = _redeem(digest, user)
    except Organization.DoesNotExist as error:  # closed meanwhile
        raise errors.ActivationInvalidError from error
    logger.info("organization activated", organization=organization.pk, user=user.pk)
    return organization


def _redeem(digest: str, user: User) -> Organization:
    """One UPDATE decides, so that of two who enter a code at once one gets in."""
    now = timezone.now()
    usable = ActivationCode.objects.filter(code_hash=digest, used=None, withdrawn=None, expires__gt=now)
    if not usable.update(used=now, used_by=user):
        raise errors.ActivationInvalidError
    organization = ActivationCode.objects.select_related("organization").get(code_hash=digest).organization
    membership = organizations.join(user, organization, Role.OWNER)
    memberships.set_role(membership, Role.OWNER)
    organizations.switch(user, organization)
    return organization


# --- What a code looks like -----------------------------------------------------------------------------------------


def code_of(made: ActivationCode) -> str:
    """`7K3M-...`, seven groups of four. Not for logs, and not for rows."""
    digest = salted_hmac(
        "portal.activation.code", f"{made.sale_id}:{made.nonce}", algorithm="sha256"
    ).digest()
    number = int.from_bytes(digest, "big")
    signs = [ALPHABET[number >> 5 * place & 31] for place in range(GROUPS * GROUP)]
    return "-".join("".join(signs[at : at + GROUP]) for at in range(0, len(signs), GROUP))


def masked(sale: Sale) -> str:
    """The end of the organization's open code, as it may stand on papers: `****-7K3M`; empty without one."""
    made = _open(sale.organization).first()
    return f"****-{code_of(made)[-GROUP:]}" if made else ""


def normalize(text: str) -> str:
    """As it was made, however it was typed: in small letters, without hyphens, with an O for a zero."""
    signs = "".join(sign for sign in text.upper().translate(READ_AS) if sign in ALPHABET)
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))


def _is_owned(organization: Organization) -> bool:
    return organization.memberships.filter(role=Role.OWNER).exists()


def _open(organization: Organization) -> QuerySet[ActivationCode]:
    return organization.activation_codes.filter(used=None, withdrawn=None, expires__gt=timezone.now())


def _hash(code: str) -> str:
    return salted_hmac("portal.activation.hash", code, algorithm="sha256").hexdigest()


def _disguise(email: str) -> str:
    """An address in a form that cannot be read back from the database."""
    return salted_hmac("portal.activation.mailbox", email, algorithm="sha256").hexdigest()[:32]
