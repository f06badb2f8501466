"""Hosted pages in English and in Simplified Chinese: nothing lacks a translation, and everybody gets his language."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sandbox import pages
from sandbox.objects import card_numbers, cards, failures
from sandbox.objects.cards import Decline
from sandbox.pages import card_form, invoices, layout, words
from sandbox.pages.assets import STATIC
from sandbox.pages.checkout import form
from sandbox.pages.chinese import SCRIPTS, SENTENCES
from sandbox.pages.portal import details, subscriptions
from sandbox.routing import Response
from sandbox.testing import Stage

Ask = Callable[..., Response]
ROOT = Path(pages.__file__).parent
MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
SUMS = ("Subtotal", "Discount", "Tax", "Total", "Total due today", "Applied balance", "Paid", "Amount due")
REFUSALS = (
    "The terms of service must be accepted.",
    "This code is invalid.",
    "This plan is not on offer.",
    "This payment method is not yours.",
    "This subscription is not yours.",
)
# What is not translated: names, codes, what the customer typed.
NAMES = {
    "Stripe",
    "Visa",
    "USD",
    "US",
    "SEPA",
    "IBAN",
    "PDF",
    "alice",
    "example",
    "com",
    "Alice",
    "Premium",
    "Sandbox",
    "Secure",
}


# -- the tables ----------------------------------------------------------------------------------------------------


def in_templates() -> Iterator[str]:
    for file in sorted((ROOT / "templates").glob("*.html")):
        yield from words.MARK.findall(file.read_text())


def in_code() -> Iterator[str]:
    """The literals that are given to `say` and `translate`, and the tables from which they are given others."""
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            named = isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in (
                "say",
                "translate",
            )
            if named:
                yield from literals(node.args[0])
    for table in (form.BUTTONS, form.METHODS, invoices.STATUSES, subscriptions.REASONS):
        yield from table.values()
    yield from (label for _, label in (*details.PLAIN, *details.ADDRESS))
    yield from (label for label, _ in card_form.TEST_CARDS)
    yield from (
        *MONTHS,
        *SUMS,
        *REFUSALS,
        layout.NOTICE,
        "Name on the card or account",
        "Business name (optional)",
    )
    yield from (status.capitalize() for status in invoices.STATUSES)
    for interval in ("day", "week", "month", "year"):
        yield from (interval, f"{{count}} {interval}s")


def literals(given: ast.expr) -> Iterator[str]:
    """The sentence, or the sentences among which an expression chooses."""
    if isinstance(given, ast.Constant):
        yield given.value
    held = (node.value for node in ast.walk(given) if isinstance(node, ast.Constant))
    yield from (text for text in held if isinstance(text, str) and text.endswith("."))


def in_scripts() -> Iterator[str]:
    for file in sorted((STATIC / "frames").glob("*.js")):
        text = re.sub(r'" \+\s+"', "", file.read_text())
        yield from re.findall(r'say\("([^"]+)"\)', text)
        yield from re.findall(r'^ {0,2}(?:\w+: |const \w+ =\s+)"([A-Z][^"]+\.)"', text, re.MULTILINE)
    for module in (cards, card_numbers):
        yield from (one.message for one in vars(module).values() if isinstance(one, Decline))
    yield from failures.NOT_AUTHENTICATED.values()


def test_no_sentence_lacks_a_translation() -> None:
    assert sorted({*in_templates(), *in_code()} - SENTENCES.keys()) == []
    assert sorted({*in_scripts()} - SCRIPTS.keys()) == []


def test_no_translation_is_of_something_that_nobody_says() -> None:
    assert sorted(SENTENCES.keys() - {*in_templates(), *in_code(), *in_scripts()}) == []


def test_translations_name_what_their_sentences_name() -> None:
    def names(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}

    wrong = [english for english, chinese in SENTENCES.items() if names(english) != names(chinese)]
    assert wrong == []
    assert [english for english, chinese in SENTENCES.items() if not chinese.strip()] == []


@pytest.mark.parametrize(
    ("locale", "accepted", "spoken"),
    [
        ("zh", "en", "zh-Hans"),
        ("zh-TW", "", "zh-Hans"),
        ("en-GB", "zh-CN", "en"),
        ("de", "zh-CN", "en"),
        ("auto", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("auto", "en-US,en;q=0.9,zh;q=0.8", "en"),
        ("auto", "zh;q=0.5, en;q=0.9", "en"),
        (None, "fr,zh;q=0.5", "zh-Hans"),
        (None, "", "en"),
        ("auto", ";;q=x,,", "en"),
    ],
)
def test_the_locale_decides_and_auto_asks_the_browser(locale: str | None, accepted: str, spoken: str) -> None:
    with words.speaking(locale, accepted):
        assert words.spoken() == spoken
    assert words.spoken() == "en"


# -- the pages -----------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """What a page says: its text and placeholders, without the choices of codes."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tag = tag
        given = dict(attrs)
        self.said += [given.get("placeholder") or "", given.get("title") or "", given.get("aria-label") or ""]

    def handle_data(self, data: str) -> None:
        if self.tag != "option" or " " in data.strip():
            self.said.append(data)


def english_in(body: bytes) -> set[str]:
    reader = Reader()
    reader.feed(body.decode())
    said = re.sub(
        r"[A-Z0-9]{8}-\d{4}|\(at \S+ / month\)", "", " ".join(reader.said)
    )  # of invoices: number, line
    return set(re.findall(r"[A-Za-z]{2,}", said)) - NAMES


