"""Who is in an organization: listed, given another role, removed."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import errors, memberships
from accounts.api.endpoint import ManagersEndpoint, OrganizationEndpoint
from accounts.models import Membership
from accounts.roles import Act, Role
from config import bodies, paging
from config.bodies import OneOfField, StrictSerializer
from config.description import describe


class MemberShape(serializers.Serializer[Any]):
    """`id` is that of the membership, which is what `members/<id>/` takes."""

    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    email = serializers.EmailField()
    role = serializers.ChoiceField(Role.choices)
    me = serializers.BooleanField()


class MemberPage(paging.Page):
    results = MemberShape(many=True)


MEMBER: dict[str, Any] = {
    "id": 31,
    "name": "Bob",
    "email": "bob@acme.example",
    "role": "member",
    "me": False,
}


class NewRole(StrictSerializer):
    """`{role}`"""

    role = OneOfField(Role.values)


class Members(OrganizationEndpoint):
    """Everybody in an organization, for every member."""

    @describe(
        _("Who is in it"),
        answers=MemberPage,
        example={"results": [MEMBER], "next": None},
        query=paging.PARAMETERS,
    )
    def get(self, request: Request, organization_id: int) -> Response:
        """Those who came first come first."""
        mine = self.mine(organization_id)
        found = mine.organization.memberships.select_related("user")
        return Response(paging.by_id(request, found, show=self._show))

    def _show(self, member: Membership) -> dict[str, Any]:
        return describe_member(member, me=member.user_id == self.user().pk)


class Member(ManagersEndpoint):
    """One member, as owners and admins see them."""

    @describe(
        _("Give another role"),
        takes=NewRole,
        answers=MemberShape,
        sends={"role": "admin"},
        example=MEMBER | {"role": "admin"},
        refuses=[errors.LastOwnerError],
    )
    def patch(self, request: Request, organization_id: int, membership_id: int) -> Response:
        """Admins give and take the roles of admins and members, owners all of them."""
        mine, theirs = self._both(organization_id, membership_id)
        role = Role(bodies.read(request, NewRole)["role"])
        memberships.set_role(theirs, role, by=mine)
        return Response(describe_member(theirs, me=theirs == mine))

    @describe(_("Remove a member"), answers=None, status=204, refuses=[errors.LastOwnerError])
    def delete(self, request: Request, organization_id: int, membership_id: int) -> Response:
        """Their keys for this organization end with it, and what is priced per member follows."""
        mine, theirs = self._both(organization_id, membership_id)
        memberships.remove(theirs, by=mine)
        return Response(status=204)

    def _both(self, organization_id: int, membership_id: int) -> tuple[Membership, Membership]:
        mine = self.mine(organization_id, Act.MANAGE_MEMBERS)
        theirs = mine.organization.memberships.select_related("user", "organization").get(pk=membership_id)
        return mine, theirs


def describe_member(member: Membership, *, me: bool) -> dict[str, Any]:
    """As `MemberShape` says. No query."""
    user = member.user
    return {"id": member.pk, "name": user.name, "email": user.email, "role": member.role, "me": me}
