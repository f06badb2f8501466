"""The pages of invitations: making them, sending them again, withdrawing them; and the one that the mail links to."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations, memberships, organizations
from accounts.errors import OrganizationError
from accounts.models import Invitation, Membership, User
from accounts.organization_forms import InvitationForm, JoinForm
from accounts.organization_pages import MemberRequest, explained, for_members, people_page
from accounts.roles import Act, Role


@require_POST
@for_members
def invite(request: MemberRequest, organization_id: int) -> HttpResponse:
    """Mails an invitation; what is wrong is said where it was typed."""
    mine = memberships.find(request.user, organization_id, Act.MANAGE_MEMBERS)
    organizations.refuse_personal(mine.organization)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return people_page(request, mine, form)
    try:
        _send(request, mine, form.cleaned_data["email"], Role(form.cleaned_data["role"]))
    except OrganizationError as error:
        form.add_error(None, str(error.message))
        return people_page(request, mine, form, error.status)
    return redirect("organization", organization_id)


@require_POST
@for_members
def resend(request: MemberRequest, organization_id: int, invitation_id: int) -> HttpResponse:
    """The same once more, with a new link and seven more days."""
    mine, invitation = _both(request, organization_id, invitation_id)
    _send(request, mine, invitation.email, Role(invitation.role))
    return redirect("organization", organization_id)


def _send(request: MemberRequest, mine: Membership, email: str, role: Role) -> None:
    invitation = invitations.send(mine, email, role)
    messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email})


@require_POST
@for_members
def withdraw(request: MemberRequest, organization_id: int, invitation_id: int) -> HttpResponse:
    """Its link works no more."""
    _mine, invitation = _both(request, organization_id, invitation_id)
    invitations.withdraw(invitation)
    messages.success(request, _("The invitation to %(email)s is withdrawn.") % {"email": invitation.email})
    return redirect("organization", organization_id)


def _both(request: MemberRequest, organization_id: int, invitation_id: int) -> tuple[Membership, Invitation]:
    mine = memberships.find(request.user, organization_id, Act.MANAGE_MEMBERS)
    return mine, mine.organization.invitations.pending().get(pk=invitation_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@explained
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites into what; whoever has signed in may accept. Looking changes nothing."""
    found = invitations.find(token, request)
    user = request.user
    if not isinstance(user, User):
        if request.method == "POST":
            return redirect_to_login(request.path)
        return render(request, "accounts/organizations/invitation.html", {"invitation": found})
    role = organizations.role_of(user, found.organization)
    other_address = role is None and user.email != found.email
    form = JoinForm(request.POST if request.method == "POST" else None, other_address=other_address)
    if form.is_valid():
        invitations.accept(found, user)
        messages.success(
            request, _("Welcome to %(name)s. You act for it now.") % {"name": found.organization}
        )
        return redirect("organization", found.organization_id)
    context = {
        "invitation": found,
        "form": form,
        "other_address": other_address,
        "is_member": role is not None,
    }
    return render(request, "accounts/organizations/invitation.html", context)
