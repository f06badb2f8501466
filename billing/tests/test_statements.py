"""Statements that are put together once: PostgreSQL plans them once for a connection, unless connections are pooled."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from billing import statements
from billing.models import StripeProduct

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]


def sent(name: str) -> list[str]:
    """What is sent to bring a product up to date."""
    product = {"stripe_id": "prod_1", "key": "", "name": name, "active": True, "features": ""}
    with CaptureQueriesContext(connection) as captured:
        statements.upsert(StripeProduct, [product])
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
