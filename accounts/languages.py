"""In which language people read our pages and are written to.

A guest reads in what their browser asks for, until they choose; the choice is kept in a cookie. Of whoever signs up we
keep it: it comes back with them in another browser, and it is the language of their mails.
"""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import check_for_language, get_language
from django.views.decorators.csrf import csrf_protect
from django.views.i18n import LANGUAGE_QUERY_PARAMETER, set_language

from accounts import signals

if TYPE_CHECKING:
    from accounts.models import User


def current() -> str:
    """The active language; the site's own where none is."""
    return get_language() or settings.LANGUAGE_CODE


def offered(language: str) -> bool:
    """Whether pages can be read in it."""
    return language in dict(settings.LANGUAGES) and check_for_language(language)


@csrf_protect
def switch(request: HttpRequest) -> HttpResponse:
    """Django's own view, which keeps a cookie and goes back; of whoever is signed in we keep the choice too."""
    language = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    if offered(language) and request.user.is_authenticated:
        remember(request.user, language)
    return set_language(request)


def remember(user: "User", language: str) -> None:
    """From now on the user, and the organization that is theirs alone, are written to in this language."""
    user.language = language
    user.save(update_fields=["language"])
    for organization in user.organizations.filter(personal=True).exclude(language=language):
        organization.language = language
        with transaction.atomic():
            organization.save(update_fields=["language"])
            signals.details_changed.send(sender=type(organization), organization=organization)


def greet(request: HttpRequest, response: HttpResponse, user: "User") -> None:
    """At sign-in: what was chosen in this browser counts from now on; else what the user chose elsewhere."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if offered(chosen):
        remember(user, chosen)
    else:
        keep(response, user.language)


def keep(response: HttpResponse, language: str) -> None:
    """In the cookie that Django's middleware reads, as its view would write it."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
