"""The whole story in a real browser, in English and in Chinese: a company orders, pays, activates, renews once, and
mends a renewal that failed; nobody else's links lead anywhere."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import expect
from pypdf import PdfReader

from accounts.models import User
from accounts.tests.test_mailed_code import mailed_code
from billing import gateway
from billing.tests.browser import sign_in
from billing.tests.buying import tier
from portal import links
from portal.models import PaidYear, Receipt, Sale
from portal.tests.conftest import ORCHARDS
from sandbox.tests import subscriber
from sandbox.tests.test_browser_checkout import type_card

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]

COMPANY = {"en": "Hudson Orchards", "zh-hans": "哈德逊果园有限公司"}
TOTAL = {"en": "$1,040.00", "zh-hans": "US$1,040.00"}
ACCEPTED = {"en": "en-US", "zh-hans": "zh-CN"}
OWNER = "olga@orchards.example"
CODE = re.compile(r"(?:\w{4}-){6}\w{4}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def nobody_was_here_before() -> None:
    """Sign-ups are limited, and in both stories they happen at the same moment."""
    cache.clear()


@pytest.mark.parametrize("language", list(COMPANY))
def test_a_company_buys_a_year_renews_once_and_mends_the_next_renewal(
    browsing: Any, live_server: Any, page: Any, charlie: User, language: str
) -> None:
    page.context.set_extra_http_headers({"Accept-Language": ACCEPTED[language]})
    with translation.override(language):
        page.goto(f"{live_server.url}/pre/us/new/checkout")
        reads_the_agreement(page, language)
        orders(page, COMPANY[language], language)
        sees_the_total_and_buys(page, language)
        pays(page)
        code = sees_the_receipt_and_the_code(page, language)
        sale = Sale.objects.get()
        assert (sale.company, sale.language, sale.total) == (COMPANY[language], language, 104_000)
        activates(page, code, language)
        finds_the_papers(page, sale, language)
        nobody_else_does(page, live_server, charlie, sale)
        renews_once(browsing, sale, language)
        link = a_renewal_fails(browsing, sale, language)
        is_told_on_every_page(page, live_server, language)
        gives_another_card_and_pays(page, link, language)
    assert PaidYear.objects.count() == Receipt.objects.filter(kind=Receipt.Kind.RECEIPT).count() == 3
    assert tier(sale.organization) == "business"
    assert not page.complaints


def speaks(page: Any, language: str) -> None:
    """The whole page is in the visitor's language: what it says it is, its heading and its main button."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    if language == "zh-hans":
        expect(page.locator("main h1").first).to_have_text(CHINESE)
        expect(page.locator("footer")).to_have_text(CHINESE)


def reads_the_agreement(page: Any, language: str) -> None:
    with page.expect_popup() as opened:
        page.locator("label.check a").click()
    expect(opened.value.get_by_role("heading", name=_("Service agreement"))).to_be_visible()
    speaks(opened.value, language)
    opened.value.close()


def orders(page: Any, company: str, language: str) -> None:
    """Fills in the form; at first without the state."""
    speaks(page, language)
    entries = {**ORCHARDS, "company": company}
    for name in ("company", "contact", "email", "line1", "city", "postal_code"):
        page.locator(f"[name={name}]").fill(entries[name])
    page.locator("[name=accepted]").check()
    page.get_by_role("button", name=_("Go on to the order")).click()
    expect(page.locator(".errorlist")).to_have_count(1)
    page.locator("[name=state]").select_option("NY")
    page.get_by_role("button", name=_("Go on to the order")).click()


def sees_the_total_and_buys(page: Any, language: str) -> None:
    page.wait_for_url("**/us/checkout?sigma=New+York&*")
    speaks(page, language)
    expect(page.locator(".order-lines")).to_contain_text(re.compile(r"NY\b.*4 ?%"))
    expect(page.locator(".order-lines .total").last).to_have_text(TOTAL[language])
    page.get_by_role("button", name=_("Buy now")).click()


def pays(page: Any) -> None:
    """On Stripe's page, which knows the address already."""
    page.wait_for_url("**/c/pay/**")
    type_card(page, email="")
    page.locator("main button.primary").click()


def sees_the_receipt_and_the_code(page: Any, language: str) -> str:
    """In the page and as PDF; the code only this once. Returns the code."""
    page.wait_for_url("**/success?*")
    expect(page.get_by_role("heading", name=_("Thank you. It is paid."))).to_be_visible()
    speaks(page, language)
    expect(page.locator(".receipt-page .total").last).to_have_text(TOTAL[language])
    reads_the_paper(page, page.locator(".receipt-page a").get_attribute("href"), language)
    code = str(page.locator("#activation-code").text_content())
    page.reload()
    expect(page.locator("#activation-code")).to_have_count(0)
    (letter,) = [letter for letter in mail.outbox if CODE.search(letter.body)]
    assert code in letter.body
    assert letter.to == [ORCHARDS["email"]]
    assert bool(CHINESE.search(letter.subject)) == (language == "zh-hans")
    return code


