"""The caller's organizations: `GET /api/organizations/`, and `POST /api/organizations/<id>/switch/`."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import memberships, organizations
from accounts.models import Membership


class Organizations(APIView):
    """Those in which the caller is a member, the personal one first."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        mine = memberships.of(request.user)  # type: ignore[arg-type]
        current = request.user.current_organization_id  # type: ignore[union-attr]
        return Response({"organizations": [_describe(membership, current) for membership in mine]})


class Switch(APIView):
    """From now on the caller acts for this organization. The same once more changes nothing."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Request, organization_id: int) -> Response:
        try:
            mine = memberships.find(request.user, organization_id)  # type: ignore[arg-type]
            organizations.switch(request.user, mine.organization)  # type: ignore[arg-type]
        except Membership.DoesNotExist as error:
            raise NotFound from error
        return Response(_describe(mine, organization_id))


def _describe(membership: Membership, current: int | None) -> dict[str, Any]:
    organization = membership.organization
    return {
        "id": organization.pk,
        "name": organization.name,
        "personal": organization.personal,
        "role": membership.role,
        "tier": organization.current_access().tier.value,
        "current": organization.pk == current,
    }
