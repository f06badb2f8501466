"""The pages on which invitations are made and accepted."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts import invitations, organizations
from accounts.models import Invitation, Membership, Organization, User
from accounts.roles import Role
from accounts.tests.conftest import shown, token_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def link(owner: Membership) -> str:
    """The path of a link that was mailed to Charlie."""
    invitations.send(owner, "charlie@outside.example", Role.MEMBER)
    return f"/invitations/{token_of(mail.outbox[0])}/"


# --- Making them ----------------------------------------------------------------------------------------------------


def test_somebody_is_invited_again_and_then_no_more(acting: SignIn, owner: Membership) -> None:
    client, url = acting(owner.user), f"/organizations/{owner.organization_id}/invitations/"
    page = shown(client.post(url, {"email": "Dora@example.com", "role": "admin"}, follow=True))
    assert "An invitation is on its way to dora@example.com." in page
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.invited_by) == (Role.ADMIN, owner.user)

    shown(client.post(f"{url}{invitation.pk}/resend/", follow=True))
    assert [letter.to for letter in mail.outbox] == [["dora@example.com"]] * 2
    assert token_of(mail.outbox[0]) != token_of(mail.outbox[1])

    page = shown(client.post(f"{url}{invitation.pk}/withdraw/", follow=True))
    assert "The invitation to dora@example.com is withdrawn." in page
    assert not Invitation.objects.exists()
    shown(client.post(f"{url}{invitation.pk}/resend/"), 404)


@pytest.mark.parametrize(
    ("form", "status", "complaint"),
    [
        ({"email": "", "role": "member"}, 200, "This field is required."),
        ({"email": "nobody", "role": "member"}, 200, "Enter a valid email address."),
        ({"email": "a@example.com\nBcc: b@example.com", "role": "member"}, 200, "Enter a valid email"),
        ({"email": "dora@example.com", "role": "owner"}, 200, "Select a valid choice."),
        ({"email": "bob@acme.example", "role": "member"}, 409, "is a member already."),
    ],
)
def test_what_is_wrong_is_said_where_it_was_typed(
    acting: SignIn, owner: Membership, bob: User, form: dict[str, str], status: int, complaint: str
) -> None:
    url = f"/organizations/{owner.organization_id}/invitations/"
    page = shown(acting(owner.user).post(url, form), status)

    assert complaint in page
    assert not mail.outbox


def test_too_many_are_a_429(acting: SignIn, owner: Membership) -> None:
    client, url = acting(owner.user), f"/organizations/{owner.organization_id}/invitations/"
    for _ in range(invitations.SENT_TO_ONE_PER_DAY):
        client.post(url, {"email": "dora@example.com", "role": "member"})
    again = f"{url}{Invitation.objects.get().pk}/resend/"

    refused = client.post(url, {"email": "dora@example.com", "role": "member"})
    assert "Try again later." in shown(refused, 429)
    assert int(client.post(again).headers["Retry-After"]) > 0


def test_when_the_mail_server_is_down_that_is_said(acting: SignIn, owner: Membership, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    url = f"/organizations/{owner.organization_id}/invitations/"
    page = shown(acting(owner.user).post(url, {"email": "dora@example.com", "role": "member"}), 503)

    assert "our mail server does not answer" in page
    assert "dora@example.com" in page[page.index("<table") :]


# --- Looking --------------------------------------------------------------------------------------------------------


def test_a_guest_reads_who_invites_into_what_and_comes_back_after_signing_in(
    client: Client, link: str
) -> None:
    page = shown(client.get(link))

    for text in ("Join Acme", "Alice", "alice@acme.example", "charlie@outside.example", "Member"):
        assert text in page
    assert f'<input type="hidden" name="next" value="{link}">' in page
    assert f'href="/accounts/login/?next={link}"' in page
    assert f'href="/accounts/signup/?next={link}"' in page
    assert client.post(link).headers["Location"] == f"/accounts/login/?next={link}"


def test_looking_changes_nothing_and_is_kept_by_nobody(
    acting: SignIn, charlie: User, link: str, django_assert_num_queries: Any
) -> None:
    client = acting(charlie)
    with django_assert_num_queries(5):  # session, user, wrong links of this address, invitation, my role
        answer = client.get(link)

    assert "no-store" in answer.headers["Cache-Control"]
    assert Invitation.objects.get().accepted is None
    assert not charlie.organizations.filter(personal=False).exists()


def test_wrong_used_expired_and_withdrawn_links_have_one_answer(
    client: Client, owner: Membership, charlie: User, link: str
) -> None:
    invitations.send(owner, "erin@example.com", Role.MEMBER)
    invitations.send(owner, "frank@example.com", Role.MEMBER)
    expired, withdrawn = (f"/invitations/{token_of(letter)}/" for letter in mail.outbox[1:])
    frank = Invitation.objects.get(email="frank@example.com")
    invitations.withdraw(frank)
    erin = Invitation.objects.get(email="erin@example.com")
    Invitation.objects.filter(pk=erin.pk).update(expires=erin.sent)
    invitations.accept(Invitation.objects.get(email=charlie.email), charlie)
    wrong = ["/invitations/wrong/", f"{link[:-2]}/", f"/invitations/{'x' * 500}/", "/invitations/%00/"]
    pages = {_plain(shown(client.get(path), 404), path) for path in (link, expired, withdrawn, *wrong)}

    assert len(pages) == 1
    assert "This invitation does not work" in pages.pop()


def _plain(page: str, path: str) -> str:
    """The page without what differs from request to request."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    return re.sub(r'name="next" value="[^"]*"', "", page)


# --- Accepting ------------------------------------------------------------------------------------------------------


def test_charlie_joins_acts_for_acme_and_has_its_tier(acting: SignIn, charlie: User, link: str) -> None:
    client = acting(charlie)
    page = shown(client.get(link))
    assert "another address" not in page
    page = shown(client.post(link, follow=True))

    assert "Welcome to Acme. You act for it now." in page
    assert '<span class="account-name">Acme</span>' in page
    assert '<span class="badge badge-premium">Premium</span>' in page


def test_with_another_address_one_confirms_it(acting: SignIn, link: str, acme: Organization) -> None:
    dora = User.objects.create_user("dora@example.com")
    client = acting(dora)
    page = shown(client.get(link))
    assert "You are signed in with another address" in page
    assert "Yes, I want to join as dora@example.com" in page

    assert "Confirm that this is meant." in shown(client.post(link))
    assert organizations.role_of(dora, acme) is None
    shown(client.post(link, {"confirmed": "on"}, follow=True))
    assert organizations.role_of(dora, acme) == Role.MEMBER


def test_a_role_cannot_be_asked_for(acting: SignIn, charlie: User, link: str, acme: Organization) -> None:
    acting(charlie).post(link, {"role": "owner"})

    assert organizations.role_of(charlie, acme) == Role.MEMBER


def test_who_presses_twice_is_in_once(acting: SignIn, charlie: User, link: str, acme: Organization) -> None:
    client = acting(charlie)
    for _ in range(2):
        assert client.post(link).headers["Location"] == f"/organizations/{acme.pk}/"

    assert "You are a member of Acme already." in shown(client.get(link))
    assert acme.memberships.filter(user=charlie).count() == 1


def test_a_member_reads_that_they_are_one(acting: SignIn, bob: User, link: str) -> None:
    assert "You are a member of Acme already." in shown(acting(bob).get(link))
    assert Invitation.objects.get().accepted is None


def test_accepting_needs_a_csrf_token(signed_in: SignIn, charlie: User, link: str) -> None:
    shown(signed_in(charlie).post(link), 403)

    assert charlie.organizations.get().personal


def test_through_linkedin_somebody_new_comes_back_to_the_invitation(
    client: Client, link: str, through_linkedin: Callable[..., Any], acme: Organization
) -> None:
    assert through_linkedin(client, "charlie", next=link).headers["Location"] == link
    page = shown(client.get(link))
    assert "Join Acme" in page
    client.post(link, {"confirmed": "on"})

    assert acme.memberships.filter(role=Role.MEMBER).count() == 1


def test_names_are_escaped(acting: SignIn, charlie: User, owner: Membership, link: str) -> None:
    Organization.objects.update(name="<script>alert(1)</script>")
    User.objects.filter(pk=owner.user_id).update(name="<img src=x>")
    client = acting(charlie)
    pages = shown(client.get(link)) + shown(client.post(link, follow=True))

    assert "<script>alert" not in pages
    assert "<img src=x>" not in pages
    assert "&lt;script&gt;alert(1)" in pages
