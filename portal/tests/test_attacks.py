"""What somebody may try with the portal's pages, links and mails, and what comes of it: nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import organizations
from accounts.models import Organization, User
from accounts.roles import Role
from billing import outbox
from billing.tests.buying import at_stripe
from portal import activation, links, renewals
from portal.models import PaidYear, Sale
from portal.tests import papers, visiting

Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]
WICKED = '<script>alert(1)</script>\r\nBcc: everybody@evil.example {{ settings.SECRET_KEY }} "=cmd()'
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def hudson(orchards: Organization) -> Organization:
    """Has an owner."""
    owner = User.objects.create_user("owner@orchards.example", name="Owner")
    organizations.join(owner, orchards, Role.OWNER)
    return orchards


@pytest.fixture
def other(order: Order, pay: Pay, catalogue: Any) -> Organization:
    """Another company that has bought a year."""
    sale = order(company="Troy Mills", email="books@troy.example", city="Troy")
    pay(sale)
    catalogue.deliver()
    return sale.organization


def pages(sale: Sale) -> list[str]:
    """Every page of the portal that is looked at, but the one to which Checkout returns."""
    signed = [links.checkout_page(sale), links.renewal_page(sale.organization, "us")]
    return [
        "/pre/us/new/checkout",
        "/us/agreement",
        *(url.removeprefix(BASE) for url in signed),
        links.order_form_page(sale),
        f"/us/renew?domain={sale.organization_id}",
        "/receipts/",
        f"/receipts/{sale.receipts.latest('pk').public_id}/",
        "/activate",
        "/activate/new-code",
    ]


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_writes_nothing_and_asks_stripe_nothing(
    hudson: Organization, client: Client, calls: list[tuple[str, str]], method: str
) -> None:
    """A11."""
    owner = hudson.members.get()
    client.force_login(owner)
    organizations.switch(owner, hudson)
    calls.clear()
    for url in pages(hudson.sales.get()):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = getattr(client, method)(url)
        assert answer.status_code in (200, 302), url
        assert not visiting.written(queries), url
    assert not calls


def test_the_page_after_the_payment_shows_nothing_of_somebody_elses(
    hudson: Organization, other: Organization, client: Client
) -> None:
    """A9, A12: each of the four names of the address is another's in turn."""
    mine, theirs = hudson.sales.get(), other.sales.get()
    url, foreign = (links.success_page(sale, sale.session_id).removeprefix(BASE) for sale in (mine, theirs))
    assert client.get(url).status_code == client.get(foreign).status_code == 200
    parts, others = (
        dict(pair.split("=", 1) for pair in one.split("?")[1].split("&")) for one in (url, foreign)
    )
    for name in parts:
        mixed = "&".join(f"{key}={value}" for key, value in (parts | {name: others[name]}).items())
        for page in ("/success", "/success/receipt"):
            assert client.get(f"{page}?{mixed}").status_code == 404, name


def test_what_a_client_names_as_card_customer_or_plan_is_not_read(
    hudson: Organization, other: Organization, client: Client, catalogue: Any
) -> None:
    """A13, A8: whatever is posted to the page on which a plan is renewed, it is about its own organization."""
    theirs, mine = other.subscriptions.get(), hudson.subscriptions.get()
    customer = hudson.stripe_customer_id
    posted = {
        "domain": str(other.pk),
        "organization": str(other.pk),
        "customer": other.stripe_customer_id or "",
        "subscription": theirs.stripe_id,
        "payment_method": theirs.default_payment_method_id,
        "invoice": theirs.latest_invoice_id,
        "price": "price_made_up",
        "quantity": "0",
        "return_url": "https://evil.example/",
    }
    page = links.renewal_page(hudson, "us").removeprefix(BASE)
    before = len(at_stripe(catalogue, "invoice"))
    for act in ("card", "pay", "keep", "buy", "delete", ""):
        assert client.post(page, {"act": act, **posted}).status_code == 302
    (visit,) = at_stripe(catalogue, "billing_portal.session")
    assert visit["customer"] == customer
    assert visit["return_url"].startswith(f"{BASE}/us/renew?domain={hudson.pk}&")
    for subscription in (mine, theirs):
        subscription.refresh_from_db()
    assert (mine.ends_at, theirs.ends_at) == (None, None)
    assert len(at_stripe(catalogue, "invoice")) == before
    assert Sale.objects.count() == PaidYear.objects.count() == 2


