"""Who pays: a guest, an organization or one of its members; and who sees the order afterwards."""

import pytest
from django.core import mail

from accounts.models import Organization
from billing import gateway
from cart import carts, orders
from cart.drafts import Draft
from cart.models import Cart, Order
from cart.tests.browser import Browser
from cart.tests.taken import intents

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_is_signed_in_pays_as_their_organizations_customer(
    visitor, signed_in, alice, acme, shop, catalogue, browser: Browser
) -> None:
    buyer = visitor(signed_in(alice))
    buyer.put({"atlas": 1})
    payment = buyer.check_out(email="").json()
    acme.refresh_from_db()
    (intent,) = intents(catalogue)
    assert intent["customer"] == acme.stripe_customer_id
    browser.confirm(payment)
    catalogue.deliver()
    order = Order.objects.get()
    assert (order.state, order.organization, order.user) == ("paid", acme, alice)
    assert mail.outbox[0].to == [alice.email]
    assert list(orders.of_cart(Cart.objects.get(user=alice)).placed()) == [order]


def test_a_member_who_may_not_buy_for_the_organization_pays_for_themselves(
    visitor, signed_in, bob, acme, shop, catalogue
) -> None:
    from accounts import organizations

    organizations.switch(bob, acme)
    buyer = visitor(signed_in(bob))
    buyer.put({"atlas": 1})
    assert buyer.check_out(email="").status_code == 200
    assert intents(catalogue)[0]["customer"] is None
    assert Order.objects.get().organization is None


def test_a_customer_that_was_deleted_at_stripe_is_made_again(alice, acme, atlas, catalogue) -> None:
    cart = carts.change(Cart(user=alice), {"atlas": 1})
    orders.check_out(Draft(cart, "a@acme.example", acme))
    gateway.client.connected().v1.customers.delete(
        str(Organization.objects.get(pk=acme.pk).stripe_customer_id)
    )
    cart = carts.change(cart, {"atlas": 2})
    payment = orders.check_out(Draft(cart, "a@acme.example", Organization.objects.get(pk=acme.pk)))
    assert payment.client_secret
    assert payment.order.customer_id == Organization.objects.get(pk=acme.pk).stripe_customer_id


def test_charlie_sees_nothing_of_alices_orders(visitor, signed_in, alice, charlie, shop, catalogue) -> None:
    hers = visitor(signed_in(alice))
    hers.put({"atlas": 1})
    hers.check_out(email="")
    cart = Cart.objects.get(user=alice)
    assert orders.of_cart(cart).count() == 1
    his = visitor(signed_in(charlie))
    his.put({"mug": 1})
    assert orders.of_cart(Cart.objects.get(user=charlie)).count() == 0
    assert orders.of_cart(Cart()).count() == 0
    assert his.get().json()["total"] == 1450
