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
        return redirect_to_login(
            request.get_full_path() if request.method in READ else _page_of_button(request)
        )

    return page


def _page_of_button(request: HttpRequest) -> str:
    """As the browser tells it, if it is one of ours."""
    told, ours = request.headers.get("Referer", ""), request.build_absolute_uri("/").removesuffix("/")
    page = told.removeprefix(ours)
    return page if page != told and is_path_of_ours(page) else resolve_url(settings.LOGIN_REDIRECT_URL)


def is_path_of_ours(page: str) -> bool:
    """Whether whoever is sent there stays here."""
    return page.startswith("/") and url_has_allowed_host_and_scheme(page, None)
