"""What is tried against billing's endpoints, whoever calls: with a browser, a key or a token.

Each writing endpoint stands in `BODIES` with a body that it takes; one that is missing there fails the first test.
"""

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import keys, tokens, usage
from accounts.models import ApiKey, Membership, Organization, Scope, UsageCounter, User
from billing import limits
from billing.api import urls
from billing.tests.buying import DECLINED_AT_ONCE

# What Stripe may be made to try a card by; what may be asked too often; and what costs nothing and needs no limit.
CARDS, LOOKS, FREE = "cards", "looks", ""
BODIES: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {
    ("post", "api/billing/subscription/"): (CARDS, {"plan": "premium"}),
    ("patch", "api/billing/subscription/"): (CARDS, {"plan": "business"}),
    ("post", "api/billing/subscription/cancel/"): (FREE, {"at": "period_end"}),
    ("post", "api/billing/subscription/resume/"): (FREE, {}),
    ("post", "api/billing/subscription/sync/"): (LOOKS, {}),
    ("post", "api/billing/subscription/take-back/"): (FREE, {}),
    ("post", "api/billing/preview/"): (LOOKS, {"plan": "premium"}),
    ("put", "api/billing/items/"): (CARDS, {"items": {"t4": 1}}),
    ("post", "api/billing/items/preview/"): (LOOKS, {"items": {"t4": 1}}),
    ("post", "api/billing/payment-methods/"): (CARDS, {}),
    ("delete", "api/billing/payment-methods/pm_1/"): (LOOKS, {}),
    ("post", "api/billing/payment-methods/pm_1/default/"): (LOOKS, {}),
    ("post", "api/billing/checkout/"): (CARDS, {"plan": "premium"}),
    ("post", "api/billing/portal/"): (LOOKS, {}),
}
OWN = ("price", "amount", "unit_amount", "currency", "coupon", "discounts", "promotion_code", "trial_days")
OTHERS = ("customer", "organization", "subscription", "metadata", "return_url", "success_url", "tier")

Call = Callable[..., Any]


@pytest.fixture
def owner(charlie: User) -> Membership:
    return charlie.memberships.select_related("user", "organization").get()


@pytest.fixture
def ways(catalogue: Any, owner: Membership) -> dict[str, Client]:
    """Charlie's browser, program and client application."""
    key, secret = keys.make(owner, "a program", Scope.WRITE)
    token = tokens.obtain(owner.user, owner.organization, Scope.WRITE, key).access
    browser = Client()
    browser.force_login(owner.user)
    bearing = [Client(headers={"Authorization": f"Bearer {shown}"}) for shown in (secret, token)]
    return dict(zip(("browser", "key", "token"), (browser, *bearing), strict=True))


def call(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    return getattr(client, method)(f"/{path}", body, content_type="application/json")


def spend_all(user: User, limit: limits.Limit) -> None:
    """As if the user had used up this hour's."""
    meter = usage.meter(f"{limit.name}:user:{user.pk}", limit.per_user, usage.HOUR)
    UsageCounter.objects.create(subject=meter.subject, window_start=meter.start, count=meter.limit)


def test_every_writing_endpoint_is_tried_here() -> None:
    writing = {
        (method, str(path.pattern).replace("<str:payment_method>", "pm_1"))
        for path in urls.paths
        for method in ("post", "put", "patch", "delete")
        if hasattr(path.callback.view_class, method)
        and method in path.callback.view_initkwargs.get("http_method_names", [method])
    }

    assert {key for key in writing if not key[1].startswith("api/stripe/")} == set(BODIES)


@pytest.mark.django_db
def test_what_is_not_on_offer_is_refused_by_name(ways: dict[str, Client], calls: list[Any]) -> None:
    """Prices, discounts, and whose it is, are not for the caller to say."""
    for (method, path), (_limit, body) in BODIES.items():
        if method == "delete":
            continue
        for client, field in zip(cycle(ways.values()), (*OWN, *OTHERS), strict=False):
            answer = call(client, method, path, {**body, field: "1"})
            assert answer.status_code == 400, (path, field, answer.content)
            assert answer.json()["error"]["param"] == field
    assert calls == []


@pytest.mark.django_db
def test_who_has_used_up_the_hour_waits_and_stripe_hears_nothing(
    ways: dict[str, Client], charlie: User, subscribe: Call, calls: list[Any]
) -> None:
    subscribe(charlie)
    spend_all(charlie, limits.CARDS)
    spend_all(charlie, limits.LOOKS)
    calls.clear()
    for (method, path), (limit, body) in BODIES.items():
        for client in ways.values() if limit else ():
            answer = call(client, method, path, body)
            assert answer.status_code == 429, (path, answer.content)
            assert 1 <= int(answer.headers["Retry-After"]) <= 3600
    assert calls == []


@pytest.mark.django_db
def test_cards_are_counted_together_however_they_are_tried(ways: dict[str, Client], card: Call) -> None:
    path = ("post", "api/billing/subscription/")
    tries = [
        call(client, *path, {"plan": "premium", "payment_method_id": card(DECLINED_AT_ONCE)}).status_code
        for client, _number in zip(cycle(ways.values()), range(limits.CARDS.per_user + 1), strict=False)
    ]

    assert tries == [402] * limits.CARDS.per_user + [429]


@pytest.mark.django_db
def test_what_another_process_takes_away_is_gone_with_the_next_request(
    ways: dict[str, Client], owner: Membership, subscribe: Call
) -> None:
    """Nothing that decides is kept from one request to the next."""
    subscribe(owner.user)
    path = "/api/billing/subscription/"

    def seen() -> list[Any]:
        answers = [client.get(path) for client in ways.values()]
        return [
            answer.json()["tier"] if answer.status_code == 200 else answer.status_code for answer in answers
        ]

    assert seen() == ["premium"] * 3
    Organization.objects.filter(pk=owner.organization_id).update(access=[])
    assert seen() == ["free"] * 3
    ApiKey.objects.update(revoked=timezone.now())
    assert seen() == ["free", 401, 401]
    User.objects.filter(pk=owner.user_id).update(is_active=False)
    assert seen() == [401] * 3