def test_another_organizations_plan_is_as_absent(
    hudson: Organization, other: Organization, client: Client
) -> None:
    """A10: for an owner of one the other does not exist, to look at or to act on; nor by the link of a mail."""
    client.force_login(hudson.members.get())
    theirs, absent = f"/us/renew?domain={other.pk}", "/us/renew?domain=999999"
    for act in (client.get, client.post):
        answers = [act(url) for url in (theirs, absent)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert "Troy Mills" not in answers[0].content.decode()
    key = links.renewal_page(hudson, "us").split("key=")[1]
    assert client.get(f"{theirs}&key={key}").status_code == 404


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "..%2f..%2fetc%2fpasswd", "a.pdf%00", "%F0%9F%8D%8E.pdf", "x" * 4000],
)
def test_a_file_s_name_in_an_address_opens_no_file(hudson: Organization, client: Client, name: str) -> None:
    """A14."""
    query = f"filename={name}&domain={hudson.pk}&session_id={hudson.sales.get().session_id}"
    for page in ("/success", "/success/receipt", "/us/checkout/order-form"):
        assert client.get(f"{page}?{query}").status_code == 404
    assert client.get(f"/us/checkout?sigma=New+York&{query}").status_code == 404


def test_nobody_is_led_elsewhere(client: Client, order: Order, catalogue: Any, settings: Any) -> None:
    """A18, A23: all that Stripe is given, and all that is mailed, begins with our own address."""
    settings.ALLOWED_HOSTS = ["*"]
    sale = order()
    poisoned = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Referer": "https://evil.example"}
    url = links.checkout_page(sale).removeprefix(BASE)
    client.post(f"{url}&next=https://evil.example&return_url=//evil.example", headers=poisoned)
    (session,) = at_stripe(catalogue, "checkout.session")
    assert session["success_url"].startswith(f"{BASE}/success?")
    assert session["cancel_url"].startswith(f"{BASE}/us/checkout?")
    answer = client.get("/us/renew?domain=1&next=https://evil.example", headers=poisoned)
    assert answer["Location"].startswith("/accounts/login/?next=/us/renew")


def test_a_companys_name_is_text_in_every_mail(order: Order, pay: Pay, catalogue: Any) -> None:
    """A19: subjects stay one line, and nothing in a body acts."""
    sale = order(company=WICKED)
    pay(sale)
    catalogue.deliver()
    catalogue.advance(days=340)
    list(renewals.remind())
    catalogue.advance(days=30)
    catalogue.deliver()
    outbox.send_waiting()
    letters = [letter for letter in mail.outbox if letter.to == [sale.email]]
    assert len(letters) == 3  # the code, the reminder, the renewal
    for letter in letters:
        assert "\n" not in letter.subject
        assert not letter.bcc
        html = str(letter.alternatives[0][0])
        assert "<script>" not in html
        assert "&lt;script&gt;" in html
        assert "SECRET_KEY }}" in html  # as it was written


def test_whoever_tries_codes_finds_none(client: Client, charlie: User, db: None) -> None:
    """A45: from one account and one address there are a few tries an hour; 2**140 codes take longer."""
    activation.make(papers.sale())
    client.force_login(charlie)
    tries = [client.post("/activate", {"code": f"0000-{count}"}).status_code for count in range(40)]
    assert tries.count(400) == activation.TRIES_PER_USER
    assert set(tries) == {400, 429}
