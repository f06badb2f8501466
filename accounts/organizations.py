"""What one does with organizations: make, join, leave and switch them, and write what they may use."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import signals, tiers
from accounts.models import Membership, Organization, User

if TYPE_CHECKING:
    from rest_framework.request import Request


def create_personal(user: User) -> Organization:
    """The organization that every user has; it becomes the current one unless there already is one."""
    with transaction.atomic():
        organization = Organization.objects.create(
            name=user.name or user.email, email=user.email, personal=True
        )
        Membership.objects.create(user=user, organization=organization, role=Membership.Role.OWNER)
        if user.current_organization_id is None:
            switch(user, organization)
    return organization


def current(request: "HttpRequest | Request") -> Organization | None:
    """The organization that the request acts for; None for a guest. No query beyond the user's."""
    return getattr(request.user, "current_organization", None)


def switch(user: User, organization: Organization) -> None:
    """From now on the user acts for `organization`, of which they are a member."""
    user.current_organization = organization
    user.save(update_fields=["current_organization"])


def join(
    user: User, organization: Organization, role: Membership.Role = Membership.Role.MEMBER
) -> Membership:
    """Makes the user a member; a second call changes nothing."""
    with transaction.atomic():
        membership, made = Membership.objects.get_or_create(
            user=user, organization=organization, defaults={"role": role}
        )
        if made:
            signals.members_changed.send(sender=Organization, organization=organization)
    return membership


def leave(membership: Membership) -> None:
    """Ends a membership; a user who acted for that organization acts for their personal one from now on."""
    user, organization = membership.user, membership.organization
    with transaction.atomic():
        membership.delete()
        if user.current_organization_id == organization.pk:
            switch(user, Organization.objects.get(personal=True, memberships__user=user))
        signals.members_changed.send(sender=Organization, organization=organization)


def role_of(user: User, organization: Organization) -> Membership.Role | None:
    """The user's role there; None for an outsider. One query."""
    role = (
        Membership.objects.filter(user=user, organization=organization).values_list("role", flat=True).first()
    )
    return Membership.Role(role) if role else None


def set_access(organization: Organization, segments: Sequence[tiers.Access]) -> None:
    """Writes the timeline, with the plain columns that follow from it, in one UPDATE."""
    organization.access = [segment.to_json() for segment in segments]
    present = organization.current_access(timezone.now())
    organization.tier, organization.tier_until = present.tier, present.until
    organization.save(update_fields=["access", "tier", "tier_until"])
