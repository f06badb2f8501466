"""LinkedIn as an OpenID provider: allauth's own, with what LinkedIn does differently and what we insist on."""

from typing import Any

import structlog
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from requests import RequestException

from accounts.errors import LinkedInUnavailableError

logger = structlog.get_logger()

# How LinkedIn says that somebody turned back; `access_denied` is what the standard has.
CANCELLED = {"user_cancelled_login", "user_cancelled_authorize", "access_denied"}
ENDPOINTS = {"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint"}


class Conversation(OpenIDConnectOAuth2Adapter):
    """The exchange with LinkedIn during one sign-in."""

    @property
    def openid_config(self) -> dict[str, Any]:
        try:
            config = super().openid_config
        except (RequestException, ValueError, TypeError, AttributeError) as error:
            logger.warning("linkedin unavailable", error=type(error).__name__)
            raise LinkedInUnavailableError from error
        if ENDPOINTS - config.keys():
            logger.warning("linkedin unavailable", error="incomplete discovery")
            raise LinkedInUnavailableError
        return config

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Who it is, by an ID token that has not expired and agrees with what LinkedIn says about the person."""
        try:
            login = super().complete_login(request, app, token, **kwargs)
            said = login.account.extra_data
            if said["id_token"]["sub"] != said["userinfo"]["sub"] or not said["id_token"]["exp"]:
                raise OAuth2Error("The ID token is about somebody else.")
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            raise OAuth2Error("LinkedIn's answer is malformed.") from error
        login.account.extra_data = {}  # name and address are in our own columns; the rest is not ours to keep
        return login


class LinkedIn(OpenIDConnectProvider):
    oauth2_adapter_class = Conversation

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """LinkedIn says `email_verified` as a boolean or as a string, and the string "false" is true to Python."""
        addresses = super().extract_email_addresses(data)
        for address in addresses:
            address.verified = str(address.verified).lower() == "true"
        return addresses
