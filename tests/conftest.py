"""The product on a stage, one for all examples of a property: each begins where the catalogue is on sale."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from billing import gateway, products
from sandbox.transport import InProcessClient
from tests import effects, wire
from tests.product import Product
from tests.wire import Wire

Stage = Callable[[], Any]


@pytest.fixture
def stage(db: None, stripe_sandbox: Any) -> Iterator[Stage]:
    """Opens the curtain: a context manager that gives a new `Product`, and takes all of it back at its end."""
    list(products.upsert(products.Kind.PLAN))
    stripe_sandbox.sandbox.deliveries.drop()
    sandbox, traveller = stripe_sandbox.sandbox, stripe_sandbox._traveller
    beginning, begins = sandbox.snapshot(), sandbox.now

    @contextmanager
    def curtain() -> Iterator[Product]:
        sandbox.restore(beginning)
        sandbox.faults.clear()
        traveller.move_to(datetime.fromtimestamp(begins, UTC))
        line = Wire(InProcessClient(sandbox))
        block = transaction.atomic()
        block._from_testcase = True  # Stripe may be called in it, as in the one that the test itself is
        with block, gateway.client.using(line):
            yield Product(sandbox, traveller, line)
            wire.restart()
            transaction.set_rollback(True)

    logging.disable(logging.CRITICAL)  # a line for each of many thousand requests
    with effects.counted():
        yield curtain
    logging.disable(logging.NOTSET)
