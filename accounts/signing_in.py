"""Pages for those who are signed in, and where the others come back to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

View = Callable[..., HttpResponse]
READ = ("GET", "HEAD")


def signed_in_only(view: View) -> View:
    """Others sign in first. Who pressed a button comes back to the page it stood on, not to what the button called."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return redirect_to_login(way_back(request))

    return page


def way_back(request: HttpRequest) -> str:
    """Where somebody goes on later: here, or, after a button, on the page of ours that the browser says it stood on."""
    if request.method in READ:
        return request.get_full_path()
    told, ours = request.headers.get("Referer", ""), request.build_absolute_uri("/").removesuffix("/")
    page = told.removeprefix(ours)
    return page if page != told and is_path_of_ours(page) else resolve_url(settings.LOGIN_REDIRECT_URL)


def is_path_of_ours(page: str) -> bool:
    """Whether whoever is sent there stays here."""
    return page.startswith("/") and url_has_allowed_host_and_scheme(page, None)
