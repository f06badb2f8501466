"""Who may do what in an organization. The one table: pages, endpoints and billing ask it."""

from collections.abc import Mapping
from enum import StrEnum, auto
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Act(StrEnum):
    """What one does to an organization, beyond acting for it and seeing who else does: that every member may."""

    EDIT = auto()  # its name and its billing address
    MANAGE_MEMBERS = auto()  # invite, remove, give roles: those of GIVES
    BUY = auto()  # plans, machines, whatever costs money; cancelling too
    SEE_INVOICES = auto()
    MANAGE_KEYS = auto()  # make and revoke API keys, and end what applications were let in with
    TRANSFER = auto()
    CLOSE = auto()


class Role(TextChoices):
    """What a member is. From most to least."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    MEMBER = "member", _("Member")

    def may_give(self, role: "Role") -> bool:
        """Whether this role may give that one to others, and take it from them."""
        return role in GIVES[self]

    @property
    def acts(self) -> frozenset[Act]:
        return ALLOWED[self]

    @property
    def may_buy(self) -> bool:
        return Act.BUY in self.acts

    @property
    def description(self) -> Promise:
        return DESCRIPTIONS[self]


ALLOWED: Mapping[Role, frozenset[Act]] = MappingProxyType(
    {
        Role.OWNER: frozenset(Act),
        Role.ADMIN: frozenset({Act.EDIT, Act.MANAGE_MEMBERS, Act.BUY, Act.SEE_INVOICES, Act.MANAGE_KEYS}),
        Role.MEMBER: frozenset(),
    }
)
GIVES: Mapping[Role, frozenset[Role]] = MappingProxyType(
    {
        Role.OWNER: frozenset(Role),
        Role.ADMIN: frozenset({Role.ADMIN, Role.MEMBER}),
        Role.MEMBER: frozenset(),
    }
)
DESCRIPTIONS: Mapping[Role, Promise] = MappingProxyType(
    {
        Role.OWNER: _("All that an admin may, and passes the organization on or closes it."),
        Role.ADMIN: _("Buys, sees invoices, and invites and removes people."),
        Role.MEMBER: _("Uses what the organization has bought."),
    }
)
