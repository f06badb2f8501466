"""Somebody who buys at a house's shop: a window with its cookies, and a card for Stripe's form."""

import json
import urllib.error
import urllib.request
from contextlib import suppress
from http.cookies import SimpleCookie
from typing import Any

import stripe
from django.test import Client

from accounts.models import User
from tests.house import CSRF, House

Data = dict[str, Any]


class Shopper:
    """A guest, or a user who is signed in."""

    def __init__(self, home: House, user: User | None = None) -> None:
        self._home = home
        self._cookies = {"csrftoken": CSRF}
        self.payment: Data = {}  # the last one that this window was given
        if user is not None:
            session = Client()
            session.force_login(user)
            self._cookies["sessionid"] = session.cookies["sessionid"].value

    def put(self, items: dict[str, int]) -> int:
        """Let that be the cart; the status of the answer."""
        body = {"items": {slug: {"qty": quantity} for slug, quantity in items.items()}}
        return self.send("POST", "/cart", body)[0]

    def check_out(self) -> int:
        """Ask for something to pay with; the status of the answer."""
        status, answer = self.send("POST", "/create-payment-intent", {"email": "guest@visitor.example"})
        if status == 200:
            self.payment = answer
        return status

    def pay(self) -> None:
        """In Stripe's form, with the payment that this window has. What is paid or canceled already is not paid."""
        with suppress(stripe.InvalidRequestError):
            self._home.stripe_js.v1.payment_intents.confirm(
                self.payment["payment_intent"],
                {"client_secret": self.payment["client_secret"], "payment_method": self._home.card()},  # type: ignore[typeddict-unknown-key]
            )

    def come_back(self) -> int:
        """The order's page, which lets the server ask Stripe; the status of the answer."""
        return self.send("POST", f"/shop/orders/{self.payment['order']}/check/", {})[0]

    def send(self, method: str, path: str, body: Data) -> tuple[int, Data]:
        """The status of the answer and its JSON, if it is that; 0 without an answer."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "X-CSRFToken": CSRF,
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(  # noqa: S310
            self._home.url + path, json.dumps(body).encode(), headers, method=method
        )
        try:
            return self._read(urllib.request.urlopen(request, timeout=60))  # noqa: S310
        except urllib.error.HTTPError as error:
            return self._read(error)
        except OSError:
            return 0, {}

    def _read(self, answer: Any) -> tuple[int, Data]:
        with answer:
            for written in answer.headers.get_all("Set-Cookie", []):
                self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(written).items()}
            is_json = answer.headers.get_content_type() == "application/json"
            return answer.status, json.load(answer) if is_json else {}
