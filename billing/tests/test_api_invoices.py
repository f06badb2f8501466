"""GET /api/billing/invoices/: a page at a time, for whoever may see them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from accounts import organizations
from accounts.models import Organization, User
from billing.models import StripeInvoice
from billing.tests.calling import Caller, refused

PATH = "/api/billing/invoices/"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def many(stripe_sandbox: Any, acme: Organization) -> list[str]:
    """Fifty of Acme's, the newest first; some of the same second."""
    rows = [
        StripeInvoice(
            stripe_id=f"in_{number}",
            organization=acme,
            number=f"TP-{number:04}",
            status="paid",
            currency="usd",
            total=2000,
            amount_due=2000,
            amount_paid=2000,
            amount_remaining=0,
            created=BEGAN + timedelta(days=number // 3),
        )
        for number in range(50)
    ]
    StripeInvoice.objects.bulk_create(rows)
    return [f"in_{number}" for number in reversed(range(50))]


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_pages_follow_each_other_without_gap_or_repetition(
    many: list[str], alice: User, django_assert_num_queries: Any
) -> None:
    caller, path, seen = Caller(alice), f"{PATH}?limit=7", []
    with django_assert_num_queries(4):  # session, user, role; invoices
        caller.get(path)
    while path:
        page = caller.get(path).json()
        seen += [invoice["id"] for invoice in page["results"]]
        path = path_of(page["next"]) if page["next"] else ""
    assert seen == many


def test_an_invoice_says_what_the_page_says(alice: User, subscribe: Any, calls: list[Any]) -> None:
    subscribe(alice)
    calls.clear()
    (invoice,) = Caller(alice).get(PATH).json()["results"]
    row = StripeInvoice.objects.get()

    assert calls == []
    assert invoice == {
        "id": row.stripe_id,
        "number": row.number,
        "status": "paid",
        "reason": "subscription_create",
        "currency": "usd",
        "total": 2000,
        "amount_paid": 2000,
        "amount_remaining": 0,
        "created": "2027-01-15T12:00:00Z",
        "paid_at": "2027-01-15T12:00:00Z",
        "url": row.hosted_url,
        "pdf": row.pdf_url,
    }


def test_drafts_and_what_was_withdrawn_are_not_shown(many: list[str], alice: User) -> None:
    StripeInvoice.objects.filter(stripe_id="in_49").update(status="draft")
    StripeInvoice.objects.filter(stripe_id="in_48").update(status="void")
    assert Caller(alice).get(f"{PATH}?limit=1").json()["results"][0]["id"] == "in_47"


def test_a_member_sees_none_and_an_outsider_only_their_own(
    many: list[str], alice: User, bob: User, charlie: User, acme: Organization
) -> None:
    organizations.switch(bob, acme)
    assert refused(Caller(bob).get(PATH))[:2] == (403, "permission_denied")
    assert Caller(charlie).get(PATH).json() == {"results": [], "next": None}
    assert refused(Caller(charlie).get(f"{PATH}?cursor=in_49")) == (400, "invalid", "cursor")


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=1.0", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=", "limit"),
        (f"limit={'9' * 5000}", "limit"),
        ("cursor=", "cursor"),
        ("cursor=in_nothing", "cursor"),
        ("cursor=%00", "cursor"),
        ("page=2", "page"),
    ],
)
def test_a_malformed_query_is_told(many: list[str], alice: User, query: str, param: str) -> None:
    assert refused(Caller(alice).get(f"{PATH}?{query}")) == (400, "invalid", param)
