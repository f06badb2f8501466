"""The admin: staff only, with a password, few attempts; what was bought is shown and not edited."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client

from accounts import invitations, organizations
from accounts.models import Membership, Organization, User
from accounts.tiers import Access, Tier

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LOGIN = "/admin/login/"
PASSWORD = "correct horse battery"


@pytest.fixture
def root() -> User:
    """A member of staff who may do everything."""
    return User.objects.create_superuser("root@turnpike.example", PASSWORD, name="Root")


@pytest.fixture
def desk(root: User) -> Client:
    """A browser in which Root is signed in."""
    client = Client()
    client.force_login(root)
    return client


def sign_in(client: Client, username: str, password: str, **more: Any) -> Any:
    return client.post(LOGIN, {"username": username, "password": password}, **more)


# --- Who comes in ---------------------------------------------------------------------------------------------------


def test_staff_sign_in_with_a_password(client: Client, root: User) -> None:
    before = client.get(LOGIN) and client.session.session_key
    answer = sign_in(client, "Root@turnpike.example", PASSWORD)

    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200
    assert client.session.session_key != before


def test_customers_do_not(signed_in: SignIn, alice: User) -> None:
    answer = signed_in(alice).get("/admin/accounts/user/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(LOGIN)


def test_after_five_attempts_the_right_password_does_not_help_either(client: Client, root: User) -> None:
    with time_machine.travel(datetime(2027, 3, 1, 12, 1, 30, tzinfo=UTC), tick=False) as clock:
        for _ in range(5):
            assert "correct e-mail address" in sign_in(client, root.email, "wrong").content.decode()
        refused = sign_in(client, root.email.upper(), PASSWORD)
        assert "Too many attempts. Try again in 4 minutes." in refused.content.decode()
        assert client.get("/admin/").status_code == 302

        clock.move_to(datetime(2027, 3, 1, 12, 5, tzinfo=UTC))
        assert sign_in(client, root.email, PASSWORD).status_code == 302


def test_attempts_are_counted_per_visitor_over_all_accounts(client: Client, root: User) -> None:
    for number in range(20):
        sign_in(client, f"guess{number}@turnpike.example", "wrong")

    assert "Too many attempts" in sign_in(client, root.email, PASSWORD).content.decode()


def test_somebody_elses_attempts_lock_nobody_out(client: Client, root: User) -> None:
    for _ in range(6):
        sign_in(client, root.email, "wrong", REMOTE_ADDR="203.0.113.7")

    assert sign_in(client, root.email, PASSWORD, REMOTE_ADDR="203.0.113.8").status_code == 302


def test_a_made_up_forwarded_address_does_not_help(client: Client, root: User) -> None:
    for number in range(6):
        refused = sign_in(client, root.email, "wrong", headers={"X-Forwarded-For": f"203.0.113.{number}"})

    assert "Too many attempts" in refused.content.decode()


# --- What it shows --------------------------------------------------------------------------------------------------


def test_an_organizations_access_is_readable(desk: Client, acme: Organization, alice: User) -> None:
    until = datetime(2099, 5, 3, tzinfo=UTC)
    segments = [Access(Tier.BUSINESS, until, "grant", frozenset({"export"})), Access(Tier.STARTER)]
    organizations.set_access(acme, segments)
    page = desk.get(f"/admin/accounts/organization/{acme.pk}/change/").content.decode()

    assert "<li>Business · 2099-05-03 00:00 UTC · A gift · export</li><li>Starter · without end</li>" in page
    assert "Alice" in page


def test_what_was_bought_cannot_be_edited(desk: Client, acme: Organization) -> None:
    before = (acme.tier, acme.access, acme.stripe_customer_id)
    form = {
        "name": "Acme Inc.",
        "email": acme.email,
        "tier": "business",
        "access": "[]",
        "stripe_customer_id": "cus_1",
        "personal": "on",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    assert desk.post(f"/admin/accounts/organization/{acme.pk}/change/", form).status_code == 302

    acme.refresh_from_db()
    assert acme.name == "Acme Inc."
    assert (acme.tier, acme.access, acme.stripe_customer_id) == before
    assert not acme.personal


@pytest.mark.parametrize("kind", ["user", "organization", "membership"])
def test_lists_and_forms_open_without_a_query_per_row(
    desk: Client, alice: User, bob: User, charlie: User, kind: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(8):
        assert desk.get(f"/admin/accounts/{kind}/").status_code == 200
    assert desk.get(f"/admin/accounts/{kind}/add/").status_code == 200
    assert desk.get(f"/admin/accounts/{kind}/?q=acme").status_code == 200


def test_a_user_made_here_has_an_organization_and_needs_no_password(desk: Client) -> None:
    form = {"email": "Dora@example.com", "name": "Dora", "usable_password": "false"}
    assert desk.post("/admin/accounts/user/add/", form).status_code == 302

    dora = User.objects.get(email="dora@example.com")
    assert not dora.has_usable_password()
    assert dora.current_organization is not None
    assert dora.current_organization.personal


def test_an_address_that_is_taken_is_a_complaint_and_not_a_crash(desk: Client, charlie: User) -> None:
    form = {"email": "CHARLIE@outside.example", "usable_password": "false"}

    assert b"A user with this address already exists." in desk.post("/admin/accounts/user/add/", form).content


def test_a_user_is_edited_here(desk: Client, charlie: User) -> None:
    assert desk.get(f"/admin/accounts/user/{charlie.pk}/change/").status_code == 200
    form = {"email": charlie.email, "name": "Charles", "is_active": "on"}
    assert desk.post(f"/admin/accounts/user/{charlie.pk}/change/", form).status_code == 302

    charlie.refresh_from_db()
    assert charlie.name == "Charles"


def test_after_a_change_of_address_the_old_one_opens_nothing(desk: Client, charlie: User) -> None:
    EmailAddress.objects.create(user=charlie, email=charlie.email, verified=True, primary=True)
    form = {"email": "charles@outside.example", "name": "Charles", "is_active": "on"}
    desk.post(f"/admin/accounts/user/{charlie.pk}/change/", form)

    assert not EmailAddress.objects.filter(user=charlie).exists()
    charlie.refresh_from_db()
    assert charlie.email == "charles@outside.example"


@pytest.mark.parametrize("colleague", [True, False])
def test_who_takes_somebody_away_is_told_whose_plan_goes_on_without_anybody(
    desk: Client, alice: User, charlie: User, acme: Organization, colleague: bool
) -> None:
    acme.memberships.all().delete()
    organizations.join(charlie, acme)
    if colleague:
        organizations.join(alice, acme)
    organizations.set_access(acme, [Access(Tier.PREMIUM, None, "subscription")])
    form = {"email": charlie.email, "name": charlie.name}

    answer = desk.post(f"/admin/accounts/user/{charlie.pk}/change/", form, follow=True)

    told = [str(message) for message in answer.context["messages"] if message.level_tag == "warning"]
    assert told == ([] if colleague else [f"Nobody is left who acts for {acme}. What it pays for goes on."])


@pytest.mark.parametrize("kind", ["user", "organization"])
def test_people_and_payers_are_not_deleted_here(
    desk: Client, alice: User, acme: Organization, kind: str
) -> None:
    """F47."""
    row = {"user": alice, "organization": acme}[kind]

    url = f"/admin/accounts/{kind}/{row.pk}/delete/"
    assert (desk.get(url).status_code, desk.post(url, {"post": "yes"}).status_code) == (403, 403)


def test_a_membership_made_here_can_be_ended_here_and_nobody_keeps_the_access(
    desk: Client, charlie: User, acme: Organization
) -> None:
    form = {"user": charlie.pk, "organization": acme.pk, "role": "admin"}
    assert desk.post("/admin/accounts/membership/add/", form).status_code == 302
    membership = charlie.memberships.get(organization=acme)
    assert membership.role == Membership.Role.ADMIN
    organizations.switch(charlie, acme)

    url = f"/admin/accounts/membership/{membership.pk}/"
    assert desk.get(f"{url}change/").status_code == 200
    assert desk.post(f"{url}delete/", {"post": "yes"}).status_code == 302
    charlie.refresh_from_db()
    assert charlie.current_organization is not None
    assert charlie.current_organization.personal


def test_several_memberships_are_ended_at_once_but_for_personal_ones(
    desk: Client, alice: User, bob: User, charlie: User, acme: Organization
) -> None:
    organizations.join(charlie, acme)
    organizations.switch(charlie, acme)
    form = {"action": "delete_selected", "post": "yes"}
    everything = list(bob.memberships.values_list("pk", flat=True))
    refused = desk.post("/admin/accounts/membership/", {**form, "_selected_action": everything})
    assert refused.status_code == 403
    acmes = list(acme.memberships.exclude(user=alice).values_list("pk", flat=True))
    desk.post("/admin/accounts/membership/", {**form, "_selected_action": acmes})

    assert acme.memberships.get().user == alice
    assert charlie.memberships.get().organization.personal
    charlie.refresh_from_db()
    assert charlie.current_organization is not None
    assert charlie.current_organization.personal


def test_an_organization_keeps_an_owner_here_too(
    desk: Client, alice: User, bob: User, acme: Organization
) -> None:
    owner = alice.memberships.get(organization=acme)
    url = f"/admin/accounts/membership/{owner.pk}/"
    assert "There is no other owner." in desk.post(f"{url}change/", {"role": "member"}).content.decode()
    assert desk.post(f"{url}delete/", {"post": "yes"}).status_code == 403

    second = bob.memberships.get(organization=acme)
    assert desk.post(f"/admin/accounts/membership/{second.pk}/change/", {"role": "owner"}).status_code == 302
    form = {"action": "delete_selected", "post": "yes", "_selected_action": [owner.pk, second.pk]}
    answer = desk.post("/admin/accounts/membership/", form, follow=True)

    assert "There is no other owner." in answer.content.decode()
    assert acme.memberships.get().role == Membership.Role.OWNER


def test_nobody_is_added_to_a_personal_organization_here(desk: Client, bob: User, charlie: User) -> None:
    own = charlie.organizations.get(personal=True)
    form = {"user": bob.pk, "organization": own.pk, "role": "member"}

    assert "cannot be shared" in desk.post("/admin/accounts/membership/add/", form).content.decode()
    assert own.memberships.get().user == charlie


def test_invitations_are_shown_and_not_made_here(desk: Client, alice: User, acme: Organization) -> None:
    invitation = invitations.send(
        alice.memberships.get(organization=acme), "dora@example.com", Membership.Role.MEMBER
    )

    assert "dora@example.com" in desk.get("/admin/accounts/invitation/").content.decode()
    page = desk.get(f"/admin/accounts/invitation/{invitation.pk}/change/").content.decode()
    assert "Alice" in page
    assert invitation.token_hash not in page
    assert desk.get("/admin/accounts/invitation/add/").status_code == 403


def test_nobody_loses_their_personal_organization(desk: Client, charlie: User) -> None:
    url = f"/admin/accounts/membership/{charlie.memberships.get().pk}/delete/"

    assert desk.post(url, {"post": "yes"}).status_code == 403
