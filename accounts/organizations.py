"""What one does with organizations: make, describe, join, leave, switch and close them, and write what they may use.

Whoever changes members holds the organization's lock, so that of two owners who leave at once one stays.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from accounts import errors, signals, tiers
from accounts.models import ApiKey, Invitation, Membership, Organization, TokenSession, User
from accounts.roles import Act, Role

if TYPE_CHECKING:
    from rest_framework.request import Request

logger = structlog.get_logger(__name__)

# Each has a free allowance of its own, so nobody may have any number of them.
MOST_OWNED = 10


def create_personal(user: User) -> Organization:
    """The organization that every user has; it becomes the current one unless there already is one."""
    with transaction.atomic():
        organization = Organization.objects.create(
            name=user.name or user.email, email=user.email, personal=True
        )
        Membership.objects.create(user=user, organization=organization, role=Role.OWNER)
        if user.current_organization_id is None:
            switch(user, organization)
    return organization


def create(user: User, name: str) -> Organization:
    """An organization to share, owned by `user`, who acts for it from now on.

    Raises `TooManyOrganizationsError` when they own ten already.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if user.memberships.filter(role=Role.OWNER, organization__personal=False).count() >= MOST_OWNED:
            raise errors.TooManyOrganizationsError
        organization = Organization.objects.create(name=name, email=user.email)
        join(user, organization, Role.OWNER)
        switch(user, organization)
    logger.info("organization created", organization=organization.pk, user=user.pk)
    return organization


def found(name: str, email: str) -> Organization:
    """An organization without members, for one that bought before anybody of it came: its owner joins later."""
    organization = Organization.objects.create(name=name, email=email)
    logger.info("organization founded", organization=organization.pk)
    return organization


def describe(organization: Organization, name: str, email: str, language: str = "") -> None:
    """Gives it another name, billing address and language (empty: as before), and says so if that changed anything."""
    language = language or organization.language
    if (name, email, language) == (organization.name, organization.email, organization.language):
        return
    with transaction.atomic():
        organization.name, organization.email, organization.language = name, email, language
        organization.save(update_fields=["name", "email", "language"])
        signals.details_changed.send(sender=Organization, organization=organization)


def current(request: "HttpRequest | Request") -> Organization | None:
    """The organization that the request acts for; None for a guest. No query beyond the user's."""
    return getattr(request.user, "current_organization", None)


def switch(user: User, organization: Organization) -> None:
    """From now on the user acts for `organization`. Raises `Membership.DoesNotExist` for an outsider."""
    with transaction.atomic():
        # Held until the end, so that nobody is removed meanwhile and goes on acting for it.
        Membership.objects.select_for_update(no_key=True).get(user=user, organization=organization)
        user.current_organization = organization
        user.save(update_fields=["current_organization"])


def join(user: User, organization: Organization, role: Role = Role.MEMBER) -> Membership:
    """Makes the user a member; a second call changes nothing.

    Raises `PersonalOrganizationError` for somebody's own organization, `Organization.DoesNotExist` for a closed one.
    """
    with transaction.atomic():
        refuse_personal(lock(organization))
        membership, made = Membership.objects.get_or_create(
            user=user, organization=organization, defaults={"role": role}
        )
        if made:
            signals.members_changed.send(sender=Organization, organization=organization)
    return membership


def leave(membership: Membership) -> None:
    """Ends a membership; a user who acted for that organization acts for their personal one from now on.

    What they had invited others with is withdrawn. Raises `LastOwnerError` and `PersonalOrganizationError`; a
    membership that has ended is left alone.
    """
    with transaction.atomic():
        organization = lock(membership.organization)
        refuse_personal(organization)
        present = organization.memberships.filter(pk=membership.pk).first()
        if present is None:
            return
        keep_an_owner(present)
        withdraw_invitations_by(present)
        _revoke_credentials(organization, user=present.user_id)
        present.delete()
        _act_for_themselves(organization, membership.user)
        signals.members_changed.send(sender=Organization, organization=organization)
    logger.info("member left", organization=organization.pk, user=membership.user_id)


