"""Who may spend an organization's money: its owners and admins."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from accounts import organizations

if TYPE_CHECKING:
    from rest_framework.request import Request


def may_buy(request: "HttpRequest | Request") -> bool:
    """Whether the visitor may buy, cancel and see invoices for the organization they act for. One query."""
    organization = organizations.current(request)
    if organization is None or not request.user.is_authenticated:
        return False
    role = organizations.role_of(request.user, organization)
    return role is not None and role.may_buy
