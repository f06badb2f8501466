"""allauth's two adapters: how people sign in and sign up here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by mailed code."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Sign-in with LinkedIn."""