def left_alone_by(user: User) -> QuerySet[Organization]:
    """Those above free in which nobody is left who may sign in, now that this user may not any more."""
    theirs = Organization.objects.filter(memberships__user=user).exclude(tier=tiers.Tier.FREE)
    return theirs.exclude(memberships__user__is_active=True)


def close(organization: Organization) -> None:
    """Nobody is a member any more, and nothing is bought for it. The row stays: invoices hang on it.

    `organization_closing` is sent first, outside any transaction, so that its receivers can talk to Stripe; what one
    of them raises ends it there. A second call changes nothing.
    """
    refuse_personal(organization)
    signals.organization_closing.send(sender=Organization, organization=organization)
    with transaction.atomic(durable=True):
        try:
            locked = lock(organization)
        except Organization.DoesNotExist:
            return
        locked.closed = timezone.now()
        locked.save(update_fields=["closed"])
        locked.invitations.pending().delete()
        _revoke_credentials(locked)
        locked.memberships.all().delete()
        _act_for_themselves(locked)
        signals.members_changed.send(sender=Organization, organization=locked)
    logger.info("organization closed", organization=organization.pk)


def lock(organization: Organization) -> Organization:
    """Its row, held until the transaction ends. Raises `Organization.DoesNotExist` when it is closed."""
    return Organization.objects.select_for_update(no_key=True).get(pk=organization.pk, closed=None)


def refuse_personal(organization: Organization) -> None:
    """Raises `PersonalOrganizationError` for somebody's own organization."""
    if organization.personal:
        raise errors.PersonalOrganizationError


def keep_an_owner(membership: Membership) -> None:
    """Raises `LastOwnerError` if there would be no owner without this one. Under the organization's lock."""
    if membership.role != Role.OWNER:
        return
    owners = Membership.objects.filter(organization=membership.organization_id, role=Role.OWNER)
    if not owners.exclude(pk=membership.pk).exists():
        raise errors.LastOwnerError


def withdraw_invitations_by(membership: Membership) -> None:
    """So that nobody who goes has left a way in."""
    Invitation.objects.pending().filter(
        organization=membership.organization_id, invited_by=membership.user_id
    ).delete()


def _revoke_credentials(organization: Organization, **whose: int) -> None:
    """Keys and applications of whoever leaves, so that coming back does not wake them."""
    for model in (ApiKey, TokenSession):
        model.objects.filter(organization=organization, revoked=None, **whose).update(revoked=timezone.now())


def _act_for_themselves(organization: Organization, user: User | None = None) -> None:
    """Whoever acts for this organization (or only `user`, if they do) acts for their personal one."""
    personal = Organization.objects.filter(personal=True, memberships__user=OuterRef("pk")).values("pk")
    acting = User.objects.filter(current_organization=organization, **({"pk": user.pk} if user else {}))
    acting.update(current_organization=Subquery(personal[:1]))


def role_of(user: User, organization: Organization) -> Role | None:
    """The user's role there; None for an outsider. One query."""
    role = (
        Membership.objects.filter(user=user, organization=organization).values_list("role", flat=True).first()
    )
    return Role(role) if role else None


def may_buy(user: User, organization: Organization) -> bool:
    """Whether the user may spend the organization's money. One query."""
    return _may(user, organization, Act.BUY)


def may_see_invoices(user: User, organization: Organization) -> bool:
    """Whether the user may see what the organization has paid. One query."""
    return _may(user, organization, Act.SEE_INVOICES)


def _may(user: User, organization: Organization, act: Act) -> bool:
    role = role_of(user, organization)
    return role is not None and act in role.acts


def set_access(organization: Organization, segments: Sequence[tiers.Access]) -> None:
    """Writes the timeline, with the plain columns that follow from it, in one UPDATE."""
    organization.access = [segment.to_json() for segment in segments]
    present = organization.current_access(timezone.now())
    organization.tier, organization.tier_until = present.tier, present.until
    organization.save(update_fields=["access", "tier", "tier_until"])