def reads_the_paper(page: Any, url: str, language: str) -> None:
    answer = page.request.get(str(url) if "://" in str(url) else f"{_home(page)}{url}")
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.body())).pages
    text = "\n".join(one.extract_text() for one in pages).replace("\0", "")
    for words in (COMPANY[language], TOTAL[language], _("Service agreement")):
        assert words in text, words


def activates(page: Any, code: str, language: str) -> None:
    """Somebody of the company makes an account with a mailed code, enters the activation code, and is the owner."""
    page.get_by_role("link", name=_("Activate"), exact=True).click()
    speaks(page, language)
    page.get_by_role("link", name=_("Create an account")).click()
    page.locator("[name=email]").fill(OWNER)
    page.get_by_role("button", name=_("Mail me a code")).click()
    expect(page.locator("[name=code]")).to_be_visible()
    page.locator("[name=code]").fill(mailed_code())
    page.locator("form:has([name=code]) button.button-block").first.click()
    page.wait_for_url("**/activate")
    speaks(page, language)
    page.locator("[name=code]").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name=_("Activate"), exact=True).click()
    page.wait_for_url("**/organizations/*/")
    expect(page.locator(".account-name").first).to_have_text(COMPANY[language])
    expect(page.locator(".account-name + .badge").first).to_have_text(_("Business"))


def finds_the_papers(page: Any, sale: Sale, language: str) -> None:
    page.goto(f"{_home(page)}/receipts/")
    speaks(page, language)
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(TOTAL[language])
    reads_the_paper(page, rows.first.locator("a").get_attribute("href"), language)


def nobody_else_does(page: Any, live_server: Any, charlie: User, sale: Sale) -> None:
    """A10, A12, A14: to Charlie, who is signed in, it is as if there were nothing."""
    theirs = page.context.browser.new_context()
    window = theirs.new_page()
    sign_in(window, live_server, charlie)
    paper = Receipt.objects.filter(sale=sale).latest("pk")
    signed = links.success_page(sale, sale.session_id)
    for url in (
        f"/us/renew?domain={sale.organization_id}",
        f"/receipts/{paper.public_id}/",
        f"/us/checkout?sigma=New+York&filename={sale.filename}&domain={sale.organization_id}",
        f"/success?filename={sale.filename}&domain={sale.organization_id}?session_id={sale.session_id}",
        signed.removeprefix(live_server.url).replace("signature=", "signature=x"),
        f"/organizations/{sale.organization_id}/",
    ):
        assert window.goto(f"{live_server.url}{url}").status == 404, url
    theirs.close()


def renews_once(stripe: Any, sale: Sale, language: str) -> None:
    """A year passes; every event is told twice."""
    stripe.sandbox.deliveries.release()
    stripe.deliver()
    mail.outbox.clear()
    stripe.advance(days=366)
    stripe.deliver(lambda deliveries: deliveries * 2)
    assert sale.years.count() == 2
    (letter,) = mail.outbox
    assert bool(CHINESE.search(letter.subject)) == (language == "zh-hans")


def a_renewal_fails(stripe: Any, sale: Sale, language: str) -> str:
    """Another year passes, and the card is no good any more; returns the link in the mail about it."""
    sale.refresh_from_db()
    customer = sale.organization.stripe_customer_id or ""
    bad = gateway.customers.attach(customer, "pm_card_chargeCustomerFail", key="bad").data["id"]
    gateway.subscriptions.use_payment_method(sale.subscription_id, bad, key="use-bad")
    mail.outbox.clear()
    stripe.advance(days=366)
    stripe.deliver()
    assert sale.years.count() == 2
    (letter,) = [letter for letter in mail.outbox if "/us/renew" in letter.body]
    assert bool(CHINESE.search(letter.subject)) == (language == "zh-hans")
    (link,) = re.findall(r"http\S+/us/renew\S+", letter.body)
    return str(link)


def is_told_on_every_page(page: Any, live_server: Any, language: str) -> None:
    """The banner; the plan stays open for its grace."""
    sign_in(page, live_server, User.objects.get(email=OWNER))
    page.goto(f"{live_server.url}/receipts/")
    speaks(page, language)
    expect(page.locator(".banner, .notice-banner").first).to_contain_text(TOTAL[language])
    expect(page.locator(".account-name + .badge").first).to_have_text(_("Business"))


def gives_another_card_and_pays(page: Any, link: str, language: str) -> None:
    page.context.clear_cookies()
    page.goto(link)
    speaks(page, language)
    page.get_by_role("button", name=_("Give another card")).click()
    page.wait_for_url(lambda url: "/us/renew" not in url)
    subscriber.type_card(page)
    page.wait_for_url("**/us/renew?*&card=given")
    page.locator("button[name=act][value=pay]").click()
    expect(page.get_by_text(_("Thank you, it is paid. Your plan goes on."))).to_be_visible()


def _home(page: Any) -> str:
    return str(page.url).split("/", 3)[0] + "//" + str(page.url).split("/", 3)[2]
