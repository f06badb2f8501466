"""The pages of organizations: mine, a new one, its people, its settings, switching and closing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import invitations, organizations, usage
from accounts.models import Membership, Organization, User
from accounts.roles import Role
from accounts.tests.conftest import shown

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


# --- Mine, and the menu ----------------------------------------------------------------------------------------------


def test_mine_are_listed_with_tier_role_and_number_of_members(
    acting: SignIn, bob: User, alice: User, acme: Organization, django_assert_num_queries: Any
) -> None:
    client = acting(bob)
    with django_assert_num_queries(3):  # session, user with organization, memberships with theirs
        page = shown(client.get("/organizations/"))

    row = page[page.index(f'href="/organizations/{acme.pk}/"') :]
    assert re.search(r"Premium.*Member.*>2<.*Switch", row, re.DOTALL)
    assert page.count("yours alone") == 1
    assert page.count(">Current<") == 1


def test_the_menu_is_a_piece_of_html_that_only_costs_when_it_is_opened(
    acting: SignIn, bob: User, acme: Organization, django_assert_num_queries: Any
) -> None:
    client = acting(bob)
    with django_assert_num_queries(3):
        piece = shown(client.get("/organizations/menu/?next=/filings/?a=1"))
    with django_assert_num_queries(2):
        page = shown(client.get("/terms/"))

    assert 'data-fills="/organizations/menu/?next=/terms/"' in page
    assert "Acme" not in page
    assert "<html" not in piece
    assert f'action="/organizations/{acme.pk}/switch/"' in piece
    assert 'name="next" value="/filings/?a=1"' in piece
    assert piece.count('aria-current="true"') == 1


# --- Switching ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("back", "location"),
    [
        ("/filings/", "/filings/"),
        ("", None),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("javascript:alert(1)", None),
    ],
)
def test_switching_leads_back_to_where_one_was_and_to_no_other_site(
    acting: SignIn, bob: User, acme: Organization, back: str, location: str | None
) -> None:
    answer = acting(bob).post(f"/organizations/{acme.pk}/switch/", {"next": back})

    bob.refresh_from_db()
    assert bob.current_organization == acme
    assert answer.headers["Location"] == (location or f"/organizations/{acme.pk}/")


def test_whoever_is_removed_has_nothing_of_it_at_the_next_request(
    acting: SignIn, owner: Membership, bob: User, acme: Organization
) -> None:
    organizations.switch(bob, acme)
    client = acting(bob)
    assert '<span class="account-name">Acme</span>' in shown(client.get("/account/"))
    acting(owner.user).post(
        f"/organizations/{acme.pk}/members/{bob.memberships.get(organization=acme).pk}/remove/"
    )

    page = shown(client.get("/account/"))
    assert "Acme" not in page
    assert "Premium" not in page
    shown(client.get(f"/organizations/{acme.pk}/"), 404)


# --- A new one ------------------------------------------------------------------------------------------------------


def test_a_new_one_is_owned_and_current(acting: SignIn, charlie: User) -> None:
    answer = acting(charlie).post("/organizations/new/", {"name": "  Charlie  &  Sons "})

    charlie.refresh_from_db()
    made = charlie.current_organization
    assert made is not None
    assert made.name == "Charlie & Sons"
    assert answer.headers["Location"] == f"/organizations/{made.pk}/"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("", "This field is required."),
        ("x" * 81, "at most 80 characters"),
        ("Win at https://evil.example", "must not be a web address"),
        ("WWW.evil.example", "must not be a web address"),
        ("Ac\x07me", "cannot be printed"),
        ("Ac\u202eme", "cannot be printed"),
        ("Ac\x00me", "Null characters are not allowed."),
    ],
)
def test_a_name_is_one_line_that_leads_nowhere(
    acting: SignIn, charlie: User, name: str, complaint: str
) -> None:
    assert complaint in shown(acting(charlie).post("/organizations/new/", {"name": name}))
    assert charlie.organizations.get().personal


def test_nobody_makes_any_number_of_them(acting: SignIn, charlie: User) -> None:
    client = acting(charlie)
    meter = usage.meter(f"organizations-by:{charlie.pk}", 10, usage.DAY)
    for _ in range(10):
        usage.count(meter)
    answer = client.post("/organizations/new/", {"name": "One more"})

    shown(answer, 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 86_400


def test_nothing_else_can_be_set_from_outside(acting: SignIn, charlie: User) -> None:
    form = {
        "name": "Mine",
        "tier": "business",
        "personal": "1",
        "stripe_customer_id": "cus_1",
        "access": "[]",
    }
    acting(charlie).post("/organizations/new/", form)

    made = charlie.organizations.get(personal=False)
    assert (made.tier, made.access, made.stripe_customer_id) == ("free", [], None)


# --- People ---------------------------------------------------------------------------------------------------------


def test_the_page_costs_a_fixed_number_of_queries(
    acting: SignIn, owner: Membership, bob: User, acme: Organization, django_assert_num_queries: Any
) -> None:
    client = acting(owner.user)
    invitations.send(owner, "dora@example.com", Role.MEMBER)
    # session, user with organization, my membership with its, members counted, members with users, invitations
    with django_assert_num_queries(6):
        shown(client.get(f"/organizations/{acme.pk}/"))
    for number in range(20):
        organizations.join(User.objects.create_user(f"{number}@example.com"), acme)
        invitations.send(owner, f"{number}@invited.example", Role.MEMBER)
    with django_assert_num_queries(6):
        shown(client.get(f"/organizations/{acme.pk}/"))


def test_owners_come_first_and_many_members_take_several_pages(
    acting: SignIn, owner: Membership, acme: Organization
) -> None:
    people = User.objects.bulk_create(
        User(email=f"{number:02}@example.com", name=f"{number:02}") for number in range(60)
    )
    Membership.objects.bulk_create(Membership(user=person, organization=acme) for person in people)
    client = acting(owner.user)
    first, second = (shown(client.get(f"/organizations/{acme.pk}/?page={number}")) for number in (1, 2))

    assert "61 members" in first
    assert first.index("alice@acme.example", first.index("<tbody>")) < first.index("00@example.com")
    assert "49@example.com" not in first
    assert "49@example.com" in second
    assert "Page 2 of 2" in second


def test_a_member_sees_colleagues_and_no_way_to_change_anything(
    acting: SignIn, owner: Membership, bob: User
) -> None:
    invitations.send(owner, "dora@example.com", Role.MEMBER)
    page = shown(acting(bob).get(f"/organizations/{owner.organization_id}/"))

    assert "alice@acme.example" in page
    assert "dora@example.com" not in page
    for word in ("Send invitation", "Settings", ">Change<"):
        assert word not in page


def test_a_personal_one_says_why_nobody_can_be_invited(acting: SignIn, charlie: User) -> None:
    own = charlie.organizations.get()
    client = acting(charlie)
    page = shown(client.get(f"/organizations/{own.pk}/"))

    assert "Your personal organization cannot be shared." in page
    assert "Send invitation" not in page
    for rest in ("invitations/", "leave/", "close/", "transfer/"):
        refused = client.post(
            f"/organizations/{own.pk}/{rest}", {"email": "d@example.com", "role": "member", "name": own.name}
        )
        assert "This one is yours alone" in shown(refused, 409)


# --- Settings and the end -------------------------------------------------------------------------------------------


def test_name_and_billing_address_are_changed(acting: SignIn, owner: Membership, acme: Organization) -> None:
    url = f"/organizations/{acme.pk}/settings/"
    form = {"name": "Acme Inc.", "email": "money@acme.example", "tier": "business"}
    page = shown(acting(owner.user).post(url, form, follow=True))

    assert "Saved." in page
    acme.refresh_from_db()
    assert (acme.name, acme.email, acme.tier) == ("Acme Inc.", "money@acme.example", "premium")


def test_a_wrong_address_is_said_where_it_was_typed(
    acting: SignIn, owner: Membership, acme: Organization
) -> None:
    form = {"name": "Other", "email": "nowhere"}
    page = shown(acting(owner.user).post(f"/organizations/{acme.pk}/settings/", form))

    assert "Enter a valid email address." in page
    assert "<h1>Acme</h1>" in page


def test_it_is_closed_by_who_types_its_name(
    acting: SignIn, owner: Membership, bob: User, acme: Organization
) -> None:
    client, url = acting(owner.user), f"/organizations/{acme.pk}/close/"
    assert "That is not its name." in shown(client.post(url, {"name": "Acne"}))
    assert acme.memberships.count() == 2

    page = shown(client.post(url, {"name": "Acme"}, follow=True))
    assert "Acme is closed." in page
    shown(client.get(f"/organizations/{acme.pk}/"), 404)
    shown(acting(bob).get(f"/organizations/{acme.pk}/"), 404)
