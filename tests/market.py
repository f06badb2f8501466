"""The shop on a stage: guests and users who fill carts, pay in Stripe's form, come back, and want their money back."""

import json
from contextlib import suppress
from io import StringIO
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.core.management import CommandError, call_command
from django.http import HttpRequest
from django.test import Client

from accounts.models import User
from billing.errors import BillingError
from cart import orders
from cart.models import Item, Order
from cart.tests.browser import Browser
from tests.product import Product
from tests.till import Till

Data = dict[str, Any]

ON_SALE = {"atlas": 4800, "mug": 1450, "ticket": 25000}
TICKETS = 5


class Buyer:
    """A browser, and the payments that its windows were given."""

    def __init__(self, number: int) -> None:
        self.client = Client()
        self.address = f"buyer{number}@visitor.example"
        self.payments: list[Data] = []


class Market:
    """What people do in the shop, in plain verbs. What the shop or Stripe refuses does not happen."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._browser = Browser(product.sandbox, product.card)
        self.buyers = [Buyer(number) for number in range(2)]
        self.till = Till(product.oracle, {"ticket": TICKETS})
        for slug, price in ON_SALE.items():
            Item.objects.create(slug=slug, name=slug.title(), price=price)
        Item.objects.filter(slug="ticket").update(stock=TICKETS)

    def windows(self) -> list[tuple[Buyer, Data]]:
        """Those in which something could be paid once, and whose they are."""
        return [(buyer, payment) for buyer in self.buyers for payment in buyer.payments]

    def put(self, buyer: Buyer, items: dict[str, int]) -> int:
        """Let that be the cart."""
        lines = {slug: {"qty": quantity} for slug, quantity in items.items()}
        return self._send(buyer, "/cart", {"items": lines})[0]

    def check_out(self, buyer: Buyer) -> int:
        status, answer = self._send(buyer, "/create-payment-intent", {"email": buyer.address})
        if status == 200 and answer["client_secret"]:
            buyer.payments.append(answer)
        return status

    def come_back(self, buyer: Buyer, payment: Data) -> int:
        """The order's page, which lets the server ask Stripe."""
        return self._send(buyer, f"/shop/orders/{payment['order']}/check/", {})[0]

    def pay(self, payment: Data, how: str) -> None:
        """In Stripe's form."""
        with suppress(BillingError):
            match how:
                case "debit" | "debit that fails":
                    self._browser.debit(payment, fails=how != "debit")
                case "asks the bank":
                    self._browser.confirm(payment, how)
                    self._browser.authenticate(payment)
                case _:
                    self._browser.confirm(payment, how)

    def give_back(self, order: Order, whole: bool) -> None:
        """By somebody of the staff, who looks at the order as it was given."""
        amount, seen = order.refundable if whole else 100, order.refunded
        with self._product.process() as outcome:
            with suppress(BillingError):
                orders.refund(order, amount, None, seen)
            outcome.append(200)

    def clear_up(self) -> None:
        """What cron does every few minutes."""
        with self._product.process() as outcome:
            with suppress(CommandError):
                call_command("expire_orders", stdout=StringIO())
            outcome.append(200)

    def sign_in(self, buyer: Buyer, user: User) -> None:
        """In the browser's own request, with its cookies, as allauth does."""
        request = HttpRequest()
        request.COOKIES = {name: morsel.value for name, morsel in buyer.client.cookies.items()}
        request.session = buyer.client.session
        with self._product.process() as outcome:
            login(request, User.objects.get(pk=user.pk), settings.AUTHENTICATION_BACKENDS[0])
            request.session.save()
            outcome.append(200)
        if outcome:
            buyer.client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key

    def _send(self, buyer: Buyer, path: str, body: Data) -> tuple[int, Data]:
        """The answer's status and JSON; 0 if the process died."""
        with self._product.process() as outcome:
            answer = buyer.client.post(path, json.dumps(body), content_type="application/json")
            assert answer.status_code not in (500, 502), answer.content
            outcome.append(answer.status_code)
        if not outcome:
            return 0, {}
        is_json = answer.headers["Content-Type"].startswith("application/json")
        return outcome[0], answer.json() if is_json else {}
