"""In a browser: Alice makes a key, copies it, sees it never again, replaces it and revokes it."""

import re
from typing import Any

import pytest
import requests
from django.conf import settings
from django.test import Client

from accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KEY = re.compile(r"tk_[A-Za-z0-9]{43}")


@pytest.fixture
def window(page: Any, live_server: Any, alice: User) -> Any:
    """Alice's, at the page of her keys. Scripts may use the clipboard."""
    client = Client()
    client.force_login(alice)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto(f"{live_server.url}/account/keys/")
    return page


def copy(window: Any) -> str:
    """The key that is shown, by the button beside it."""
    window.get_by_role("button", name="Copy").first.click()
    window.get_by_role("button", name="Copied").wait_for()
    copied = window.evaluate("navigator.clipboard.readText()")
    assert copied == window.locator("#secret").inner_text()
    assert KEY.fullmatch(copied)
    return str(copied)


def test_a_key_from_its_making_to_its_end(window: Any, live_server: Any) -> None:
    from playwright.sync_api import expect

    def status(secret: str) -> int:
        headers = {"Authorization": f"Bearer {secret}"}
        return requests.get(f"{live_server.url}/api/organizations/", headers=headers, timeout=10).status_code

    window.get_by_label("Name").fill("nightly import")
    window.get_by_label("It may").select_option("write")
    window.get_by_role("button", name="Make the key").click()
    first = copy(window)
    assert status(first) == 200

    window.get_by_role("link", name="I have copied it").click()
    expect(window.get_by_role("rowheader", name="nightly import")).to_be_visible()
    expect(window.get_by_text(f"{first[:9]}…")).to_be_visible()
    assert not KEY.search(window.content())

    window.get_by_role("link", name="Replace").click()
    window.get_by_role("button", name="Make the new key").click()
    expect(window.get_by_text(f"The old key, {first[:9]}…, works until")).to_be_visible()
    second = copy(window)
    assert [status(first), status(second)] == [200, 200]

    window.goto(f"{live_server.url}/account/keys/")
    row = window.get_by_role("row").filter(has_text=first[:9])
    row.get_by_role("link", name="Revoke").click()
    window.get_by_role("button", name="Revoke it for good").click()
    expect(window.get_by_text("nightly import is revoked and opens nothing any more.")).to_be_visible()
    assert [status(first), status(second)] == [401, 200]
    assert not window.complaints
