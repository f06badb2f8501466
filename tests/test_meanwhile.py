"""What happens inside a call to Stripe: a process dies there, or another one does the same; at every call of a flow."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import wire
from tests.product import Product
from tests.wire import Interruption

Act = Callable[[Product], int]


def purchase(product: Product) -> Callable[[], int]:
    card = product.card("good")
    return lambda: product.click(product.users[0], "create", plan="premium", payment_method_id=card)


def cancellation(product: Product) -> Callable[[], int]:
    purchase(product)()
    product.settle()
    return lambda: product.click(product.users[0], "cancel", at="now")


def decline(product: Product) -> Callable[[], int]:
    card = product.card("declined later")
    return lambda: product.click(product.users[0], "create", plan="premium", payment_method_id=card)


FLOWS = {"purchase": purchase, "declined purchase": decline, "cancellation": cancellation}


def calls_of(stage: Any, name: str) -> int:
    """How many calls the flow makes when nothing disturbs it."""
    with stage() as product:
        product.sign_up()
        flow = FLOWS[name](product)
        product.wire.calls.clear()
        flow()
        return len(product.wire.calls)


@pytest.mark.parametrize(
    "name", [name if name == "purchase" else pytest.param(name, marks=pytest.mark.slow) for name in FLOWS]
)
@pytest.mark.parametrize("what", ["die", "again"])
def test_at_every_call_of_a(stage: Any, name: str, what: str) -> None:
    calls = calls_of(stage, name)
    assert calls
    for call in range(1, calls + 1):
        for before in (True, False):
            with stage() as product:
                product.sign_up()
                flow = FLOWS[name](product)
                product.during(Interruption(call, before, wire.die if what == "die" else flow), flow)
                product.check_step()
                flow()  # the person, who heard nothing, clicks again
                product.check_step()
                product.settle()
                product.check_rest()


@pytest.mark.slow
@pytest.mark.parametrize("lost", [False, True], ids=["delivered", "reconciled"])
@pytest.mark.parametrize("name", FLOWS)
def test_nobody_clicks_again_after_a_death_at_every_call_of_a(stage: Any, name: str, lost: bool) -> None:
    """F26."""
    for call in range(1, calls_of(stage, name) + 1):
        with stage() as product:
            product.sign_up()
            flow = FLOWS[name](product)
            product.during(Interruption(call, before=False, act=wire.die), flow)
            product.reconcile() if lost else product.settle()
            product.check_step()
            product.check_rest()
