"""The pages of API keys, for owners and admins: those of the organization that I act for, a new one, the end of one.

A new key is shown in the answer to the form itself and nowhere else: no row keeps it until the next page.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import keys, memberships, organizations, tokens, usage
from accounts.key_forms import KeyForm
from accounts.models import ApiKey, Membership, Scope
from accounts.organization_pages import MemberRequest, for_members
from accounts.roles import Act

MADE_PER_DAY = 50


def _manager(request: HttpRequest) -> Membership:
    """My membership in the organization that I act for. Raises `NotAllowedError` for whoever manages no keys."""
    organization = organizations.current(request)
    assert organization is not None  # every user acts for one
    return memberships.find(request.user, organization.pk, Act.MANAGE_KEYS)  # type: ignore[arg-type]


@require_safe
@for_members
def index(request: MemberRequest) -> HttpResponse:
    """Which keys there are, when they were last used, which applications were let in, and a form for one more."""
    return _list(request, _manager(request), KeyForm())


@require_POST
@for_members
def make(request: MemberRequest) -> HttpResponse:
    """A new key, shown this once."""
    mine = _manager(request)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _list(request, mine, form)
    _spend(mine)
    key, secret = keys.make(mine, form.cleaned_data["name"], Scope(form.cleaned_data["scope"]), form.expires)
    return render(request, "accounts/keys/made.html", {"key": key, "secret": secret})


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def rotate(request: MemberRequest, key_id: int) -> HttpResponse:
    """Asks, then makes a successor, shown this once; the old key works for another day."""
    mine = _manager(request)
    key = _find(mine, key_id)
    if request.method != "POST":
        return render(request, "accounts/keys/rotate.html", {"key": key})
    _spend(mine)
    successor, secret = keys.rotate(key, mine)
    key.refresh_from_db()
    return render(request, "accounts/keys/made.html", {"key": successor, "secret": secret, "old": key})


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def revoke(request: MemberRequest, key_id: int) -> HttpResponse:
    """Asks, then ends a key and the applications that were let in with it."""
    key = _find(_manager(request), key_id)
    if request.method != "POST":
        return render(request, "accounts/keys/revoke.html", {"key": key})
    keys.revoke(key)
    messages.success(request, _("%(name)s is revoked and opens nothing any more.") % {"name": key.name})
    return redirect("api_keys")


@require_POST
@for_members
def end_application(request: MemberRequest, session_id: int) -> HttpResponse:
    """Ends what an application was let in with."""
    mine = _manager(request)
    tokens.end(get_object_or_404(mine.organization.token_sessions, pk=session_id))
    messages.success(request, _("The application has no access any more."))
    return redirect("api_keys")


def _list(request: MemberRequest, mine: Membership, form: KeyForm) -> HttpResponse:
    context = {
        "keys": mine.organization.api_keys.live().select_related("user"),
        "applications": mine.organization.token_sessions.live().select_related("user", "key"),
        "form": form,
    }
    return render(request, "accounts/keys/list.html", context)


def _find(mine: Membership, key_id: int) -> ApiKey:
    return get_object_or_404(mine.organization.api_keys.live().select_related("user"), pk=key_id)


def _spend(mine: Membership) -> None:
    usage.spend(usage.meter(f"keys-by:{mine.user_id}", MADE_PER_DAY, usage.DAY))
