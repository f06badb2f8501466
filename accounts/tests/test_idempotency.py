"""`Idempotency-Key`: one request, one answer, however often it is sent."""

import threading
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import close_old_connections, connection
from django.test import Client
from django.utils import timezone

from accounts import keys, organizations
from accounts.models import Membership, Organization, Scope, StoredAnswer, User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("accounts.tests.urls")]
PATH = "/test/buy/"


@pytest.fixture
def program(owner: Membership) -> Client:
    _key, secret = keys.make(owner, "shop", Scope.WRITE)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def send(
    client: Client, key: str | None = "order-1", method: str = "post", path: str = PATH, **body: Any
) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return getattr(client, method)(path, body, content_type="application/json", headers=headers)


def bought() -> int:
    return Organization.objects.filter(name="bought").count()


def test_the_same_request_again_does_nothing_and_says_the_same(program: Client) -> None:
    first, again = send(program, item="a"), send(program, item="a")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert bought() == 1


def test_without_a_key_each_request_is_one(program: Client) -> None:
    for _ in range(2):
        send(program, None)

    assert bought() == 2
    assert not StoredAnswer.objects.exists()


@pytest.mark.parametrize("other", [{"item": "b"}, {"method": "put"}, {"path": f"{PATH}?x=1"}])
def test_the_same_key_for_another_request_is_refused(program: Client, other: dict[str, Any]) -> None:
    send(program, item="a")
    refused = send(program, **{"item": "a", **other})

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "idempotency_key_reused")
    assert bought() == 1


def test_the_order_of_fields_makes_no_other_request(program: Client) -> None:
    send(program, item="a", more="b")

    assert send(program, more="b", item="a").headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", "x" * 256, "ünique", "a\tb"])
def test_a_key_has_1_to_255_printable_characters(program: Client, key: str) -> None:
    refused = send(program, key)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "idempotency_key_invalid")
    assert send(program, "x" * 255).status_code == 201


def test_reading_needs_none_and_stores_none(program: Client) -> None:
    program.get(PATH, headers={"Idempotency-Key": "a"})

    assert not StoredAnswer.objects.exists()


@pytest.mark.parametrize("status", [402, 404, 409])
def test_a_refusal_is_an_answer(program: Client, status: int) -> None:
    first, again = send(program, fail=status), send(program, fail=status)

    assert first.status_code == again.status_code == status
    assert again.json() == first.json()
    assert bought() == 1


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_trouble_is_none_and_the_same_request_is_made_again(program: Client, status: int) -> None:
    assert send(program, fail=status).status_code == send(program, fail=status).status_code == status
    assert bought() == 2


def test_a_malformed_request_does_not_use_up_its_key(program: Client) -> None:
    assert send(program, fail="malformed").status_code == 400
    assert send(program, item="a").status_code == 201


def test_a_crash_does_not_use_up_the_key(program: Client) -> None:
    program.raise_request_exception = False
    assert send(program, fail="crash").status_code == 500
    assert send(program, item="a").status_code == 201


def test_while_the_first_is_being_answered_the_second_waits(program: Client) -> None:
    send(program)
    StoredAnswer.objects.update(status=None, sealed="")
    refused = send(program)

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "idempotency_key_in_use")
    assert bought() == 1


def test_what_died_on_the_way_is_taken_up_a_minute_later(program: Client) -> None:
    send(program)
    StoredAnswer.objects.update(status=None, sealed="", began=timezone.now() - timedelta(seconds=61))

    assert send(program).status_code == 201
    assert send(program).headers["Idempotent-Replayed"] == "true"


def test_after_a_day_a_key_is_as_new(program: Client) -> None:
    send(program, item="a")
    StoredAnswer.objects.update(began=timezone.now() - timedelta(hours=24, seconds=1))

    assert "Idempotent-Replayed" not in send(program, item="b").headers
    assert bought() == 2


def test_another_organization_s_key_is_another_key(
    program: Client, signed_in: Callable[..., Any], charlie: User
) -> None:
    send(program)
    stranger = Client()
    stranger.force_login(charlie)

    assert "Idempotent-Replayed" not in send(stranger).headers


def test_a_colleague_gets_no_answer_that_was_not_for_them(program: Client, bob: User, acme: Any) -> None:
    first = send(program)
    organizations.switch(bob, acme)
    client = Client()
    client.force_login(bob)
    refused = send(client)

    assert refused.json()["error"]["code"] == "idempotency_key_reused"
    assert first.json()["client_secret"] not in refused.content.decode()


def test_a_guest_s_key_is_passed_over(client: Client) -> None:
    assert send(client).status_code == send(client).status_code == 201
    assert bought() == 2


def test_no_row_holds_what_the_answer_held_nor_the_key(program: Client) -> None:
    answer = send(program, "a-key-that-only-the-client-knows")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_storedanswer")
        row = str(cursor.fetchone())

    assert answer.json()["client_secret"] not in row
    assert "_secret_" not in row
    assert "a-key-that" not in row


def test_it_costs_five_statements_and_a_repetition_one(
    program: Client, django_assert_max_num_queries: Any
) -> None:
    send(program, None)
    with django_assert_max_num_queries(1 + 1 + 4 + 1):  # key; the purchase; look, insert in a savepoint; keep
        send(program)
    with django_assert_max_num_queries(1 + 1):
        send(program)


def test_yesterday_s_answers_are_purged(program: Client) -> None:
    send(program, "old")
    StoredAnswer.objects.update(began=timezone.now() - timedelta(hours=25))
    send(program, "new")
    said = StringIO()
    call_command("purge_credentials", stdout=said)

    assert said.getvalue() == "1 answers and 0 token sessions deleted.\n"
    assert StoredAnswer.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_carried_out(owner: Membership) -> None:
    _key, secret = keys.make(owner, "shop", Scope.WRITE)
    seen: list[int] = []
    together = threading.Barrier(6)

    def buy() -> None:
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        together.wait()
        seen.append(send(client).status_code)
        close_old_connections()
        connection.close()

    threads = [threading.Thread(target=buy) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bought() == 1
    assert set(seen) <= {201, 409}
