"""The caller's organizations: `GET /api/organizations/`, and `POST /api/organizations/<id>/switch/`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import memberships, organizations
from accounts.errors import BoundToOrganizationError
from accounts.models import Membership, Organization
from accounts.roles import Role
from accounts.tiers import Tier
from config.description import describe


class OrganizationShape(serializers.Serializer[Any]):
    """An organization as the caller sees it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    personal = serializers.BooleanField(help_text="The one that every user has for themselves.")
    role = serializers.ChoiceField(Role.choices)
    tier = serializers.ChoiceField(Tier.choices)
    current = serializers.BooleanField(help_text="The one that the caller acts for.")


class OrganizationList(serializers.Serializer[Any]):
    organizations = OrganizationShape(many=True)


class Organizations(APIView):
    """Those in which the caller is a member, the personal one first."""

    permission_classes = [IsAuthenticated]

    @describe(_("My organizations"), answers=OrganizationList)
    def get(self, request: Request) -> Response:
        mine = memberships.of(request.user)  # type: ignore[arg-type]
        current = request.user.current_organization_id  # type: ignore[union-attr]
        return Response(
            {
                "organizations": [
                    describe_organization(one.organization, one.role, current=one.organization_id == current)
                    for one in mine
                ]
            }
        )


class Switch(APIView):
    """From now on the caller acts for this organization. The same once more changes nothing.

    For browsers: a key or a token goes on acting for the organization that it was made for.
    """

    permission_classes = [IsAuthenticated]

    @describe(_("Act for another organization"), answers=OrganizationShape)
    def post(self, request: Request, organization_id: int) -> Response:
        if request.auth is not None:
            raise BoundToOrganizationError
        try:
            mine = memberships.find(request.user, organization_id)  # type: ignore[arg-type]
            organizations.switch(request.user, mine.organization)  # type: ignore[arg-type]
        except Membership.DoesNotExist as error:
            raise NotFound from error
        return Response(describe_organization(mine.organization, mine.role, current=True))


def describe_organization(organization: Organization, role: str | None, *, current: bool) -> dict[str, Any]:
    """As `OrganizationShape` says. No query."""
    return {
        "id": organization.pk,
        "name": organization.name,
        "personal": organization.personal,
        "role": role,
        "tier": organization.current_access().tier.value,
        "current": current,
    }
