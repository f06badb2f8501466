"""Ways into an organization: made, mailed, sent again, withdrawn, used once, expired, limited."""

import hashlib
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import RequestFactory
from django.utils import timezone

from accounts import errors, invitations, organizations
from accounts.models import Invitation, Membership, Organization, User
from accounts.roles import Role
from accounts.tests.conftest import token_of

pytestmark = pytest.mark.django_db
DORA = "dora@example.com"


@pytest.fixture
def token(owner: Membership) -> str:
    """The token of an invitation to Dora, as the mail has it."""
    invitations.send(owner, DORA, Role.MEMBER)
    return token_of(mail.outbox[0])


def find(token: str, user: User, address: str = "127.0.0.1") -> Invitation:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.user = user
    return invitations.find(token, request)


# --- Sending --------------------------------------------------------------------------------------------------------


def test_the_mail_says_who_invites_into_what_in_text_and_in_html(owner: Membership, settings: Any) -> None:
    settings.BASE_URL = "https://turnpike.example"
    invitations.send(owner, " Dora@Example.com ", Role.ADMIN)

    letter: Any = mail.outbox[0]
    html, kind = letter.alternatives[0]
    link = f"https://turnpike.example/invitations/{token_of(letter)}/"
    assert letter.to == [DORA]
    assert letter.subject == "Alice invites you to Acme"
    assert kind == "text/html"
    for text in (letter.body, html):
        assert "Alice (alice@acme.example) invites you to use Turnpike as a part of Acme." in text
        assert "Your role would be: Admin." in text
        assert link in text
        assert "The link works once, for 7 days." in text


def test_the_link_bears_128_random_bits_of_which_only_the_hash_is_kept(token: str) -> None:
    invitation = Invitation.objects.get()

    assert len(token) == 22
    assert invitation.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(Invitation.objects.values())


def test_names_do_no_harm_in_the_mail(owner: Membership) -> None:
    owner.user.name, owner.organization.name = 'A<b>"\nBcc: x@example.com', "R&D <script>"
    owner.user.save()
    owner.organization.save()
    invitations.send(owner, DORA, Role.MEMBER)

    letter: Any = mail.outbox[0]
    assert letter.subject == 'A<b>" Bcc: x@example.com invites you to R&D <script>'
    assert "R&D <script>" in letter.body
    assert "R&amp;D &lt;script&gt;" in letter.alternatives[0][0]
    assert "<script>" not in letter.alternatives[0][0]


def test_sending_again_makes_a_new_link_and_the_old_one_works_no_more(
    owner: Membership, token: str, charlie: User
) -> None:
    invitations.send(owner, DORA.upper(), Role.ADMIN)

    again = Invitation.objects.get()
    assert again.role == Role.ADMIN
    assert find(token_of(mail.outbox[1]), charlie) == again
    with pytest.raises(errors.InvitationInvalidError):
        find(token, charlie)


def test_a_members_address_is_not_invited(owner: Membership, bob: User) -> None:
    with pytest.raises(errors.AlreadyMemberError):
        invitations.send(owner, "Bob@acme.example", Role.MEMBER)

    assert not mail.outbox


def test_nobody_is_invited_as_an_owner_or_by_a_member(owner: Membership, bob: User) -> None:
    owner.organization.memberships.filter(user=bob).update(role=Role.ADMIN)
    admin = owner.organization.memberships.get(user=bob)
    with pytest.raises(errors.NotAllowedError):
        invitations.send(admin, DORA, Role.OWNER)
    owner.organization.memberships.filter(user=bob).update(role=Role.MEMBER)
    with pytest.raises(errors.NotAllowedError):
        invitations.send(admin, DORA, Role.MEMBER)

    assert not Invitation.objects.exists()


def test_nobody_is_invited_into_a_personal_organization(charlie: User) -> None:
    with pytest.raises(errors.PersonalOrganizationError):
        invitations.send(charlie.memberships.get(), DORA, Role.MEMBER)


