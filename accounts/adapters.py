"""How people sign in and sign up: what allauth asks us to decide.

An e-mail address alone never signs anybody in. LinkedIn's word for an address makes a new account, and only if
LinkedIn has verified it; an account that exists is opened by its own LinkedIn identity or by a mailed code.
"""

from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from requests import RequestException, Response, Session

from accounts import errors, languages
from accounts.addresses import client_address
from accounts.linkedin import CANCELLED, LinkedIn
from accounts.models import User

logger = structlog.get_logger()


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in and sign-up with a mailed code."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)
        except IntegrityError as error:
            # The same form, sent twice at once: the other one has made the account.
            raise ImmediateHttpResponse(redirect("account_login")) from error

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        """However somebody signs in; allauth's own answer, with the language that goes with them."""
        response: HttpResponse = super().post_login(request, user, **how)
        languages.greet(request, response, user)
        return response

    def send_account_already_exists_mail(self, email: str) -> None:
        sign_in_url = self.request.build_absolute_uri(reverse("account_login"))
        self.send_mail("account/email/account_already_exists", email, {"sign_in_url": sign_in_url})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            logger.warning("mail not sent", template=template_prefix, error=type(error).__name__)
            problem = errors.MailUnavailableError
            page = render(
                self.request, "accounts/sign_in_error.html", {"error": problem}, status=problem.status
            )
            raise ImmediateHttpResponse(page) from error


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Sign-in and sign-up with LinkedIn. What goes wrong is raised as a `SignInError` (see `views.linkedin`)."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> LinkedIn:
        return LinkedIn(request, app=super().get_provider(request, provider, client_id).app)

    def get_requests_session(self) -> Session:
        session = super().get_requests_session()
        session.hooks["response"].append(_refuse_server_errors)
        return session

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """Never, whatever the settings say."""

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        user.name = (data.get("name") or "").strip()[:200]
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Who may come in: whom we know by their LinkedIn identity, and new people with a verified address."""
        connecting = sociallogin.state.get("process") == AuthProcess.CONNECT
        addresses = sociallogin.email_addresses
        if sociallogin.is_existing and not connecting:
            return
        next_url = sociallogin.state.get("next")
        if any(not address.verified for address in addresses):
            raise errors.AddressUnverifiedError(next_url)
        if connecting:
            return
        if not addresses:
            raise errors.AddressMissingError(next_url)
        if _is_known(addresses[0].email):
            raise errors.AddressKnownError(next_url)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """User, personal organization, address and LinkedIn identity, all or nothing."""
        try:
            with transaction.atomic():
                user: User = super().save_user(request, sociallogin, form)
        except IntegrityError as error:
            raise errors.AddressKnownError from error
        logger.info("user signed up", user=user.pk, by="linkedin")
        return user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("account")

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        next_url = ((extra_context or {}).get("state") or {}).get("next")
        if request.GET.get("error") in CANCELLED:
            raise errors.SignInCancelledError(next_url)
        logger.warning("linkedin sign in failed", error=type(exception).__name__ if exception else "state")
        if isinstance(exception, RequestException):
            raise errors.LinkedInUnavailableError(next_url)
        raise errors.SignInFailedError(next_url)


def _refuse_server_errors(response: Response, *args: Any, **kwargs: Any) -> None:
    """A 5xx is LinkedIn being down, not an answer; allauth would read it as one."""
    if response.status_code >= 500:
        response.close()
        response.raise_for_status()


def _is_known(email: str) -> bool:
    email = email.lower()
    return User.objects.filter(email=email).exists() or EmailAddress.objects.filter(email=email).exists()
