"""Ways into an organization: made and mailed, sent again, withdrawn, accepted.

The link is the key: whoever holds it may come in, with whatever address they signed in, once, within seven days. If
that is another address than the one invited, they are asked to confirm it. It bears 128 random bits, of which we
keep the hash; sending again makes a new link, and the old one works no more.
"""

import hashlib
import secrets
from datetime import timedelta
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from accounts import errors, languages, organizations, usage
from accounts.models import Invitation, Membership, User
from accounts.roles import Act, Role

logger = structlog.get_logger(__name__)

LIFE = timedelta(days=7)
TOKEN_BYTES = 16
SENT_BY_ONE_PER_DAY = 50
SENT_TO_ONE_PER_DAY = 5
WRONG_LINKS_PER_HOUR = 30


def send(by: Membership, email: str, role: Role) -> Invitation:
    """Invites an address on behalf of `by`, or sends what was sent to it before again, with a new link.

    Raises `NotAllowedError`, `PersonalOrganizationError`, `AlreadyMemberError`, `TooOftenError`; and
    `InvitationNotSentError` when the invitation stands but the mail did not go out. Not for use in a transaction.
    """
    email = email.strip().lower()
    usage.spend(usage.meter(f"invitations-by:{by.user_id}", SENT_BY_ONE_PER_DAY, usage.DAY))
    usage.spend(usage.meter(f"invitations-to:{_disguise(email)}", SENT_TO_ONE_PER_DAY, usage.DAY))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic(durable=True):
        invitation = _write(by, email, role, token)
    _mail(invitation, token)
    logger.info("invitation sent", organization=by.organization_id, invitation=invitation.pk, by=by.user_id)
    return invitation


def _write(by: Membership, email: str, role: Role, token: str) -> Invitation:
    organization = organizations.lock(by.organization)
    organizations.refuse_personal(organization)
    inviter = organization.memberships.select_related("user", "organization").get(pk=by.pk)
    if Act.MANAGE_MEMBERS not in inviter.acts or not Role(inviter.role).may_give(role):
        raise errors.NotAllowedError
    if organization.memberships.filter(user__email=email).exists():
        raise errors.AlreadyMemberError
    now = timezone.now()
    invitation, _new = Invitation.objects.update_or_create(
        organization=organization,
        email=email,
        accepted=None,
        defaults={
            "role": role,
            "invited_by": inviter.user,
            "token_hash": _hash(token),
            "sent": now,
            "expires": now + LIFE,
        },
    )
    return invitation


def _mail(invitation: Invitation, token: str) -> None:
    """In the language of whoever is invited, if we know them, else in the inviter's."""
    inviter = invitation.invited_by
    context = {
        "invitation": invitation,
        "inviter": f"{inviter.name} ({inviter.email})" if inviter.name else inviter.email,
        "link": f"{settings.BASE_URL}{reverse('invitation', args=[token])}",
        "days": LIFE.days,
    }
    invited = User.objects.filter(email=invitation.email).first()
    with translation.override(invited.language if invited else languages.current()):
        subject = " ".join(render_to_string("emails/invitation_subject.txt", context).split())
        text = render_to_string("emails/invitation.txt", context)
        letter = EmailMultiAlternatives(subject, text, to=[invitation.email])
        letter.attach_alternative(render_to_string("emails/invitation.html", context), "text/html")
    try:
        letter.send()
    except (SMTPException, OSError) as error:
        logger.warning("invitation not sent", invitation=invitation.pk, error=type(error).__name__)
        raise errors.InvitationNotSentError from error


def withdraw(invitation: Invitation) -> None:
    """Its link works no more. One that has been accepted, or withdrawn before, is left alone."""
    Invitation.objects.pending().filter(pk=invitation.pk).delete()


def find(token: str, request: HttpRequest) -> Invitation:
    """The invitation that the link means, if it is open, or was used by this visitor, who is a member since.

    Raises `InvitationInvalidError`, and `TooOftenError` after many wrong links from one address. Two queries.
    """
    wrong = usage.meter(f"invitation:{usage.fingerprint(request)}", WRONG_LINKS_PER_HOUR, usage.HOUR)
    if usage.counted(wrong) >= WRONG_LINKS_PER_HOUR:
        raise errors.TooOftenError(wrong.seconds_left())
    me = request.user.pk or 0
    joined = Membership.objects.filter(user=me, organization=OuterRef("organization"))
    usable = Q(accepted=None, expires__gt=timezone.now()) | Q(Exists(joined), accepted_by=me)
    found = Invitation.objects.filter(usable, token_hash=_hash(token))
    invitation = found.select_related("organization", "invited_by").first()
    if invitation is None:
        usage.count(wrong)
        raise errors.InvitationInvalidError
    return invitation


def accept(invitation: Invitation, user: User) -> Membership:
    """Makes the user a member, who acts for that organization from now on. A member's invitation stays unused.

    Raises `InvitationInvalidError` when it was used, withdrawn or sent again meanwhile, or the organization closed.
    """
    with transaction.atomic():
        try:
            organization = organizations.lock(invitation.organization)
        except organizations.Organization.DoesNotExist as error:
            raise errors.InvitationInvalidError from error
        membership = organization.memberships.filter(user=user).first()
        if membership is None:
            _use(invitation, user)
            membership = organizations.join(user, organization, Role(invitation.role))
        organizations.switch(user, organization)
    logger.info("invitation accepted", invitation=invitation.pk, organization=organization.pk, user=user.pk)
    return membership


def _use(invitation: Invitation, user: User) -> None:
    """Marks it as used if the link that was followed still is the link; one UPDATE, so once."""
    link = Invitation.objects.open().filter(pk=invitation.pk, token_hash=invitation.token_hash)
    if not link.update(accepted=timezone.now(), accepted_by=user):
        raise errors.InvitationInvalidError


def purge(days: int) -> int:
    """Deletes invitations that expired so many days ago, or were accepted then; returns how many.

    The addresses of people who never came are not ours to keep.
    """
    old = Invitation.objects.filter(expires__lt=timezone.now() - timedelta(days=days))
    return old.delete()[0]


def _hash(token: str) -> str:
    """Plain SHA-256: 128 random bits need no salt and no slowness."""
    return hashlib.sha256(token.encode()).hexdigest()


def _disguise(email: str) -> str:
    """An address in a form that cannot be read back from the database."""
    return salted_hmac("accounts.invitations", email, algorithm="sha256").hexdigest()[:32]
