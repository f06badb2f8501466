"""The tables: people and organizations, the keys and tokens of their programs, and what is counted and remembered."""

from accounts.models.counts import StoredAnswer, UsageCounter
from accounts.models.credentials import ApiKey, Scope, TokenSession
from accounts.models.people import Invitation, Membership, Organization, User, UserManager

__all__ = [
    "ApiKey",
    "Invitation",
    "Membership",
    "Organization",
    "Scope",
    "StoredAnswer",
    "TokenSession",
    "UsageCounter",
    "User",
    "UserManager",
]
