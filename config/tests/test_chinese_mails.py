"""Every mail as a Chinese reader gets it, in text and in HTML: no English, and spaces and punctuation as in Chinese."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import translation

from accounts import invitations
from accounts.models import Organization, User
from accounts.roles import Role
from billing import outbox
from config.tests import reading
from portal import activation
from portal.models import Sale
from portal.tests import papers

pytestmark = pytest.mark.django_db
EMAILS = settings.BASE_DIR / "templates" / "emails"
CHINESE = "zh-hans"
SAME_IN_CHINESE = {"Acme", "Alice", "Data", "LinkedIn", "Open", "PDF", "SEC", "Turnpike"}
PAYMENT = "pi_3QZ"
CODE = re.compile(r"\b(?:[0-9A-Z]{4}-)+[0-9A-Z]{4}\b|^ *[0-9A-Z]{3,}(?:-[0-9A-Z]{3,})? *$", re.MULTILINE)
UNFILLED = re.compile(r"[{}]|%\(|\bNone\b")
PAID = {"currency": "usd", "amount": 104_000}
ORDER = PAID | {
    "number": "T-1001",
    "order": "6f2c4f0a-0000-4000-8000-000000000001",
    "lines": [{"name": "Atlas of Filings", "quantity": 2, "amount": 104_000}],
    "payment_intent": PAYMENT,
}
# The outbox's mails, with what those who note them pass on.
NOTED: dict[str, dict[str, Any]] = {
    "annual_ahead": PAID | {"country": "us", "on": "2028-01-15"},
    "annual_debit_failed": PAID,
    "annual_ended": {"country": "us"},
    "annual_failed": PAID | {"country": "us"},
    "annual_renewed": PAID | {"until": "2029-01-15"},
    "order_paid": ORDER,
    "order_refunded": ORDER | {"refunded": 4_000},
    "payment_failed": PAID | {"url": "https://invoice.stripe.example/1"},
    "subscription_ended": {"plan": "Open SEC Data Premium"},
}


@pytest.fixture
def sale() -> Sale:
    organization = Organization.objects.create(
        name="哈德逊果园有限公司", email="office@hudson.example", language=CHINESE
    )
    return papers.sale(organization=organization, language=CHINESE)


@pytest.fixture
def sent(django_capture_on_commit_callbacks: Any) -> Callable[[Callable[[], Any]], Any]:
    """The one mail that something sends."""

    def by(act: Callable[[], Any]) -> Any:
        with translation.override(CHINESE), django_capture_on_commit_callbacks(execute=True):
            act()
        [letter] = mail.outbox
        return letter

    return by


def complaints(letter: Any) -> list[str]:
    """What is wrong with a mail, in the words that it is wrong in."""
    [(html, _type)] = letter.alternatives
    found = [] if '<html lang="zh-hans">' in html else ["the language"]
    for part in (letter.subject, letter.body, reading.Page(html).lines):
        text = CODE.sub("", part.replace(PAYMENT, ""))
        found += [] if re.search(reading.HAN, text) else ["no Chinese"]
        found += sorted(reading.words(text) - SAME_IN_CHINESE)
        found += reading.stumbles(text) + UNFILLED.findall(text)
    return found


@pytest.mark.parametrize("template", NOTED)
def test_what_is_noted_in_the_outbox(template: str, sale: Sale, sent: Any) -> None:
    context = NOTED[template] | ({"sale": sale.pk} if template == "annual_debit_failed" else {})
    letter = sent(lambda: outbox.note(sale.organization, template, template, **context))
    assert complaints(letter) == []


def test_an_activation_code(sale: Sale, sent: Any) -> None:
    assert complaints(sent(lambda: activation.make(sale))) == []


def test_an_invitation(alice: User, acme: Organization, sent: Any) -> None:
    owner = acme.memberships.get(user=alice)
    assert complaints(sent(lambda: invitations.send(owner, "dora@example.com", Role.MEMBER))) == []


@pytest.mark.parametrize(
    ("path", "entries"),
    [
        ("/accounts/login/", {"login": "charlie@outside.example"}),
        ("/accounts/login/", {"login": "nobody@example.com"}),
        ("/accounts/signup/", {"email": "nobody@example.com"}),
        ("/accounts/signup/", {"email": "charlie@outside.example"}),
    ],
    ids=["code", "unknown", "new", "known"],
)
def test_who_signs_in_or_up(path: str, entries: dict[str, str], charlie: User, sent: Any) -> None:
    client = Client(headers={"Accept-Language": "zh-CN"})
    assert complaints(sent(lambda: client.post(path, entries))) == []


def test_no_mail_is_overlooked() -> None:
    subjects = {path.name.removesuffix("_subject.txt") for path in EMAILS.glob("*_subject.txt")}
    assert subjects == {*NOTED, "activation", "invitation"}
