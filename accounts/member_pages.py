"""The pages of one member: another role, an end; leaving by oneself; and passing the organization on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import memberships, organizations
from accounts.errors import NotAllowedError
from accounts.models import Membership
from accounts.organization_forms import HeirForm, RoleForm
from accounts.organization_pages import MemberRequest, for_members
from accounts.roles import GIVES, Act, Role


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def member(request: MemberRequest, organization_id: int, membership_id: int) -> HttpResponse:
    """One member, and the roles that they may be given."""
    mine, theirs = _both(request, organization_id, membership_id)
    giver = Role(mine.role)
    form = RoleForm(request.POST or None, giver=giver, initial={"role": theirs.role})
    if not form.is_valid():
        context = {
            "mine": mine,
            "theirs": theirs,
            "form": form,
            "roles": [r for r in Role if r in GIVES[giver]],
        }
        return render(request, "accounts/organizations/member.html", context)
    memberships.set_role(theirs, Role(form.cleaned_data["role"]), by=mine)
    messages.success(
        request, _("%(name)s: %(role)s.") % {"name": theirs.user, "role": theirs.get_role_display()}
    )
    return redirect("organization", organization_id)


@require_POST
@for_members
def remove(request: MemberRequest, organization_id: int, membership_id: int) -> HttpResponse:
    """Ends somebody's membership."""
    mine, theirs = _both(request, organization_id, membership_id)
    memberships.remove(theirs, by=mine)
    values = {"name": theirs.user, "organization": mine.organization}
    messages.success(request, _("%(name)s is no longer a member of %(organization)s.") % values)
    return redirect("organization", organization_id)


def _both(request: MemberRequest, organization_id: int, membership_id: int) -> tuple[Membership, Membership]:
    """Mine, and the other's in the same organization, which mine must be able to change."""
    mine = memberships.find(request.user, organization_id, Act.MANAGE_MEMBERS)
    theirs = mine.organization.memberships.select_related("user").get(pk=membership_id)
    if not Role(mine.role).may_give(Role(theirs.role)):
        raise NotAllowedError
    return mine, theirs


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def leave(request: MemberRequest, organization_id: int) -> HttpResponse:
    """Says what is lost, then ends my own membership."""
    mine = memberships.find(request.user, organization_id)
    organizations.refuse_personal(mine.organization)
    organizations.keep_an_owner(mine)
    if request.method != "POST":
        return render(request, "accounts/organizations/leave.html", {"mine": mine})
    organizations.leave(mine)
    messages.success(request, _("You have left %(name)s.") % {"name": mine.organization})
    return redirect("organizations")


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def transfer(request: MemberRequest, organization_id: int) -> HttpResponse:
    """Passes the organization on to another member."""
    mine = memberships.find(request.user, organization_id, Act.TRANSFER)
    organizations.refuse_personal(mine.organization)
    form = HeirForm(request.POST or None, giver=mine)
    if not form.is_valid():
        return render(request, "accounts/organizations/transfer.html", {"mine": mine, "form": form})
    heir: Membership = form.cleaned_data["heir"]
    memberships.transfer(mine, heir)
    values = {"name": heir.user, "organization": mine.organization}
    messages.success(request, _("%(name)s owns %(organization)s now. You are an admin.") % values)
    return redirect("organization", organization_id)