def sell(v1: Any, price: str, mode: str = "subscription", **params: Any) -> str:
    line = {} if mode == "setup" else {"line_items": [{"price": price, "quantity": 2}]}
    given = {"mode": mode, "success_url": "https://shop.example/", "cancel_url": "https://shop.example/"}
    made = v1.checkout.sessions.create({**given, **line, **params})
    return f"/c/pay/{made['id']}"


@pytest.fixture
def visit(stage: Stage, v1: Any) -> tuple[str, str]:
    """The address of Alice's customer portal, in Chinese, and her subscription."""
    price = stage.price()
    features: Any = {
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price", "quantity", "promotion_code"],
            "products": [{"product": price["product"], "prices": [price["id"]]}],
        },
        "subscription_cancel": {
            "enabled": True,
            "cancellation_reason": {"enabled": True, "options": list(subscriptions.REASONS)},
        },
        "payment_method_update": {"enabled": True},
        "invoice_history": {"enabled": True},
        "customer_update": {"enabled": True, "allowed_updates": ["name", "email", "address", "tax_id"]},
    }
    subscription = stage.subscription(price)
    configuration = v1.billing_portal.configurations.create({"features": features})["id"]
    session = v1.billing_portal.sessions.create(
        {"customer": subscription.customer, "configuration": configuration, "locale": "zh"}
    )
    return f"/p/session/{session['id']}", subscription.id


def test_checkout_is_wholly_in_the_sessions_language(ask: Ask, v1: Any, stage: Stage) -> None:
    monthly, single = stage.price()["id"], stage.price(interval=None)["id"]
    extras: dict[str, Any] = {
        "locale": "zh",
        "billing_address_collection": "required",
        "tax_id_collection": {"enabled": True},
        "phone_number_collection": {"enabled": True},
        "consent_collection": {"terms_of_service": "required", "promotions": "auto"},
        "payment_method_types": ["card", "us_bank_account"],
    }
    urls = [
        sell(v1, monthly, allow_promotion_codes=True, **extras),
        sell(v1, monthly, locale="zh", subscription_data={"trial_period_days": 7}),
        sell(v1, single, "payment", locale="zh", shipping_address_collection={"allowed_countries": ["US"]}),
        sell(v1, "", "setup", locale="zh", currency="usd"),
    ]
    for url in urls:
        body = ask("GET", url, Accept_Language="en").body
        assert b'<html lang="zh-Hans"' in body
        assert english_in(body) == set()


def test_the_customer_portal_is_wholly_in_the_sessions_language(ask: Ask, visit: tuple[str, str]) -> None:
    home, subscription = visit
    below = f"/subscriptions/{subscription}"
    paths = ["", f"{below}/cancel", f"{below}/update", "/details", "/payment-methods/add", "/done"]
    for path in paths:
        assert english_in(ask("GET", home + path).body) == set(), path


def test_a_refusal_is_in_the_sessions_language_too(ask: Ask, v1: Any, stage: Stage) -> None:
    url = sell(v1, stage.price()["id"], locale="zh")
    typed = "email=alice@example.com&name=Alice&number=4000000000000002&expiry=1234&cvc=123"
    assert "您的银行卡被拒绝了。" in ask("POST", url, typed).body.decode()


def test_an_invoice_is_in_the_first_of_its_customers_languages(ask: Ask, v1: Any, stage: Stage) -> None:
    def invoice_of(customer: Any) -> str:
        invoice = v1.invoices.retrieve(stage.incomplete(customer=customer["id"])["latest_invoice"]["id"])
        return str(invoice["hosted_invoice_url"].removeprefix(stage.sandbox.base_url))

    chinese, anybodys = (
        invoice_of(stage.customer(preferred_locales=["zh", "en"])),
        invoice_of(stage.customer()),
    )
    assert english_in(ask("GET", chinese, Accept_Language="en").body) == set()
    assert "This invoice is not paid yet." in ask("GET", anybodys).body.decode()
    assert "此账单尚未支付。" in ask("GET", anybodys, Accept_Language="zh-CN").body.decode()


@pytest.mark.parametrize("path", ["/c/pay/none", "/p/session/none", "/i/none/none", "/3d_secure/none"])
def test_what_knows_no_session_asks_the_browser(ask: Ask, path: str) -> None:
    assert english_in(ask("GET", path, Accept_Language="zh-CN").body) == set()
    assert english_in(ask("GET", path).body)


@pytest.mark.parametrize("element", ["payment", "card", "address", "linkAuthentication"])
def test_elements_are_in_the_language_that_stripe_js_asks_for(ask: Ask, element: str) -> None:
    assert english_in(ask("GET", f"/js/elements/{element}?locale=zh", Accept_Language="en").body) == {element}


def test_the_authentication_is_in_the_language_of_the_page_that_led_there(
    ask: Ask, v1: Any, stage: Stage
) -> None:
    url = sell(v1, stage.price()["id"], locale="zh")
    typed = "email=alice@example.com&name=Alice&number=4000002760003184&expiry=1234&cvc=123"
    answer = ask("POST", url, typed)
    path = answer.headers["Location"].removeprefix(stage.sandbox.base_url)
    assert english_in(ask("GET", path).body) == set()


def test_the_dashboard_is_english_for_everybody(ask: Ask, stage: Stage) -> None:
    stage.subscription()
    body = ask("GET", "/dashboard/subscriptions", Accept_Language="zh-CN").body.decode()
    assert '<html lang="en">' in body
    assert not re.search("[\u4e00-\u9fff]", body)
