"""Fixtures for anybody's pytest: `pytest_plugins = ["sandbox.fixtures"]` in the root conftest.py.

The application's code under test reaches the local Stripe through the SDK's module globals, with a client of its own
(`stripe_stage.client`), or over HTTP (`stripe_server.url`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.server import Server
from sandbox.testing import START, Stage


@pytest.fixture
def stripe_start() -> int:
    """The time at which Stripe's clock stands, in seconds UTC; define your own of that name for another."""
    return START


@pytest.fixture
def stripe_stage(stripe_start: int) -> Iterator[Stage]:
    """A local Stripe in process, below the SDK's module globals too."""
    stage = Stage(frozen_at=stripe_start)
    with stage.installed():
        yield stage
    stage.sandbox.close()


@pytest.fixture
def stripe_server(stripe_stage: Stage) -> Iterator[Server]:
    """The same Stripe over HTTP, for code in other processes and for browsers."""
    with Server(stripe_stage.sandbox) as server:
        yield server
