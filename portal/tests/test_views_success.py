"""Back from Stripe: the receipt and, once, the code; nothing for a session that is not the sale's."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.core import mail
from django.test import Client

from billing import outbox
from portal import checkout, links
from portal.models import PaidYear, Receipt, Sale
from portal.tests.visiting import path, stranger

Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]


def test_coming_back_shows_the_receipt_and_asks_stripe_once(
    client: Client, order: Order, pay: Pay, catalogue: Any, calls: list[tuple[str, str]]
) -> None:
    sale = order()
    session = pay(sale)
    catalogue.advance(seconds=5)
    calls.clear()
    url = path(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
    page = client.get(url)
    assert page.status_code == 200
    for shown in ("Thank you. It is paid.", "Hudson Orchards", "$1,040.00"):
        assert shown in page.content.decode()
    assert client.get(url).status_code == 200
    assert len(calls) == 1
    assert PaidYear.objects.count() == 1


def test_a_look_at_the_headers_does_not_use_up_the_code(client: Client, order: Order, pay: Pay) -> None:
    sale = order()
    url = path(links.success_page(sale, pay(sale)["id"]))
    assert client.head(url).status_code == 200
    code = re.compile(r"(?:\w{4}-){6}\w{4}")
    assert code.search(client.get(url).content.decode())
    assert not code.search(client.get(url).content.decode())


def test_the_mail_with_the_code_leads_to_the_receipt_also_who_has_no_account(
    client: Client, order: Order, pay: Pay, catalogue: Any
) -> None:
    pay(order())
    catalogue.deliver()
    outbox.send_waiting()
    (letter,) = mail.outbox
    (url,) = re.findall(r"http\S+/success/receipt\S+", letter.body)
    answer = client.get(path(url))
    assert answer.content.startswith(b"%PDF")
    assert Receipt.objects.get(kind="receipt").filename in answer["Content-Disposition"]
    assert url.replace("&", "&amp;") in str(letter.alternatives[0][0])


def test_the_first_versions_address_with_two_question_marks_is_read_as_meant(
    client: Client, order: Order, pay: Pay
) -> None:
    """A12."""
    sale = order()
    session = pay(sale)
    names = parse_qs(urlsplit(links.success_page(sale, "")).query)
    query = urlencode({"filename": sale.filename, "signature": names["signature"][0]})
    assert (
        client.get(f"/success?{query}&domain={sale.organization_id}?session_id={session['id']}").status_code
        == 200
    )


def test_coming_back_with_anything_else_shows_nothing(
    client: Client, order: Order, pay: Pay, calls: list[tuple[str, str]]
) -> None:
    """A12."""
    mine, other = order(), order(city="Troy")
    session, others = pay(mine), pay(other)
    calls.clear()
    url = links.success_page(mine, session["id"])
    for wrong in (
        {"session_id": others["id"]},
        {"session_id": "cs_test_nothing"},
        {"session_id": ""},
        {"domain": str(other.organization_id)},
        {"filename": other.filename},
        {"signature": "made-up"},
    ):
        assert client.get(stranger(url, **wrong)).status_code == 404
    assert client.get("/success").status_code == 404
    assert client.get("/success?domain=2?session_id=cs_test").status_code == 404
    assert not calls
    assert not PaidYear.objects.exists()


def test_coming_back_without_having_paid_leads_to_the_order(client: Client, order: Order) -> None:
    sale = order()
    checkout.open_page(sale)
    answer = client.get(path(links.success_page(sale, sale.session_id)))
    assert answer["Location"] == path(links.checkout_page(sale))
