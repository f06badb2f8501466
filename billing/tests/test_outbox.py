"""A fact is mailed once, after its commit, and a failing mail server delays it but loses nothing."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail as mailbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing import outbox
from billing.models import Mail

pytestmark = pytest.mark.django_db(transaction=True)


class Broken(EmailBackend):
    """A mail server that refuses everything."""

    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected


class Meanwhile(EmailBackend):
    """A mail server so slow that another process looks what is due."""

    def send_messages(self, messages):
        sent = super().send_messages(messages)
        if len(mailbox.outbox) == 1:
            outbox.send_waiting()
        return sent


@pytest.fixture(autouse=True)
def letters(settings, tmp_path):
    """Two templates that say what they were given."""
    folder = tmp_path / "emails"
    folder.mkdir()
    (folder / "greeting_subject.txt").write_text("Hello\n{{ organization.name }}\n")
    (folder / "greeting.txt").write_text("{{ day }} at {{ base_url }}")
    (folder / "greeting.html").write_text("<p>{{ day }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path], "APP_DIRS": False}]


def test_a_mail_goes_out_once_however_often_its_fact_is_noted(acme):
    for _ in range(3):
        outbox.note(acme, "greeting:1", "greeting", day="Monday")
    (letter,) = mailbox.outbox
    assert (letter.subject, letter.to, letter.body) == (
        "Hello Acme",
        [acme.email],
        "Monday at http://127.0.0.1:8000",
    )
    assert letter.extra_headers["Message-ID"] == outbox.message_id("greeting:1")


def test_somebody_without_an_organization_is_mailed_at_the_address_that_they_gave(db):
    outbox.note(None, "greeting:1", "greeting", to="guest@visitor.example", day="Monday")
    assert [letter.to for letter in mailbox.outbox] == [["guest@visitor.example"]]


def test_a_mail_to_nobody_is_refused_at_once(db):
    with pytest.raises(IntegrityError):
        outbox.note(None, "greeting:1", "greeting", day="Monday")


def test_nothing_is_sent_for_what_was_rolled_back(acme):
    with transaction.atomic():
        outbox.note(acme, "greeting:1", "greeting", day="Monday")
        transaction.set_rollback(True)
    assert mailbox.outbox == []
    assert not Mail.objects.exists()


def test_a_failing_mail_server_delays_a_mail_and_loses_nothing(acme, settings):
    """F32."""
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    outbox.note(acme, "greeting:1", "greeting", day="Monday")
    assert outbox.send_waiting() == 0
    settings.EMAIL_BACKEND = working

    assert outbox.send_waiting() == 0, "it waits its time"
    Mail.objects.update(next_try=timezone.now())
    assert outbox.send_waiting() == 1
    assert outbox.send_waiting() == 0
    assert len(mailbox.outbox) == 1


def test_while_a_mail_is_being_sent_nobody_else_sends_it(acme, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Meanwhile"
    outbox.note(acme, "greeting:1", "greeting", day="Monday")
    assert len(mailbox.outbox) == 1


def test_after_ten_attempts_a_mail_is_given_up_and_stays_to_be_seen(acme, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    outbox.note(acme, "greeting:1", "greeting", day="Monday")
    for _ in range(outbox.ATTEMPTS):
        Mail.objects.update(next_try=timezone.now())
        outbox.send_waiting()
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts, mail.error) == (Mail.State.PARKED, 10, "SMTPServerDisconnected")


def test_a_mail_that_a_dead_process_had_claimed_is_sent_after_its_lease(acme):
    outbox.note(acme, "greeting:1", "greeting", day="Monday")
    Mail.objects.update(state=Mail.State.WAITING, sent=None, next_try=timezone.now() + outbox.LEASE)
    assert outbox.send_waiting() == 0
    Mail.objects.update(next_try=timezone.now() - timedelta(seconds=1))
    assert outbox.send_waiting() == 1
