"""The properties of payments and of billing once more, over many more histories than a quick run has time for."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from sandbox.tests import test_billing_properties as billing
from sandbox.tests import test_payment_properties as payments

EXAMPLES = 200
LONG = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def list_properties() -> list[Any]:
    found: list[tuple[ModuleType, str, Callable[..., None]]] = [
        (module, name, test.hypothesis.inner_test)
        for module in (billing, payments)
        for name, test in vars(module).items()
        if name.startswith("test_")
    ]
    return [pytest.param(module, prove, id=name) for module, name, prove in found]


@pytest.mark.slow
@pytest.mark.parametrize(("module", "prove"), list_properties())
def test_long(module: ModuleType, prove: Callable[..., None]) -> None:
    @LONG
    @given(module.histories)
    def prove_again(history: list[tuple[Any, ...]]) -> None:
        prove(history)

    prove_again()
