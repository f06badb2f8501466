"""A browser for every test that asks for one: Chromium, with the local Stripe over HTTP beside the application."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Milliseconds until what a page is to show counts as missing; a busy machine takes its time.
BROWSER_PATIENCE = 60_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Chromium for the tests of one file: Playwright's loop must not be left running under other tests."""
    from playwright.sync_api import expect, sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "true"  # Playwright's loop runs in this thread; the database does not mind
    )
    expect.set_options(timeout=BROWSER_PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A fresh window, with a note of every complaint in its console: a test ends with `assert not page.complaints`."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.set_default_timeout(BROWSER_PATIENCE)
    yield page
    context.close()


@pytest.fixture
def browsing(catalogue: Any, live_server: Any, settings: Any) -> Iterator[Any]:
    """The local Stripe over HTTP too, as a browser needs it: Stripe.js with its frames, and Stripe's pages.

    Events are held back, so that nothing that a test sees comes from them.
    """
    from sandbox.server import Server

    before = settings.STRIPE_SANDBOX_URL
    catalogue.sandbox.deliveries.hold()
    with Server(catalogue.sandbox) as server:
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        moved = {
            name: [server.url if source == before else source for source in sources]
            for name, sources in directives.items()
        }
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": moved}
        settings.STRIPE_JS_URL = settings.STRIPE_JS_URL.replace(before, server.url)
        settings.BASE_URL = live_server.url
        yield catalogue
