"""Changing what members may do: find, give a role, hand over, remove. To join and to leave are `organizations`."""

import structlog
from django.db import transaction
from django.db.models import QuerySet

from accounts import errors, organizations, signals
from accounts.models import Membership, Organization, User
from accounts.roles import Act, Role

logger = structlog.get_logger(__name__)


def of(user: User) -> QuerySet[Membership]:
    """The user's memberships with their organizations, the personal one first. One query."""
    mine = user.memberships.select_related("organization")
    return mine.order_by("-organization__personal", "organization__name", "pk")


def find(user: User, organization_id: int, act: Act | None = None) -> Membership:
    """The user's membership, with its organization, in one query. Raises `Membership.DoesNotExist` for an outsider,
    `NotAllowedError` for a member whose role does not allow `act`."""
    membership = Membership.objects.select_related("organization").get(
        user=user, organization_id=organization_id
    )
    if act and act not in membership.acts:
        raise errors.NotAllowedError
    return membership


def set_role(membership: Membership, role: Role, by: Membership | None = None) -> None:
    """Gives a member another role, on behalf of `by` (None: of staff). The same role again changes nothing.

    Raises `NotAllowedError` and `LastOwnerError`; `Membership.DoesNotExist` if either has left.
    """
    with transaction.atomic():
        organization = organizations.lock(membership.organization)
        present = organization.memberships.get(pk=membership.pk)
        _allow(by, Role(present.role), role)
        if present.role != role:
            _give(present, role)
            signals.members_changed.send(sender=Organization, organization=organization)
    membership.role = role


def transfer(by: Membership, to: Membership) -> None:
    """Makes `to` an owner in the place of `by`, who becomes an admin.

    Raises `NotAllowedError` unless `by` is an owner; `Membership.DoesNotExist` if either has left.
    """
    with transaction.atomic():
        organization = organizations.lock(by.organization)
        giver = organization.memberships.get(pk=by.pk)
        heir = organization.memberships.get(pk=to.pk)
        if Act.TRANSFER not in giver.acts or giver == heir:
            raise errors.NotAllowedError
        _give(heir, Role.OWNER)
        _give(giver, Role.ADMIN)
        signals.members_changed.send(sender=Organization, organization=organization)
    logger.info("organization transferred", organization=organization.pk, user=heir.user_id)


def remove(membership: Membership, by: Membership) -> None:
    """Ends somebody's membership on behalf of `by`.

    Raises `NotAllowedError` and `LastOwnerError`; a membership that has ended is left alone.
    """
    with transaction.atomic():
        organization = organizations.lock(membership.organization)
        present = (
            organization.memberships.select_related("user", "organization").filter(pk=membership.pk).first()
        )
        if present is not None:
            _allow(by, Role(present.role))
            organizations.leave(present)


def _allow(by: Membership | None, *given_or_taken: Role) -> None:
    """Whether `by`, in the role that they have now, may give and take these roles."""
    if by is None:
        return
    role = Role(Membership.objects.get(pk=by.pk).role)
    if not all(role.may_give(other) for other in given_or_taken):
        raise errors.NotAllowedError


def _give(membership: Membership, role: Role) -> None:
    if role != Role.OWNER:
        organizations.keep_an_owner(membership)
    if Act.MANAGE_MEMBERS not in role.acts:
        organizations.withdraw_invitations_by(membership)
    membership.role = role
    membership.save(update_fields=["role"])
