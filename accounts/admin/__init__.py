"""The admin of accounts: who people are, whom they act for, and what their programs call the API with."""

from accounts.admin import credentials, payers, people
from accounts.admin.payers import OrganizationAdmin

__all__ = ["OrganizationAdmin", "credentials", "payers", "people"]
