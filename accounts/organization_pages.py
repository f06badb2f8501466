"""The pages of organizations: mine, a new one, one with its people, its settings; and switching and closing.

Somebody else's organization is a 404, the same as one that does not exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import memberships, organizations, usage
from accounts.errors import OrganizationError, TooOftenError
from accounts.models import Invitation, Membership, Organization, User
from accounts.organization_forms import CloseForm, InvitationForm, NewOrganizationForm, OrganizationForm
from accounts.roles import Act, Role
from accounts.signing_in import signed_in_only

View = Callable[..., HttpResponse]

MADE_PER_DAY = 10
MEMBERS_PER_PAGE = 50
MOST_IN_MENU = 8
RANK = Case(*(When(role=role, then=Value(rank)) for rank, role in enumerate(Role)))
CALLED = Coalesce(NullIf("user__name", Value("")), "user__email")


class MemberRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


def explained(view: View) -> View:
    """What cannot be done gets a page that says why; an outsider gets a 404."""

    @wraps(view)
    def explain(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (Membership.DoesNotExist, Organization.DoesNotExist, Invitation.DoesNotExist):
            raise Http404 from None
        except OrganizationError as error:
            return refusal(request, error)

    return explain


def for_members(view: View) -> View:
    """Signed in, explained, and kept by no cache."""
    return signed_in_only(never_cache(explained(view)))


def refusal(request: HttpRequest, error: OrganizationError) -> HttpResponse:
    """The page of an error."""
    response = render(request, "accounts/organizations/refused.html", {"error": error}, status=error.status)
    if isinstance(error, TooOftenError):
        response["Retry-After"] = str(error.retry_after)
    return response


@require_safe
@for_members
def index(request: MemberRequest) -> HttpResponse:
    """The organizations in which I am, and for which I act."""
    mine = memberships.of(request.user).annotate(people=Count("organization__memberships"))
    return render(request, "accounts/organizations/list.html", {"memberships": mine})


@require_safe
@for_members
def menu(request: MemberRequest) -> HttpResponse:
    """A piece of the account menu, asked for when it is opened: so no other page pays for it with a query."""
    context = {
        "memberships": memberships.of(request.user)[:MOST_IN_MENU],
        "next": request.GET.get("next", ""),
    }
    return render(request, "accounts/organizations/menu.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def new(request: MemberRequest) -> HttpResponse:
    """An organization to share with others."""
    form = NewOrganizationForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/organizations/new.html", {"form": form})
    usage.spend(usage.meter(f"organizations-by:{request.user.pk}", MADE_PER_DAY, usage.DAY))
    organization = organizations.create(request.user, form.cleaned_data["name"])
    messages.success(request, _("You act for %(name)s now. Invite your colleagues.") % {"name": organization})
    return redirect("organization", organization.pk)


@require_safe
@for_members
def people(request: MemberRequest, organization_id: int) -> HttpResponse:
    """Who is in an organization, and who is invited."""
    mine = memberships.find(request.user, organization_id)
    return people_page(request, mine, InvitationForm())


def people_page(
    request: MemberRequest, mine: Membership, form: InvitationForm, status: int = 200
) -> HttpResponse:
    """The page of `people`, with the form for one more, perhaps with what is wrong in it."""
    organization = mine.organization
    members = organization.memberships.select_related("user").order_by(RANK, CALLED, "pk")
    may_invite = Act.MANAGE_MEMBERS in mine.acts and not organization.personal
    context = {
        "mine": mine,
        "page": Paginator(members, MEMBERS_PER_PAGE).get_page(request.GET.get("page")),
        "may_change": {role.value for role in Role if may_invite and Role(mine.role).may_give(role)},
        "invitations": organization.invitations.pending().select_related("invited_by") if may_invite else (),
        "form": form if may_invite else None,
    }
    return render(request, "accounts/organizations/people.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def settings(request: MemberRequest, organization_id: int) -> HttpResponse:
    """The name and the billing address, and the ways to pass it on or close it."""
    mine = memberships.find(request.user, organization_id, Act.EDIT)
    present = {name: getattr(mine.organization, name) for name in OrganizationForm.base_fields}
    form = OrganizationForm(request.POST or None, initial=present)
    if not form.is_valid():
        return render(request, "accounts/organizations/settings.html", {"mine": mine, "form": form})
    organizations.describe(mine.organization, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("organization_settings", organization_id)


@require_POST
@for_members
def switch(request: MemberRequest, organization_id: int) -> HttpResponse:
    """From now on I act for this one; back to where I was."""
    mine = memberships.find(request.user, organization_id)
    organizations.switch(request.user, mine.organization)
    messages.success(request, _("You act for %(name)s now.") % {"name": mine.organization})
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return redirect(back)
    return redirect("organization", organization_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def close(request: MemberRequest, organization_id: int) -> HttpResponse:
    """Asks for the name once more, then closes it."""
    mine = memberships.find(request.user, organization_id, Act.CLOSE)
    organizations.refuse_personal(mine.organization)
    form = CloseForm(request.POST or None, organization=mine.organization)
    if not form.is_valid():
        return render(request, "accounts/organizations/close.html", {"mine": mine, "form": form})
    organizations.close(mine.organization)
    messages.success(request, _("%(name)s is closed.") % {"name": mine.organization})
    return redirect("organizations")
