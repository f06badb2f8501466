"""What happens inside a call to Stripe in the shop: a process dies there, or another window does the same; at every
call of a flow. Afterwards everybody has paid once, and has what they paid for."""

from collections.abc import Callable
from typing import Any

import pytest

from cart.models import Order
from tests import wire
from tests.market import Market
from tests.product import Product
from tests.wire import Interruption

Act = Callable[[], object]


def order(product: Product, market: Market) -> Act:
    buyer = market.buyers[0]
    market.put(buyer, {"atlas": 1, "ticket": 2})
    return lambda: market.check_out(buyer)


def order_of_a_customer(product: Product, market: Market) -> Act:
    """Who pays as the customer that their organization is, which is made on the way."""
    product.sign_up()
    market.sign_in(market.buyers[0], product.users[0])
    return order(product, market)


def changed_cart(product: Product, market: Market) -> Act:
    order(product, market)()
    market.put(market.buyers[0], {"ticket": 3})
    return lambda: market.check_out(market.buyers[0])


def changed_cart_that_was_paid_before(product: Product, market: Market) -> Act:
    act = changed_cart(product, market)
    market.pay(market.buyers[0].payments[0], "good")
    return act


def return_to_the_page(product: Product, market: Market) -> Act:
    order(product, market)()
    buyer = market.buyers[0]
    market.pay(buyer.payments[0], "good")
    return lambda: market.come_back(buyer, buyer.payments[0])


def refund(product: Product, market: Market) -> Act:
    return_to_the_page(product, market)()
    paid = Order.objects.get()
    return lambda: market.give_back(Order(pk=paid.pk, state=paid.state, amount=paid.amount), whole=False)


def expiry(product: Product, market: Market) -> Act:
    order(product, market)()
    product.wait(8 * 24 * 3600)
    return market.clear_up


FLOWS = (
    order,
    order_of_a_customer,
    changed_cart,
    changed_cart_that_was_paid_before,
    return_to_the_page,
    refund,
    expiry,
)


def calls_of(stage: Any, flow: Callable[[Product, Market], Act]) -> int:
    """How many calls the flow makes when nothing disturbs it."""
    with stage() as product:
        act = flow(product, Market(product))
        product.wire.calls.clear()
        act()
        return len(product.wire.calls)


QUICK = (order, refund)


@pytest.mark.parametrize(
    "flow",
    [flow if flow in QUICK else pytest.param(flow, marks=pytest.mark.slow) for flow in FLOWS],
    ids=lambda flow: flow.__name__,
)
@pytest.mark.parametrize("what", ["die", "again"])
def test_at_every_call_of(stage: Any, flow: Callable[[Product, Market], Act], what: str) -> None:
    """F26, F27."""
    calls = calls_of(stage, flow)
    assert calls
    for call in range(1, calls + 1):
        for before in (True, False):
            with stage() as product:
                market = Market(product)
                act = flow(product, market)
                product.during(Interruption(call, before, wire.die if what == "die" else act), act)
                assert market.till.wrong() == []
                act()  # the person, who heard nothing, clicks again
                assert market.till.wrong() == []
                rest(product, market)
                assert len(product.oracle.all("refund")) == (flow is refund)


def rest(product: Product, market: Market) -> None:
    product.settle()
    market.clear_up()
    product.settle()
    assert market.till.wrong() == []
    assert market.till.differences() == []