def test_when_the_mail_server_is_down_the_invitation_stands_and_can_be_sent_again(
    owner: Membership, charlie: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(errors.InvitationNotSentError):
        invitations.send(owner, DORA, Role.MEMBER)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    invitations.send(owner, DORA, Role.MEMBER)

    assert find(token_of(mail.outbox[0]), charlie) == Invitation.objects.get()


def test_one_person_sends_so_many_a_day(owner: Membership) -> None:
    with time_machine.travel(datetime(2027, 3, 1, 23, 0, tzinfo=UTC), tick=False) as clock:
        for number in range(invitations.SENT_BY_ONE_PER_DAY):
            invitations.send(owner, f"{number}@example.com", Role.MEMBER)
        with pytest.raises(errors.TooOftenError) as refused:
            invitations.send(owner, DORA, Role.MEMBER)
        assert refused.value.retry_after == 3600

        clock.move_to(datetime(2027, 3, 2, tzinfo=UTC))
        assert invitations.send(owner, DORA, Role.MEMBER).email == DORA


def test_one_address_gets_few_a_day_from_everybody_together(owner: Membership, charlie: User) -> None:
    theirs = organizations.create(charlie, "Charlie's").memberships.get()
    for number in range(invitations.SENT_TO_ONE_PER_DAY):
        invitations.send([owner, theirs][number % 2], DORA, Role.MEMBER)
    for sender in (owner, theirs):
        with pytest.raises(errors.TooOftenError):
            invitations.send(sender, DORA, Role.MEMBER)

    assert len(mail.outbox) == invitations.SENT_TO_ONE_PER_DAY


# --- Accepting ------------------------------------------------------------------------------------------------------


def test_whoever_accepts_is_a_member_with_that_role_and_acts_for_it(
    token: str, charlie: User, acme: Organization, changes: list[Organization]
) -> None:
    invitations.accept(find(token, charlie), charlie)

    charlie.refresh_from_db()
    assert charlie.current_organization == acme
    assert organizations.role_of(charlie, acme) == Role.MEMBER
    used = Invitation.objects.get()
    assert used.accepted_by == charlie
    assert changes == [acme]


def test_a_link_works_once(token: str, charlie: User) -> None:
    erin = User.objects.create_user("erin@example.com")
    looked = find(token, erin)
    invitations.accept(find(token, charlie), charlie)

    with pytest.raises(errors.InvitationInvalidError):
        find(token, erin)
    with pytest.raises(errors.InvitationInvalidError):
        invitations.accept(looked, erin)
    assert erin.organizations.get().personal


def test_the_same_person_may_press_twice(token: str, charlie: User, changes: list[Organization]) -> None:
    first = invitations.accept(find(token, charlie), charlie)
    second = invitations.accept(find(token, charlie), charlie)

    assert first == second
    assert len(changes) == 1


def test_whoever_was_removed_does_not_come_back_by_the_old_link(
    token: str, charlie: User, acme: Organization
) -> None:
    organizations.leave(invitations.accept(find(token, charlie), charlie))

    with pytest.raises(errors.InvitationInvalidError):
        find(token, charlie)


def test_a_member_who_follows_it_does_not_use_it_up(token: str, bob: User, charlie: User) -> None:
    invitations.accept(find(token, bob), bob)

    assert Invitation.objects.get().accepted is None
    assert invitations.accept(find(token, charlie), charlie).user == charlie


def test_after_seven_days_it_works_no_more(owner: Membership, charlie: User) -> None:
    with time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False) as clock:
        invitations.send(owner, DORA, Role.MEMBER)
        token = token_of(mail.outbox[0])
        clock.move_to(datetime(2027, 3, 8, 11, 59, 59, tzinfo=UTC))
        looked = find(token, charlie)
        clock.move_to(datetime(2027, 3, 8, 12, tzinfo=UTC))

        assert not looked.is_open
        with pytest.raises(errors.InvitationInvalidError):
            find(token, charlie)
        with pytest.raises(errors.InvitationInvalidError):
            invitations.accept(looked, charlie)


def test_one_that_was_withdrawn_works_no_more(token: str, charlie: User) -> None:
    looked = find(token, charlie)
    invitations.withdraw(looked)
    invitations.withdraw(looked)

    with pytest.raises(errors.InvitationInvalidError):
        find(token, charlie)
    with pytest.raises(errors.InvitationInvalidError):
        invitations.accept(looked, charlie)


def test_one_that_was_sent_again_while_somebody_looked_is_not_accepted_by_the_old_link(
    owner: Membership, token: str, charlie: User
) -> None:
    looked = find(token, charlie)
    invitations.send(owner, DORA, Role.ADMIN)

    with pytest.raises(errors.InvitationInvalidError):
        invitations.accept(looked, charlie)


def test_closing_the_organization_ends_it(token: str, charlie: User, acme: Organization) -> None:
    looked = find(token, charlie)
    organizations.close(acme)

    with pytest.raises(errors.InvitationInvalidError):
        find(token, charlie)
    with pytest.raises(errors.InvitationInvalidError):
        invitations.accept(looked, charlie)


def test_after_many_wrong_links_from_one_address_no_link_works_there_for_a_while(
    token: str, charlie: User
) -> None:
    for number in range(invitations.WRONG_LINKS_PER_HOUR):
        with pytest.raises(errors.InvitationInvalidError):
            find(f"guess{number}", charlie, "203.0.113.7")
    with pytest.raises(errors.TooOftenError):
        find(token, charlie, "203.0.113.7")

    assert find(token, charlie, "203.0.113.8").email == DORA


def test_the_addresses_of_who_never_came_are_forgotten(owner: Membership, token: str) -> None:
    old = invitations.send(owner, "erin@example.com", Role.MEMBER)
    Invitation.objects.filter(pk=old.pk).update(expires=timezone.now() - timedelta(days=31))
    said = StringIO()
    call_command("purge_invitations", stdout=said)

    assert said.getvalue() == "1 invitations deleted.\n"
    assert Invitation.objects.get().email == DORA
