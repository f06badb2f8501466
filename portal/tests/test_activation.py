"""Activation codes: 140 bits, stored nowhere, used once; and one answer for all that do not work."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.core.serializers import serialize
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import organizations
from accounts.errors import TooOftenError
from accounts.roles import Role
from billing.models import Mail
from portal import activation, errors
from portal.models import ActivationCode, Sale
from portal.tests import at_once, papers

pytestmark = pytest.mark.django_db
CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}\b")
WRONG = "0000-0000-0000-0000-0000-0000-0000"

Commit = Callable[..., Any]


@pytest.fixture
def sale(django_capture_on_commit_callbacks: Commit) -> Sale:
    """Bought, with a code that was mailed."""
    sold = papers.sale()
    with django_capture_on_commit_callbacks(execute=True):
        activation.make(sold)
    return sold


@pytest.fixture
def code(sale: Sale) -> str:
    return activation.reveal(sale)


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    return rf.post("/activate")


def test_the_code_is_shown_once_and_stands_in_the_mail(sale: Sale) -> None:
    shown = activation.reveal(sale)
    assert CODE.fullmatch(shown)
    assert activation.reveal(sale) == ""
    [letter] = mail.outbox
    assert letter.to == ["office@hudson.example"]
    assert shown in letter.body
    assert shown in str(letter.alternatives[0][0])
    assert "/activate" in letter.body


def test_no_row_and_no_log_line_holds_the_code(
    sale: Sale, code: str, alice: Any, request_: HttpRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """A45, A48."""
    activation.use(code, alice, request_)
    rows = [*ActivationCode.objects.all(), *Mail.objects.all(), *Sale.objects.all()]
    for text in (serialize("json", rows), json.dumps(Mail.objects.get().context), caplog.text):
        assert code not in text
        assert code.replace("-", "") not in text


def test_it_has_at_least_128_bits_and_depends_on_the_secret_key(sale: Sale, settings: Any) -> None:
    """A45."""
    made = ActivationCode.objects.get()
    assert len(set(activation.ALPHABET)) ** (activation.GROUPS * activation.GROUP) >= 2**128
    before = activation.code_of(made)
    settings.SECRET_KEY = "another-key-which-no-code-was-made-with"
    assert activation.code_of(made) != before


def test_two_codes_of_one_sale_differ(sale: Sale, code: str, request_: HttpRequest) -> None:
    activation.replace("office@hudson.example", request_)
    assert activation.reveal(sale) not in ("", code)


def test_whoever_enters_it_owns_the_organization_and_acts_for_it(
    sale: Sale, code: str, charlie: Any, request_: HttpRequest
) -> None:
    assert activation.use(code, charlie, request_) == sale.organization
    charlie.refresh_from_db()
    assert charlie.current_organization == sale.organization
    assert organizations.role_of(charlie, sale.organization) == Role.OWNER
    made = ActivationCode.objects.get()
    assert made.used_by == charlie
    assert not made.is_open


def test_a_member_becomes_the_owner(sale: Sale, code: str, bob: Any, request_: HttpRequest) -> None:
    organizations.join(bob, sale.organization, Role.MEMBER)
    activation.use(code, bob, request_)
    assert organizations.role_of(bob, sale.organization) == Role.OWNER


@pytest.mark.parametrize(
    "typed",
    [str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code.replace('-', ' ')}\n"],
)
def test_it_is_read_however_it_was_typed(
    sale: Sale, code: str, alice: Any, request_: HttpRequest, typed: Callable[[str], str]
) -> None:
    assert activation.use(typed(code), alice, request_) == sale.organization


def test_signs_that_look_alike_are_read_as_what_was_meant() -> None:
    assert activation.normalize("oil0 iLO1") == "0110-1101"


def broken(kind: str, code: str, alice: Any, request: HttpRequest) -> str:
    """A code that does not work, for that reason."""
    made = ActivationCode.objects.get()
    if kind == "used":
        activation.use(code, alice, request)
    elif kind == "expired":
        ActivationCode.objects.filter(pk=made.pk).update(expires=timezone.now() - timedelta(seconds=1))
    elif kind == "withdrawn":
        activation.replace("office@hudson.example", request)
    elif kind == "closed":
        organizations.close(made.organization)
    elif kind == "wrong":
        return WRONG
    return code


@pytest.mark.parametrize("kind", ["used", "expired", "withdrawn", "closed", "wrong"])
def test_what_does_not_work_gets_one_answer(
    sale: Sale, code: str, alice: Any, charlie: Any, request_: HttpRequest, kind: str
) -> None:
    """A45."""
    tried = broken(kind, code, alice, request_)
    with pytest.raises(errors.ActivationInvalidError) as raised:
        activation.use(tried, charlie, request_)
    assert raised.value.code == "activation_invalid"
    assert organizations.role_of(charlie, sale.organization) is None


@pytest.mark.parametrize("kind", ["used", "expired", "withdrawn"])
def test_the_queries_do_not_tell_why_either(
    sale: Sale, code: str, alice: Any, charlie: Any, request_: HttpRequest, kind: str
) -> None:
    """A45."""
    tried = broken(kind, code, alice, request_)
    wrong = _asked(WRONG, charlie, request_)
    assert _asked(tried, charlie, request_) == wrong
    assert [sql.split()[0] for sql in wrong].count("UPDATE") == 1


def _asked(code: str, user: Any, request: HttpRequest) -> list[str]:
    """What the database is asked for a code that does not work, without the values."""
    with CaptureQueriesContext(connection) as queries, pytest.raises(errors.ActivationInvalidError):
        activation.use(code, user, request)
    return [re.sub(r"'[^']*'|\w*\d\w*", "?", query["sql"]) for query in queries]


def test_the_tries_of_a_user_are_limited_also_with_the_right_code(
    sale: Sale, code: str, alice: Any, request_: HttpRequest
) -> None:
    """A45."""
    for _try in range(activation.TRIES_PER_USER):
        with pytest.raises(errors.ActivationInvalidError):
            activation.use("0000", alice, request_)
    with pytest.raises(TooOftenError):
        activation.use(code, alice, request_)


def test_an_owned_organization_gets_no_second_code(
    sale: Sale, code: str, alice: Any, request_: HttpRequest
) -> None:
    activation.use(code, alice, request_)
    activation.make(sale)
    activation.replace("office@hudson.example", request_)
    assert ActivationCode.objects.count() == 1


def test_making_again_keeps_the_code_until_it_has_expired(sale: Sale, settings: Any) -> None:
    activation.make(sale)
    assert ActivationCode.objects.count() == 1
    ActivationCode.objects.update(expires=timezone.now() - timedelta(days=1))
    activation.make(sale)
    assert [made.is_open for made in ActivationCode.objects.order_by("pk")] == [False, True]


def test_a_lost_code_is_replaced_by_mail_and_the_old_one_is_void(
    sale: Sale,
    code: str,
    charlie: Any,
    request_: HttpRequest,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        activation.replace(" Office@Hudson.example ", request_)
    [again] = CODE.findall(mail.outbox[-1].body)
    assert len(mail.outbox) == 2
    with pytest.raises(errors.ActivationInvalidError):
        activation.use(code, charlie, request_)
    assert activation.use(again, charlie, request_) == sale.organization


def test_a_stranger_s_address_gets_nothing_and_mailboxes_are_not_flooded(
    sale: Sale, request_: HttpRequest
) -> None:
    activation.replace("nobody@else.example", request_)
    assert len(mail.outbox) == 1
    for _time in range(activation.REQUESTS_PER_MAILBOX):
        activation.replace("office@hudson.example", request_)
    with pytest.raises(TooOftenError):
        activation.replace("office@hudson.example", request_)


def test_what_was_not_paid_is_not_activated(request_: HttpRequest) -> None:
    papers.sale(status=Sale.Status.OPEN)
    activation.replace("office@hudson.example", request_)
    assert not ActivationCode.objects.exists()


def test_the_mail_speaks_the_language_of_the_sale(django_capture_on_commit_callbacks: Commit) -> None:
    sold = papers.sale(language="zh-hans")
    with django_capture_on_commit_callbacks(execute=True):
        activation.make(sold)
    assert 'lang="zh-hans"' in str(mail.outbox[0].alternatives[0][0])


# --- Two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_a_code_at_once_one_gets_in(alice: Any, charlie: Any, rf: RequestFactory) -> None:
    """A45."""
    sold = papers.sale()
    activation.make(sold)
    code = activation.reveal(sold)
    request = rf.post("/activate")
    tries = at_once.run(*(partial(activation.use, code, user, request) for user in (alice, charlie)))
    assert sorted(type(outcome).__name__ for outcome in tries) == ["ActivationInvalidError", "Organization"]
    assert sold.organization.memberships.count() == 1
