"""Sign-in with LinkedIn, and the account page."""

from typing import Any

from allauth.decorators import rate_limit
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import usage
from accounts.errors import SignInError
from accounts.linkedin import Conversation


@never_cache
@rate_limit(action="login")
def linkedin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sends the browser to LinkedIn, by POST only: nobody is signed in by following a link."""
    if request.method != "POST":
        query = urlencode({"next": request.GET["next"]}) if "next" in request.GET else ""
        return redirect(f"{reverse('account_login')}?{query}".rstrip("?"))
    return _attempt(request, OAuth2LoginView, provider_id)


@never_cache
def linkedin_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where LinkedIn sends the browser back."""
    return _attempt(request, OAuth2CallbackView, provider_id)


def _attempt(request: HttpRequest, view: Any, provider_id: str) -> HttpResponse:
    try:
        return view.adapter_view(Conversation(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except SignInError as error:
        return render(request, "accounts/sign_in_error.html", {"error": error}, status=error.status)


@require_safe
@login_required
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Who I am, for whom I act, what I may use and how much of it is left."""
    meter = usage.meter_of(request)
    context = {
        "meter": meter,
        "used": usage.counted(meter) if meter.limit is not None else None,
        "memberships": request.user.memberships.select_related("organization"),  # type: ignore[union-attr]
        "linkedin": SocialAccount.objects.filter(user=request.user).exists(),
    }
    return render(request, "accounts/account.html", context)
