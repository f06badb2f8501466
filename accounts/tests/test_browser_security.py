"""What every page of sign-in promises to the browser, and a real browser on its way through."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from sandbox.linkedin import LinkedIn

GUEST_PAGES = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/login/?next=/account/",
]
MY_PAGES = ["/account/", "/accounts/logout/"]


@pytest.fixture
def page_of(client: Client, charlie: User, through_linkedin: Callable[..., Any]) -> Callable[[str], Any]:
    """A page by its path, signed in where that is needed; `error` is one about a failed sign-in."""

    def get(path: str) -> Any:
        if path == "error":
            return through_linkedin(client)
        if path in MY_PAGES:
            client.force_login(charlie)
        return client.get(path)

    return get


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*GUEST_PAGES, *MY_PAGES, "error"])
def test_pages_hold_to_a_strict_policy(page_of: Callable[[str], Any], path: str) -> None:
    answer = page_of(path)
    page, policy = answer.content.decode(), answer.headers["Content-Security-Policy"]

    assert answer.status_code == 200
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert not re.search(r'(src|href)="(https?:)?//', page)


@pytest.mark.django_db
@pytest.mark.parametrize("path", GUEST_PAGES)
def test_a_poisoned_host_is_refused(client: Client, path: str) -> None:
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 400
    assert (
        "evil.example" not in client.get(path, headers={"X-Forwarded-Host": "evil.example"}).content.decode()
    )


@pytest.mark.django_db
def test_a_sign_in_lasts_two_weeks_and_its_cookie_is_not_for_scripts(
    client: Client, through_linkedin: Callable[..., Any]
) -> None:
    through_linkedin(client, "alice")

    cookie = client.cookies["sessionid"]
    assert cookie["max-age"] == 14 * 24 * 60 * 60
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser_one_signs_in_with_linkedin_sees_free_and_signs_out(
    live_server: Any, linkedin: LinkedIn, page: Any
) -> None:
    from playwright.sync_api import expect

    page.goto(f"{live_server.url}/account/")
    page.get_by_role("button", name="Sign in with LinkedIn").click()
    expect(page.get_by_text("A test double")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    page.get_by_role("button", name="Try LinkedIn again").click()
    page.get_by_role("button", name="Alice").click()

    expect(page).to_have_url(f"{live_server.url}/account/")
    expect(page.get_by_role("heading", name="Alice")).to_be_visible()
    expect(page.get_by_text("0 of 100")).to_be_visible()
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert not page.complaints
