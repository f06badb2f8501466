"""Who is invited into an organization: listed, invited by mail, mailed once more, withdrawn. For owners and admins."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import errors, invitations
from accounts.api.endpoint import ManagersEndpoint
from accounts.models import Invitation, Membership
from accounts.roles import Act, Role
from config import bodies, paging
from config.bodies import FormTextField, Nothing, OneOfField, StrictSerializer
from config.description import describe


class InvitationShape(serializers.Serializer[Any]):
    """One that nobody has accepted. The link in its mail is good once, until it expires."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(Role.choices)
    invited_by = serializers.EmailField()
    sent = serializers.DateTimeField()
    expires = serializers.DateTimeField()


class InvitationPage(paging.Page):
    results = InvitationShape(many=True)


INVITATION: dict[str, Any] = {
    "id": 5,
    "email": "dora@acme.example",
    "role": "member",
    "invited_by": "alice@acme.example",
    "sent": "2027-01-15T12:00:00Z",
    "expires": "2027-01-22T12:00:00Z",
}
NOT_SENT = (
    errors.PersonalOrganizationError,
    errors.AlreadyMemberError,
    errors.TooOftenError,
    errors.InvitationNotSentError,
)


class NewInvitation(StrictSerializer):
    """`{email, role?}`"""

    email = FormTextField(forms.EmailField(max_length=254), {"format": "email", "maxLength": 254})
    role = OneOfField([Role.MEMBER, Role.ADMIN], default=Role.MEMBER)


class Invitations(ManagersEndpoint):
    """Ways in for others."""

    @describe(
        _("Who is invited"),
        answers=InvitationPage,
        example={"results": [INVITATION], "next": None},
        query=paging.PARAMETERS,
    )
    def get(self, request: Request, organization_id: int) -> Response:
        """Those that nobody has accepted yet, expired ones too, which can be sent again; the oldest come first."""
        mine = self.mine(organization_id, Act.MANAGE_MEMBERS)
        found = mine.organization.invitations.pending().select_related("invited_by")
        return Response(paging.by_id(request, found, show=describe_invitation))

    @describe(
        _("Invite somebody"),
        takes=NewInvitation,
        answers=InvitationShape,
        status=201,
        sends={"email": "dora@acme.example", "role": "member"},
        example=INVITATION,
        refuses=NOT_SENT,
    )
    def post(self, request: Request, organization_id: int) -> Response:
        """Mails a link. Whom it was sent to before gets a new one, and the old one works no more."""
        mine = self.mine(organization_id, Act.MANAGE_MEMBERS)
        wanted = bodies.read(request, NewInvitation)
        made = invitations.send(mine, wanted["email"], Role(wanted["role"]))
        return Response(describe_invitation(made), status=201)


class InvitationEndpoint(ManagersEndpoint):
    """About one that nobody has accepted; any other is not there."""

    def both(self, organization_id: int, invitation_id: int) -> tuple[Membership, Invitation]:
        """Mine, which must be able to invite, and the invitation."""
        mine = self.mine(organization_id, Act.MANAGE_MEMBERS)
        return mine, mine.organization.invitations.pending().get(pk=invitation_id)


class One(InvitationEndpoint):
    """One invitation."""

    @describe(_("Withdraw an invitation"), answers=None, status=204)
    def delete(self, request: Request, organization_id: int, invitation_id: int) -> Response:
        """Its link works no more."""
        _mine, invitation = self.both(organization_id, invitation_id)
        invitations.withdraw(invitation)
        return Response(status=204)


class Resend(InvitationEndpoint):
    """The same once more, with a new link and seven more days; the old link works no more."""

    @describe(
        _("Send an invitation again"),
        takes=Nothing,
        answers=InvitationShape,
        example=INVITATION,
        refuses=NOT_SENT,
    )
    def post(self, request: Request, organization_id: int, invitation_id: int) -> Response:
        mine, invitation = self.both(organization_id, invitation_id)
        bodies.read(request, Nothing)
        sent = invitations.send(mine, invitation.email, Role(invitation.role))
        return Response(describe_invitation(sent))


def describe_invitation(invitation: Invitation) -> dict[str, Any]:
    """As `InvitationShape` says. No query, if `invited_by` is at hand."""
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "role": invitation.role,
        "invited_by": invitation.invited_by.email,
        "sent": invitation.sent,
        "expires": invitation.expires,
    }
