"""A fresh local Stripe for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.routing import Response
from sandbox.server import Server
from sandbox.testing import SECRET_KEY, Stage
from sandbox.tests.shop import Shop
from sandbox.tests.subscriber import Customer

pytest.register_assert_rewrite("sandbox.tests.walks")

Ask = Callable[..., Response]


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def v1(stage: Stage) -> Any:
    """The SDK's client."""
    return stage.client.v1


@pytest.fixture
def ask(stage: Stage) -> Ask:
    """A raw call: ask("POST", "/v1/customers", "name=Alice", **headers) -> Response."""

    def ask(
        method: str, target: str, body: str = "", key: str | None = SECRET_KEY, **headers: str
    ) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            named["Authorization"] = f"Bearer {key}"
        return stage.sandbox.handle(method, target, named, body.encode())

    return ask


@pytest.fixture
def server(stage: Stage) -> Iterator[Server]:
    """The stage's sandbox over HTTP."""
    with Server(stage.sandbox) as server:
        yield server


@pytest.fixture
def shop(server: Server) -> Iterator[Shop]:
    """A pretend application beside it, at another origin."""
    with Shop(server.url) as shop:
        yield shop


@pytest.fixture
def visitor(page: Any) -> Any:
    """A browser that notes what its console complains of."""
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    return page


@pytest.fixture
def till(visitor: Any, shop: Shop) -> Any:
    """The shop's page, open."""
    visitor.goto(shop.url)
    return visitor


@pytest.fixture
def alice(stage: Stage, shop: Shop) -> Customer:
    """A subscriber whose customer portal leads back to the shop."""
    return Customer(stage, shop)


@pytest.fixture
def single(stage: Stage) -> str:
    """A price of 500 cents, paid once."""
    return str(stage.price(500, interval=None)["id"])


@pytest.fixture
def monthly(stage: Stage) -> str:
    """A price of 2000 cents a month."""
    return str(stage.price(2000)["id"])
