"""What the endpoints about organizations share: they act as the pages do, and say in JSON what those say."""

from typing import Any, cast

from rest_framework import exceptions
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import memberships, organizations
from accounts.api.idempotency import IdempotentWrites
from accounts.errors import BoundToOrganizationError, NotAllowedError, OrganizationError
from accounts.models import Invitation, Membership, Organization, User
from accounts.roles import Act
from config.api import ApiError


class OrganizationEndpoint(IdempotentWrites):
    """For members of an organization; to everybody else it is not there.

    A key or a token sees and changes only the organization that it was made for.
    """

    permission_classes = [IsAuthenticated]
    refuses: tuple[Any, ...] = (BoundToOrganizationError,)

    def keeper(self, request: Request) -> Organization | None:
        """The caller's own: with what is done here they may come to act for another one."""
        user = request.user
        return user.organizations.get(personal=True) if isinstance(user, User) else None

    def user(self) -> User:
        return cast(User, self.request.user)

    def mine(self, organization_id: int, act: Act | None = None) -> Membership:
        """The caller's membership. Raises `Membership.DoesNotExist` for an outsider, `NotAllowedError` for a member
        whose role does not allow `act`."""
        mine = memberships.find(self.user(), organization_id, act)
        self.refuse_bound(mine.organization)
        return mine

    def refuse_bound(self, organization: Organization | None = None) -> None:
        """Raises unless the caller may act for that organization, or, without one, for any."""
        if self.request.auth is not None and organizations.current(self.request) != organization:
            raise BoundToOrganizationError

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Membership.DoesNotExist | Organization.DoesNotExist | Invitation.DoesNotExist):
            exc = exceptions.NotFound()
        elif isinstance(exc, OrganizationError):
            retry_after = getattr(exc, "retry_after", None)
            exc = ApiError(exc.status, exc.code, str(exc.message), retry_after=retry_after)
        return super().handle_exception(exc)


class ManagersEndpoint(OrganizationEndpoint):
    """What only some roles may do."""

    refuses = (BoundToOrganizationError, NotAllowedError)
