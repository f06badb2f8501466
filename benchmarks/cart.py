"""What a cart costs: the endpoint, beside a view that only loads the session and the items; in one process.

python -m benchmarks.cart prints for each number of lines both medians in microseconds and statements, as JSON
"""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from importlib import import_module  # noqa: E402

from django.conf import settings  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.urls import path  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.in_process import measure  # noqa: E402
from cart import api, carts  # noqa: E402
from cart.models import Cart, Item  # noqa: E402

LINES = (1, 10, 100)


def least(request: HttpRequest, lines: int) -> JsonResponse:
    """The session as it comes from its cookie, who it is of, and so many items; the same shape of answer."""
    request.session.get("cart")
    request.user.is_authenticated  # noqa: B018  (asks whose session it is)
    items = Item.objects.filter(slug__startswith="benchmark-")[:lines]
    return JsonResponse({"items": {item.slug: {"price": item.price, "qty": 1} for item in items}})


urlpatterns = [path("cart", api.Cart.as_view()), path("least/<int:lines>", least)]


def guests(lines: int) -> tuple[Client, Client]:
    """One with a cart of so many lines, and one with a session."""
    cart = carts.replace(Cart(), content(lines))
    ours, theirs = browser(), browser()
    ours.cookies[carts.COOKIE] = cart.token
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["cart"] = {}
    session.save()
    theirs.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return ours, theirs


def users(lines: int) -> tuple[Client, Client]:
    """The same user twice."""
    user, _new = User.objects.get_or_create(email="shopper@acme.example")
    carts.replace(Cart.objects.filter(user=user).first() or Cart(user=user), content(lines))
    ours, theirs = browser(), browser()
    for client in (ours, theirs):
        client.force_login(user)
    return ours, theirs


def browser() -> Client:
    return Client(headers={"Host": "127.0.0.1"})


def content(lines: int) -> dict[str, int]:
    return {f"benchmark-{number}": 1 for number in range(lines)}


def main() -> None:
    Item.objects.bulk_create(
        (Item(slug=f"benchmark-{number}", name="Item", price=100) for number in range(max(LINES))),
        ignore_conflicts=True,
    )
    measured = {}
    for who, clients in (("guest", guests), ("user", users)):
        for lines in LINES:
            ours, theirs = clients(lines)
            ours.get("/cart")
            ours.cookies.pop("csrftoken", None)
            measured[f"{who}, {lines} lines"] = measure([(ours, "/cart"), (theirs, f"/least/{lines}")])
    print(json.dumps(measured))


if __name__ == "__main__":
    # Under its own name, so that Django finds the views of the module that runs and not those of a second copy.
    with override_settings(ROOT_URLCONF=__name__):
        main()
