"""Pages as a Chinese reader gets them: nothing on them is English but names, abbreviations and what is typed."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.formats import number_format

from accounts.models import Organization, User
from billing import subscriptions
from billing.tests.buying import plan
from cart import assortment

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


class Text(HTMLParser):
    """What is read of a page, but for code and what is marked as being in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = ""
        self.words: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.skipped and tag in ("script", "style", "code", "pre"):
            self.skipped = tag
        for name, value in attrs:
            if name in ("alt", "title", "placeholder", "aria-label"):
                self.handle_data(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.skipped:
            self.skipped = ""

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            plain = re.sub(r"\S+@\S+|https?://\S+|/[\w./-]+|[A-Z0-9]{8}-\d{4}", "", data)
            self.words |= set(re.findall(r"[A-Za-z]{3,}", plain))


def english_in(answer: Any) -> set[str]:
    text = Text()
    text.feed(answer.content.decode())
    return text.words - SAME_IN_CHINESE - NAMES


def read(client: Client, paths: list[str]) -> dict[str, set[str]]:
    """The English of each page that shows some."""
    client.cookies["django_language"] = "zh-hans"
    found = {}
    for path in paths:
        answer = client.get(path, follow=True)
        assert answer.status_code < 500, path
        found[path] = english_in(answer)
    return {path: words for path, words in found.items() if words}


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
