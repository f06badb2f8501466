"""In a browser: Alice makes Acme and invites Bob, who accepts and has its tier; Charlie finds nothing."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail

from accounts import organizations, tiers
from accounts.models import Organization, User
from sandbox.linkedin import LinkedIn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def window_of(chromium: Any, live_server: Any, linkedin: LinkedIn) -> Iterator[Callable[..., Any]]:
    """A browser of somebody's own, which signs in with LinkedIn at the page it is at."""
    contexts: list[Any] = []

    def open_window(person: str, path: str) -> Any:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        window = context.new_page()
        window.complaints = []
        window.on("pageerror", lambda error: window.complaints.append(str(error)))
        window.set_default_timeout(60_000)
        window.goto(f"{live_server.url}{path}")
        window.get_by_role("button", name="Sign in with LinkedIn").click()
        window.get_by_role("button", name=person).click()
        window.wait_for_url(f"{live_server.url}{path}")
        return window

    yield open_window
    for context in contexts:
        context.close()


def test_alice_makes_acme_bob_joins_it_and_charlie_finds_nothing(
    window_of: Callable[..., Any], live_server: Any, settings: Any
) -> None:
    from playwright.sync_api import expect

    settings.BASE_URL = live_server.url
    alice = window_of("Alice", "/organizations/")
    alice.get_by_role("link", name="New organization").click()
    alice.get_by_label("Name").fill("Acme")
    alice.get_by_role("button", name="Create organization").click()
    expect(alice.get_by_text("You act for Acme now.")).to_be_visible()
    alice.get_by_label("E-mail address").fill("bob@acme.example")
    alice.get_by_role("button", name="Send invitation").click()
    expect(alice.get_by_text("An invitation is on its way to bob@acme.example.")).to_be_visible()
    acme = Organization.objects.get(name="Acme")
    organizations.set_access(acme, [tiers.BY_TIER[tiers.Tier.PREMIUM]])

    found = re.search(rf"{re.escape(live_server.url)}(/invitations/\S+)", str(mail.outbox[-1].body))
    assert found
    bob = window_of("Bob", found[1])
    expect(bob.get_by_role("heading", name="Join Acme")).to_be_visible()
    bob.get_by_role("button", name="Join Acme").click()
    expect(bob.get_by_text("Welcome to Acme.")).to_be_visible()
    menu = bob.locator(".site-tools details").last
    expect(menu.locator("summary")).to_contain_text("Premium")

    menu.locator("summary").click()
    menu.get_by_role("button", name="Bob").click()
    expect(bob.get_by_text("You act for Bob now.")).to_be_visible()
    expect(menu.locator("summary")).to_contain_text("Free")

    charlie = window_of("Charlie", "/organizations/")
    answer = charlie.goto(f"{live_server.url}/organizations/{acme.pk}/")
    assert answer.status == 404
    expect(charlie.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert not [*alice.complaints, *bob.complaints, *charlie.complaints]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_name_without_a_space_breaks_instead_of_widening_the_page(
    window_of: Callable[..., Any], live_server: Any, width: int
) -> None:
    window = window_of("Alice", "/organizations/")
    organization = organizations.create(User.objects.get(), "x" * 80)
    window.set_viewport_size({"width": width, "height": 900})
    for path in ("/organizations/", f"/organizations/{organization.pk}/", "/account/"):
        window.goto(f"{live_server.url}{path}")
        wider = window.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, path
