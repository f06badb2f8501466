"""Mails that follow from facts: noted in the transaction of the fact, sent after its commit, tried again until sent.

A fact is mailed once, however often it is noted. A process that dies between the mail server's answer and our commit
is the one case in which a mail goes out again; it then bears the same Message-ID, so that mail programs show one.
"""

import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import Organization
from billing.models import Mail

logger = structlog.get_logger(__name__)

ATTEMPTS = 10
LEASE = timedelta(minutes=2)
BACK_OFF = timedelta(minutes=1)


def note(
    organization: Organization | None, fact: str, template: str, *, to: str = "", **context: Any
) -> None:
    """Note a mail about `fact` (such as `ended:sub_123`), to be sent once the transaction is committed.

    It goes to the organization, or where `to` says: somebody without one needs that. `template` names
    `templates/emails/<template>.txt` and `.html`; `context` must be JSON. A `language` in it is the one that the mail
    is written in; without it, the organization's.
    """
    mail, new = Mail.objects.get_or_create(
        fact=fact,
        defaults={"organization": organization, "to": to, "template": template, "context": context},
    )
    if new:
        transaction.on_commit(lambda: send(mail.pk), robust=True)


def send(mail_id: int) -> bool:
    """Send one mail if it is its turn; whether it is sent. A failure is noted, and tried again by `send_waiting`."""
    mail = _claim(mail_id)
    if mail is None:
        return False
    try:
        _write(mail).send()
    except Exception as error:  # whatever a mail server may do to us, the fact stands
        _postpone(mail, error)
        return False
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.SENT, sent=timezone.now(), error="")
    return True


def send_waiting(limit: int = 100) -> int:
    """Send what is due: what failed before, or was left behind by a process that died. Returns how many were sent."""
    due = Mail.objects.filter(state=Mail.State.WAITING, next_try__lte=timezone.now()).order_by("next_try")
    return sum(send(mail_id) for mail_id in due.values_list("pk", flat=True)[:limit])


def _claim(mail_id: int) -> Mail | None:
    """The mail, if nobody else is at it; others keep away from it for the time of the lease."""
    with transaction.atomic():
        mail = (
            Mail.objects.select_for_update(of=("self",))
            .select_related("organization")
            .filter(pk=mail_id)
            .first()
        )
        now = timezone.now()
        if mail is None or mail.state != Mail.State.WAITING or mail.next_try > now:
            return None
        mail.attempts += 1
        mail.next_try = now + LEASE
        mail.save(update_fields=["attempts", "next_try"])
    return mail


def _write(mail: Mail) -> EmailMultiAlternatives:
    context = {**mail.context, "organization": mail.organization, "base_url": settings.BASE_URL}
    with translation.override(mail.language):
        subject = " ".join(render_to_string(f"emails/{mail.template}_subject.txt", context).split())
        letter = EmailMultiAlternatives(
            subject,
            render_to_string(f"emails/{mail.template}.txt", context),
            to=[mail.address],
            headers={"Message-ID": message_id(mail.fact)},
        )
        letter.attach_alternative(render_to_string(f"emails/{mail.template}.html", context), "text/html")
    return letter


def message_id(fact: str) -> str:
    digest = hashlib.sha256(fact.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.BASE_URL).hostname}>"


def _postpone(mail: Mail, error: Exception) -> None:
    """Back off, doubling from a minute; give up after ten attempts, which staff see in the admin."""
    given_up = mail.attempts >= ATTEMPTS
    Mail.objects.filter(pk=mail.pk).update(
        state=Mail.State.PARKED if given_up else Mail.State.WAITING,
        next_try=timezone.now() + BACK_OFF * 2 ** (mail.attempts - 1),
        error=type(error).__name__,
    )
    logger.warning(
        "mail not sent", mail=mail.pk, attempts=mail.attempts, given_up=given_up, error=type(error).__name__
    )
