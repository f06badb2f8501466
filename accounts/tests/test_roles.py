"""The table of who may do what."""

import pytest

from accounts.roles import ALLOWED, DESCRIPTIONS, GIVES, Act, Role


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        ("owner", {"edit", "manage_members", "buy", "see_invoices", "manage_keys", "transfer", "close"}),
        ("admin", {"edit", "manage_members", "buy", "see_invoices", "manage_keys"}),
        ("member", set()),
    ],
)
def test_each_role_may_do_what_the_table_says(role: str, acts: set[str]) -> None:
    assert {act.value for act in Role(role).acts} == acts


@pytest.mark.parametrize(
    ("giver", "given"),
    [("owner", {"owner", "admin", "member"}), ("admin", {"admin", "member"}), ("member", set())],
)
def test_nobody_gives_or_takes_more_than_they_have(giver: str, given: set[str]) -> None:
    assert {role.value for role in Role if Role(giver).may_give(role)} == given


def test_no_role_is_forgotten_and_who_manages_gives_something() -> None:
    assert set(ALLOWED) == set(GIVES) == set(DESCRIPTIONS) == set(Role)
    for role in Role:
        assert (Act.MANAGE_MEMBERS in role.acts) == bool(GIVES[role])
