"""In a browser: Alice makes Acme, buys Business with two machines, drops one; Bob has it too, and Charlie nothing."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts.models import Organization, User
from billing.models import StripeCustomer, StripeInvoice, StripeSubscription
from billing.tests.browser import WORKS, pay, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Windows = Callable[[str], Any]


@pytest.fixture
def window_of(browsing: Any, machines: Any, live_server: Any, chromium: Any) -> Iterator[Windows]:
    """A browser of somebody's own, signed in; at the end nothing must have complained."""
    opened: list[Any] = []

    def open_window(name: str) -> Any:
        window = chromium.new_context(
            base_url=live_server.url, viewport={"width": 1280, "height": 900}
        ).new_page()
        window.complaints = []
        window.on("pageerror", lambda error: window.complaints.append(str(error)))
        window.set_default_timeout(60_000)
        opened.append(window)
        sign_in(window, live_server, User.objects.create_user(f"{name.lower()}@acme.example", name=name))
        return window

    yield open_window
    complaints = [complaint for window in opened for complaint in window.complaints]
    for window in opened:
        window.context.close()
    assert not complaints


def sees(window: Any, text: str) -> None:
    expect(window.get_by_text(text).first).to_be_visible()


def test_acme_buys_machines_and_shares_them(window_of: Windows, machines: Any) -> None:
    alice, bob, charlie = window_of("Alice"), window_of("Bob"), window_of("Charlie")
    makes_acme(alice)
    joins(bob, invites(alice, "bob@acme.example"))
    buys_business_with_two_machines(alice)
    has_it_too(bob)
    finds_nothing(charlie)
    drops_one_and_sees_the_credit(alice)
    the_events_find_nothing_left_to_do(machines)


def makes_acme(alice: Any) -> None:
    alice.goto("/organizations/")
    alice.get_by_role("link", name="New organization").click()
    alice.get_by_label("Name").fill("Acme")
    alice.get_by_role("button", name="Create organization").click()
    sees(alice, "You act for Acme now.")


def invites(alice: Any, email: str) -> str:
    """The path of the link that is mailed."""
    alice.get_by_label("E-mail address").fill(email)
    alice.get_by_role("button", name="Send invitation").click()
    sees(alice, f"An invitation is on its way to {email}.")
    link = re.search(r"https?://[^/\s]+(/invitations/\S+)", str(mail.outbox[-1].body))
    assert link
    return link[1]


def joins(bob: Any, path: str) -> None:
    bob.goto(path)
    bob.get_by_role("button", name="Join Acme").click()
    sees(bob, "Welcome to Acme.")


def buys_business_with_two_machines(alice: Any) -> None:
    """For two members. Nothing is at Stripe before the card is."""
    alice.goto("/billing/")
    alice.get_by_role("link", name="Plans with machines").click()
    alice.get_by_role("radio", name="Business").check()
    more = alice.get_by_role("row", name="NVIDIA A10G").get_by_role("button", name="One more")
    more.click()
    more.click()
    alice.get_by_role("button", name="See what it costs").click()
    sees(alice, "2 × Open SEC Data Business")
    sees(alice, "2 × NVIDIA A10G")
    assert not StripeCustomer.objects.exists()
    alice.get_by_role("link", name="Go on to the payment").click()
    expect(alice.get_by_role("button", name="Pay $1,780.00")).to_be_visible()
    pay(alice, WORKS)
    expect(alice.get_by_role("heading", name="Welcome to Business")).to_be_visible()
    assert [invoice.total for invoice in StripeInvoice.objects.all()] == [2 * 4000 + 2 * 85000]
    assert StripeSubscription.objects.get().machines == {"a10g": 2}


def has_it_too(bob: Any) -> None:
    """He uses it and sees what there is, but neither buys nor sees the invoices."""
    assert bob.request.get("/filings/export.csv").status == 200
    bob.goto("/billing/")
    sees(bob, "Open SEC Data Business")
    sees(bob, "NVIDIA A10G")
    expect(bob.get_by_role("heading", name="Invoices")).to_have_count(0)
    assert bob.goto("/billing/machines/").status == 403


def finds_nothing(charlie: Any) -> None:
    acme = Organization.objects.get(name="Acme")
    assert charlie.goto(f"/organizations/{acme.pk}/").status == 404
    charlie.goto("/billing/")
    sees(charlie, "No plan yet")
    assert charlie.request.get("/filings/export.csv").status == 402


def drops_one_and_sees_the_credit(alice: Any) -> None:
    alice.goto("/billing/")
    alice.get_by_role("link", name="Add or remove machines").click()
    alice.get_by_role("row", name="NVIDIA A10G").get_by_role("button", name="One less").click()
    alice.get_by_role("button", name="See what it costs").click()
    sees(alice, "Credited to you")
    expect(alice.locator(".order-lines .total").last).to_have_text("$930.00")
    alice.get_by_role("button", name="Change it now").click()
    sees(alice, "Done. It is changed from this moment on.")
    assert StripeSubscription.objects.get().machines == {"a10g": 1}
    sees(alice, "$850.00, used with the next invoices")


def the_events_find_nothing_left_to_do(stripe: Any) -> None:
    before = list(StripeSubscription.objects.values())
    stripe.sandbox.deliveries.release()
    stripe.deliver()
    assert list(StripeSubscription.objects.values()) == before
