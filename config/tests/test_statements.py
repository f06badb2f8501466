"""Statements that are put together once: PostgreSQL plans them once for a connection, unless connections are pooled,
and takes together what only writes.
"""

from typing import Any

import pytest
from django.db import IntegrityError, NotSupportedError, OperationalError, connection, transaction
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


def test_what_only_writes_goes_with_the_next_statement_in_one_round_trip(django_assert_num_queries: Any):
    product = statements.Prepared(lambda name: StripeProduct.objects.filter(stripe_id=name), "an id")
    sent("One")
    with django_assert_num_queries(1), statements.together():
        bring("Two")
        bring("Three")
        found = product.first("prod_1")
    assert found is not None
    assert found.name == "Three"


def test_what_still_waits_at_the_end_is_sent():
    with statements.together():
        bring("One")
    assert StripeProduct.objects.get().name == "One"


def test_queries_and_savepoints_of_djangos_own_come_after_what_was_written_before():
    with statements.together():
        bring("One")
        assert StripeProduct.objects.get().name == "One"
        bring("Two")
        with transaction.atomic():
            bring("Three")
            transaction.set_rollback(True)
        assert StripeProduct.objects.get().name == "Two"


def test_what_waits_is_forgotten_with_a_transaction_that_fails():
    def fail() -> None:
        with transaction.atomic(), statements.together():
            bring("One")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with statements.together():
        assert not StripeProduct.objects.exists()


def test_what_goes_wrong_with_it_is_raised_by_the_statement_that_it_goes_with():
    with transaction.atomic(), statements.together():
        statements.upsert(StripeProduct, [{"stripe_id": "prod_1", "name": None}])
        with pytest.raises(IntegrityError):
            StripeProduct.objects.first()
        transaction.set_rollback(True)
    assert not StripeProduct.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_is_noticed_while_planning():
    def ask(field: str) -> Organization | None:
        return statements.Prepared(
            lambda value: Organization.objects.filter(**{field: value}), "a value"
        ).first("")

    assert ask("name") is None
    with connection.copy().cursor() as elsewhere:
        elsewhere.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
        elsewhere.db.close()

    with pytest.raises(OperationalError):
        ask("email")
    connection.close_if_unusable_or_obsolete()
    assert ask("email") is None
