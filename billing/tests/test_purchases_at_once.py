"""Buying a plan with several clicks at once, each in a thread and a connection of its own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from billing import customers, errors
from billing.gateway import client
from billing.tests.buying import DECLINED_WHEN_CHARGED, at_stripe
from sandbox.transport import InProcessClient

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.usefixtures("patient"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def patient(catalogue: Any) -> Iterator[None]:
    """Calls pause before they are tried again, as they do over a network; a key in use is soon free."""
    with client.using(InProcessClient(catalogue.sandbox, retry_delay=0.2)):
        yield


@pytest.fixture
def click(buy: Callable[..., Any]) -> Callable[[str], str]:
    """Buy with a card, in a thread; the subscription's id."""

    def in_a_thread(method: str) -> str:
        try:
            return str(buy(method).subscription_id)
        finally:
            connection.close()

    return in_a_thread


def test_ten_clicks_at_once_are_one_subscription_and_one_id_in_all_answers(click, card, catalogue):
    """F27."""
    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(click, [card()] * 10))
    assert len(answers) == 1
    assert [one["id"] for one in at_stripe(catalogue, "subscription")] == list(answers)
    assert len([one for one in at_stripe(catalogue, "charge") if one["paid"]]) == 1
    assert len(at_stripe(catalogue, "customer")) == 1


def test_three_clicks_in_the_moment_before_the_first_is_noted_are_one_subscription(
    click, card, catalogue, delta
):
    """F27: the table takes no row until all three have looked for one, or wait for who does."""
    customers.ensure(delta)
    method = card()
    with ThreadPoolExecutor(3) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE billing_attempt IN SHARE ROW EXCLUSIVE MODE")
            answers = pool.map(click, [method] * 3)
            wait_until(lambda: waiting(cursor) == 3)
        assert len(set(answers)) == 1
    assert len(at_stripe(catalogue, "subscription")) == 1


def waiting(cursor: Any) -> int:
    """How many connections to this database wait for a lock."""
    cursor.execute("SELECT pg_stat_clear_snapshot()")
    cursor.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return int(cursor.fetchone()[0])


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_ten_clicks_at_once_with_a_card_that_is_declined_are_ten_declines(buy, card, catalogue):
    method = card(DECLINED_WHEN_CHARGED)

    def click(_number: int) -> str:
        try:
            return buy(method).status
        except errors.Declined as declined:
            return str(declined.detail)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(click, range(10))) == {"Your card was declined."}
    over = ("canceled", "incomplete_expired")
    assert all(one["status"] in over for one in at_stripe(catalogue, "subscription"))
    assert not [one for one in at_stripe(catalogue, "invoice") if one["status"] == "open"]
