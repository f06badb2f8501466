"""The caller's organizations: listed, made, one of them described, switched to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import memberships, organizations, usage
from accounts.api.endpoint import ManagersEndpoint, OrganizationEndpoint
from accounts.errors import TooManyOrganizationsError, TooOftenError
from accounts.models import Membership, Organization
from accounts.organization_forms import LONGEST_NAME, NameField
from accounts.organization_pages import MADE_PER_DAY
from accounts.roles import Act, Role
from accounts.tiers import Tier
from config import bodies
from config.bodies import FormTextField, Nothing, StrictSerializer
from config.description import describe


class OrganizationShape(serializers.Serializer[Any]):
    """An organization as the caller sees it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    personal = serializers.BooleanField(help_text=_("The one that every user has for themselves."))
    role = serializers.ChoiceField(Role.choices)
    tier = serializers.ChoiceField(Tier.choices)
    current = serializers.BooleanField(help_text=_("The one that the caller acts for."))


class OrganizationList(serializers.Serializer[Any]):
    organizations = OrganizationShape(many=True)


class OrganizationDetail(OrganizationShape):
    """`email` is where receipts go; null for who may not change it."""

    email = serializers.EmailField(allow_null=True, allow_blank=True)
    members = serializers.IntegerField(help_text=_("How many there are."))
    may = serializers.ListField(
        child=serializers.ChoiceField([act.value for act in Act]),
        help_text=_("What the caller's role allows."),
    )


ORGANIZATION: dict[str, Any] = {
    "id": 12,
    "name": "Acme",
    "personal": False,
    "role": "owner",
    "tier": "business",
    "current": True,
}
DETAIL = ORGANIZATION | {
    "email": "billing@acme.example",
    "members": 2,
    "may": ["buy", "close", "edit", "manage_keys", "manage_members", "see_invoices", "transfer"],
}


class NewOrganization(StrictSerializer):
    """`{name}`"""

    name = FormTextField(NameField(), {"minLength": 1, "maxLength": LONGEST_NAME})


class Description(StrictSerializer):
    """`{name?, email?}`: what is not named stays as it is."""

    name = FormTextField(NameField(), {"minLength": 1, "maxLength": LONGEST_NAME}, required=False)
    email = FormTextField(
        forms.EmailField(max_length=254), {"format": "email", "maxLength": 254}, required=False
    )


class Organizations(OrganizationEndpoint):
    """Those in which the caller is a member, the personal one first; and another one."""

    @describe(_("My organizations"), answers=OrganizationList, example={"organizations": [ORGANIZATION]})
    def get(self, request: Request) -> Response:
        """All of the caller's, also to a key, which acts for one of them only."""
        current = self.user().current_organization_id
        return Response(
            {
                "organizations": [
                    describe_organization(one.organization, one.role, current=one.organization_id == current)
                    for one in memberships.of(self.user())
                ]
            }
        )

    @describe(
        _("Make an organization"),
        takes=NewOrganization,
        answers=OrganizationShape,
        status=201,
        sends={"name": "Acme"},
        example=ORGANIZATION | {"tier": "free"},
        refuses=[TooManyOrganizationsError, TooOftenError],
    )
    def post(self, request: Request) -> Response:
        """To share with others. The caller owns it, and acts for it from now on."""
        self.refuse_bound()
        name = bodies.read(request, NewOrganization)["name"]
        usage.spend(usage.meter(f"organizations-by:{self.user().pk}", MADE_PER_DAY, usage.DAY))
        made = organizations.create(self.user(), name)
        return Response(describe_organization(made, Role.OWNER, current=True), status=201)


class One(ManagersEndpoint):
    """One organization."""

    @describe(_("An organization"), answers=OrganizationDetail, example=DETAIL)
    def get(self, request: Request, organization_id: int) -> Response:
        """With what the caller may do there."""
        return Response(self._describe(self.mine(organization_id)))

    @describe(
        _("Describe an organization"),
        takes=Description,
        answers=OrganizationDetail,
        sends={"name": "Acme", "email": "billing@acme.example"},
        example=DETAIL,
    )
    def patch(self, request: Request, organization_id: int) -> Response:
        """Its name and billing address, also at Stripe. For owners and admins."""
        mine = self.mine(organization_id, Act.EDIT)
        wanted, organization = bodies.read(request, Description), mine.organization
        organizations.describe(
            organization, wanted.get("name", organization.name), wanted.get("email", organization.email)
        )
        return Response(self._describe(mine))

    def _describe(self, mine: Membership) -> dict[str, Any]:
        organization = mine.organization
        current = organization.pk == self.user().current_organization_id
        return {
            **describe_organization(organization, mine.role, current=current),
            "email": organization.email if Act.EDIT in mine.acts else None,
            "members": organization.memberships.count(),
            "may": sorted(mine.acts),
        }


class Switch(OrganizationEndpoint):
    """From now on the caller acts for this organization. The same once more changes nothing.

    For browsers: a key or a token goes on acting for the organization that it was made for.
    """

    @describe(
        _("Act for another organization"), takes=Nothing, answers=OrganizationShape, example=ORGANIZATION
    )
    def post(self, request: Request, organization_id: int) -> Response:
        self.refuse_bound()
        bodies.read(request, Nothing)
        mine = self.mine(organization_id)
        organizations.switch(self.user(), mine.organization)
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
