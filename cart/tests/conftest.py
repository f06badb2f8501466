"""What the shop's tests begin with: things on sale, and browsers that come to buy them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client

from accounts.models import User
from cart import carts
from cart.models import Cart, Item
from cart.tests.browser import Browser


@pytest.fixture
def atlas(db: None) -> Item:
    """$48, also sold in euros and yen."""
    atlas = Item.objects.create(slug="atlas", name="Atlas of filings", price=4800)
    atlas.prices.create(currency="eur", amount=4400)
    atlas.prices.create(currency="jpy", amount=7200)
    return atlas


@pytest.fixture
def mug(db: None) -> Item:
    """$14.50, also sold in euros."""
    mug = Item.objects.create(slug="mug", name="Mug", price=1450)
    mug.prices.create(currency="eur", amount=1350)
    return mug


@pytest.fixture
def ticket(db: None) -> Item:
    """$250, three left, dollars only."""
    return Item.objects.create(slug="ticket", name="Workshop ticket", price=25000, stock=3)


@pytest.fixture
def shop(atlas: Item, mug: Item, ticket: Item) -> dict[str, Item]:
    return {item.slug: item for item in (atlas, mug, ticket)}


class Visitor:
    """A browser that talks to the shop's API, with the CSRF token that it was given."""

    def __init__(self, client: Client | None = None) -> None:
        self.client = client or Client(enforce_csrf_checks=True)

    def get(self, path: str = "/cart") -> Any:
        return self.client.get(path)

    def send(self, method: str, path: str, body: Any, **headers: str) -> Any:
        if "csrftoken" not in self.client.cookies:
            self.get()
        token = self.client.cookies["csrftoken"].value
        send = getattr(self.client, method)
        return send(
            path,
            body,
            content_type="application/json",
            headers={
                "X-CSRFToken": token,
                **{name.replace("_", "-"): text for name, text in headers.items()},
            },
        )

    def put(self, items: dict[str, int], **headers: str) -> Any:
        """Replace the whole cart."""
        return self.send(
            "post", "/cart", {"items": {slug: {"qty": n} for slug, n in items.items()}}, **headers
        )

    def change(self, items: dict[str, int], **headers: str) -> Any:
        return self.send(
            "patch", "/cart", {"items": {slug: {"qty": n} for slug, n in items.items()}}, **headers
        )

    def check_out(self, email: str = "guest@visitor.example", **body: str) -> Any:
        return self.send("post", "/create-payment-intent", ({"email": email} if email else {}) | body)


@pytest.fixture
def guest(db: None) -> Visitor:
    return Visitor()


@pytest.fixture
def visitor() -> Callable[..., Visitor]:
    """`visitor()` is another guest, `visitor(signed_in(alice))` is Alice."""
    return Visitor


@pytest.fixture
def filled(shop: Any) -> Callable[..., Cart]:
    """A guest's cart that holds something: `filled(atlas=2, mug=1)`."""

    def fill(**items: int) -> Cart:
        return carts.change(Cart(), items)

    return fill


@pytest.fixture
def browser(catalogue: Any, card: Callable[..., str]) -> Browser:
    return Browser(catalogue.sandbox, card)


def sign_in(visitor: Visitor, user: User) -> None:
    """As allauth does: in the browser's own request, with its cookies."""
    request = HttpRequest()
    request.COOKIES = {name: morsel.value for name, morsel in visitor.client.cookies.items()}
    request.session = visitor.client.session
    login(request, user, settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    visitor.client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    visitor.client.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
