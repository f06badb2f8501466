"""Statements that are put together once: PostgreSQL plans them once for a connection, unless connections are pooled,
and takes together what only writes.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from django.db import IntegrityError, NotSupportedError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from billing.models import StripeProduct
from config import statements

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]


def bring(name: str) -> None:
    product = {"stripe_id": "prod_1", "key": "", "name": name, "active": True, "features": ""}
    statements.upsert(StripeProduct, [product])


def sent(name: str) -> list[str]:
    """What is sent to bring a product up to date."""
    with CaptureQueriesContext(connection) as captured:
        bring(name)
    assert StripeProduct.objects.get().name == name
    return [query["sql"] for query in captured.captured_queries]


@contextmanager
def round_trips() -> Iterator[list[str]]:
    """What goes to the database at once."""
    sent: list[str] = []

    def note(execute: Any, sql: str, *more: Any) -> Any:
        sent.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(note):
        yield sent


def test_a_statement_is_planned_once_and_called_from_then_on():
    first, second = sent("100% wool, '%s'"), sent("A \\ and a $1")
    assert len(first) == len(second) == 1
    assert first[0].startswith("EXECUTE ")
    assert first[0].split(" (")[0] == second[0].split(" (")[0]


def test_what_was_planned_in_a_transaction_that_failed_is_still_there():
    with transaction.atomic():
        sent("One")
        transaction.set_rollback(True)
    assert not StripeProduct.objects.exists()
    assert len(sent("Two")) == 1


def test_after_a_migration_a_statement_fails_at_most_once():
    """PostgreSQL keeps to the types of the columns that were there when the statement was planned."""
    sold = StripeProduct.objects.exclude(
        name=""
    )  # a statement of this test's own, since the type goes back after it
    product = statements.Prepared(lambda name: sold.filter(stripe_id=name), "an id")
    assert product.first("prod_1") is None
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_stripeproduct ALTER COLUMN name TYPE varchar(999)")
    with pytest.raises(NotSupportedError), transaction.atomic():
        product.first("prod_1")
    sent("One")
    found = product.first("prod_1")
    assert found is not None
    assert found.name == "One"


def test_pooled_connections_get_whole_statements(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    assert sent("One")[0].startswith('INSERT INTO "billing_stripeproduct"')


def test_a_query_has_the_values_that_it_is_asked_with(acme: Organization, django_assert_num_queries: Any):
    """Also a percent sign that stands in the query itself."""
    named = statements.Prepared(
        lambda name: Organization.objects.filter(name=name).exclude(email__endswith="100%"), "a name"
    )
    assert (named.first("Nobody's"), named.first(acme.name)) == (None, acme)
    with django_assert_num_queries(1):
        assert named.first(acme.name) == acme


@pytest.mark.django_db(transaction=True)
def test_what_only_writes_goes_with_the_next_statement_in_one_round_trip():
    product = statements.Prepared(lambda name: StripeProduct.objects.filter(stripe_id=name), "an id")
    sent("One")
    with round_trips() as trips, statements.together():
        bring("Two")
        bring("Three")
        found = product.first("prod_1")
    assert found is not None
    assert found.name == "Three"
    assert len(trips) == 2  # the second is COMMIT


@pytest.mark.django_db(transaction=True)
def test_what_still_waits_at_the_end_is_sent_and_committed_in_one_round_trip():
    committed: list[str] = []
    with round_trips() as trips, statements.together():
        bring("One")
        transaction.on_commit(lambda: committed.append(StripeProduct.objects.get().name))
        assert not committed
    assert committed == ["One"]
    assert len(trips) == 1 + 1  # the second is that of `committed`


@pytest.mark.django_db(transaction=True)
def test_a_transaction_in_which_nothing_is_sent_is_none():
    with round_trips() as trips, statements.together():
        pass
    assert not trips


def test_queries_and_savepoints_of_djangos_own_come_after_what_was_written_before():
    with statements.together():
        bring("One")
        assert StripeProduct.objects.get().name == "One"
        bring("Two")
        with transaction.atomic():
            bring("Three")
            transaction.set_rollback(True)
        assert StripeProduct.objects.get().name == "Two"


def fail(*, seen: bool) -> None:
    """Write something, which reaches the database or does not, and raise."""
    with statements.together():
        bring("One")
        if seen:
            assert StripeProduct.objects.exists()
        raise ZeroDivisionError


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("transaction_before", [True, False])
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_leaves_nothing(seen: bool, transaction_before: bool):
    with transaction.atomic() if transaction_before else nullcontext():
        with pytest.raises(ZeroDivisionError):
            fail(seen=seen)
        with statements.together():
            assert not StripeProduct.objects.exists()
            bring("Two")
    assert connection.get_autocommit()
    assert connection.connection.autocommit
    assert StripeProduct.objects.get().name == "Two"


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_to_be_rolled_back_is(seen: bool):
    with statements.together():
        bring("One")
        if seen:
            assert StripeProduct.objects.exists()
        transaction.set_rollback(True)
    with statements.together():
        bring("Two")
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            StripeProduct.objects.exists()
    bring("Three")
    with connection.copy().cursor() as elsewhere:
        elsewhere.execute("SELECT name FROM billing_stripeproduct")
        assert elsewhere.fetchall() == [("Three",)]
        elsewhere.db.close()


def test_what_goes_wrong_with_it_is_raised_by_the_statement_that_it_goes_with():
    with transaction.atomic(), statements.together():
        statements.upsert(StripeProduct, [{"stripe_id": "prod_1", "name": None}])
        with pytest.raises(IntegrityError):
            StripeProduct.objects.first()
        transaction.set_rollback(True)
    assert not StripeProduct.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_goes_wrong_at_the_end_leaves_nothing_either():
    def fail() -> None:
        with statements.together():
            bring("One")
            statements.upsert(StripeProduct, [{"stripe_id": "prod_2", "name": None}])

    with pytest.raises(IntegrityError):
        fail()
    assert not StripeProduct.objects.exists()


def break_connection() -> None:
    with connection.copy().cursor() as elsewhere:
        elsewhere.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
        elsewhere.db.close()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_whose_connection_broke_leaves_nothing_and_the_next_one_has_another():
    def fail() -> None:
        with statements.together():
            bring("One")
            assert StripeProduct.objects.exists()
            break_connection()
            bring("Two")

    with pytest.raises(OperationalError):
        fail()
    connection.close_if_unusable_or_obsolete()
    bring("Three")
    assert StripeProduct.objects.get().name == "Three"


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_is_noticed_while_planning():
    def ask(field: str) -> Organization | None:
        return statements.Prepared(
            lambda value: Organization.objects.filter(**{field: value}), "a value"
        ).first("")

    assert ask("name") is None
    break_connection()
    with pytest.raises(OperationalError):
        ask("email")
    connection.close_if_unusable_or_obsolete()
    assert ask("email") is None
