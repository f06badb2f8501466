"""Pages as a Chinese reader gets them: nothing on them is English but names, abbreviations and what is typed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.formats import number_format

from accounts.models import Organization, User
from billing import subscriptions
from billing.tests.buying import plan
from cart import assortment
from config.tests import reading

SignedIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db
SAME_IN_CHINESE = {
    "API", "CSV", "Cookie", "Data", "EUR", "GiB", "ISO", "JPY", "JavaScript", "JSON", "LinkedIn", "NVIDIA", "Open",
    "PDF", "Parquet", "SEC", "Stripe", "Turnpike", "USD", "UTC", "Visa", "vCPU",
}  # fmt: skip
# What the cast, the sample assortment and the language menu are called; and codes that are typed.
NAMES = {"Acme", "Alice", "English", "Exit", "Open", "column", "road"}
GUESTS = [
    "/", "/pricing/", "/shop/", "/shop/items/mug/", "/shop/cart/", "/accounts/login/", "/accounts/signup/", "/terms/",
    "/privacy/", "/filings/trends/", "/filings/export.csv", "/pre/us/new/checkout", "/us/agreement", "/activate",
    "/activate/new-code", "/nowhere/",
]  # fmt: skip
MEMBERS = [
    "/account/", "/account/keys/", "/organizations/", "/organizations/new/", "/organizations/{acme}/",
    "/organizations/{acme}/settings/", "/organizations/{acme}/close/", "/organizations/{acme}/transfer/",
    "/organizations/{acme}/leave/", "/billing/", "/billing/machines/", "/subscribe/business/year/", "/shop/orders/",
    "/receipts/", "/pricing/",
]  # fmt: skip


BUYERS = [
    "/billing/", "/billing/machines/", "/billing/change/business/year/", "/billing/change/starter/month/",
    "/billing/cancel/", "/pricing/", "/account/",
]  # fmt: skip


def read(client: Client, paths: list[str]) -> dict[str, list[str]]:
    """Of each page the English that it shows, and the lines that are spaced as English is."""
    client.cookies["django_language"] = "zh-hans"
    found = {}
    for path in paths:
        answer: Any = client.get(path, follow=True)
        assert answer.status_code < 500, path
        page = reading.Page(answer.content.decode())
        found[path] = sorted(page.words - SAME_IN_CHINESE - NAMES) + reading.stumbles(page.lines)
    return {path: complaints for path, complaints in found.items() if complaints}


def test_guests_read_chinese(catalogue: Any) -> None:
    assortment.put_on_sale()
    assert read(Client(), GUESTS) == {}


def test_an_owner_without_a_plan_reads_chinese(
    machines: Any, alice: User, acme: Organization, signed_in: SignedIn
) -> None:
    assert read(signed_in(alice), [path.format(acme=acme.pk) for path in MEMBERS]) == {}


def test_an_owner_with_a_plan_and_machines_reads_chinese(
    machines: Any, alice: User, acme: Organization, signed_in: SignedIn, card: Any
) -> None:
    subscriptions.start(acme, plan("business"), "month", card(), machines={"cpu-1x4": 2})
    assert read(signed_in(alice), BUYERS) == {}


def test_numbers_stand_in_groups_of_three() -> None:
    with translation.override("zh-hans"):
        assert number_format(1234567, force_grouping=True) == "1,234,567"
