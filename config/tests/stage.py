"""A small world in which every operation of the API can succeed: who calls it, about what, and all as it was before.

with stage.untouched():
    stage.call("POST", "/api/billing/checkout/", {...}, by="charlie")
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client

from accounts import invitations, tokens
from accounts.models import Membership, Organization, Scope, User
from accounts.roles import Role
from billing import catalogue, payment_methods, subscriptions
from billing.gateway import client
from cart import assortment, carts
from cart.models import Cart
from filings.models import Company, Filing

SECRET = "c" * 32  # of CSRF: the cookie and the header are the same


@dataclass
class Stage:
    """`people` by name; `parameters` of addresses; `bodies` by operation, where the description's example will not do.

    Alice owns Acme, which has Business with a machine and two cards; Bob is its member, and his own organization has
    Premium; Dora's ends; Charlie has nothing but a cart.
    """

    stripe: Any
    people: dict[str, User]
    parameters: dict[str, Any] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)

    def browser(self, name: str) -> dict[str, Any]:
        """What a browser of somebody's sends with every call, as `call` takes it; a guest's for the empty name."""
        cookies = {"csrftoken": SECRET}
        if name:
            browser = Client()
            browser.force_login(self.people[name])
            cookies["sessionid"] = browser.cookies["sessionid"].value
        return {"cookies": cookies, "headers": {"X-CSRFToken": SECRET}}

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Whatever happens in it has not happened afterwards, here and at Stripe."""
        at_stripe = self.stripe.sandbox.snapshot()
        block = transaction.atomic()
        block._from_testcase = True  # as a test case's own: Stripe may be called, and nothing commits
        with block, _one_connection():
            yield
            transaction.set_rollback(True)
        self.stripe.sandbox.restore(at_stripe)


@contextmanager
def _one_connection() -> Iterator[None]:
    """It stays open between requests, as under Django's own test client: they are all of one transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def build(stripe: Any, card: Any, alice: User, bob: User, charlie: User) -> Stage:
    dora = User.objects.create_user("dora@elsewhere.example", name="Dora")
    stage = Stage(stripe, {"alice": alice, "bob": bob, "charlie": charlie, "dora": dora})
    _sell(stage, card)
    stripe.deliver()
    stripe.advance(days=15)  # so that the times in examples are of today
    _fill(stage)
    acme = Organization.objects.get(name="Acme")
    his = Membership.objects.get(organization=acme, user=bob)
    hers = Membership.objects.get(organization=acme, user=alice)
    invited = invitations.send(hers, "eve@elsewhere.example", Role.MEMBER)
    stage.parameters |= {"organization_id": acme.pk, "membership_id": his.pk, "invitation_id": invited.pk}
    for operation in ("post_token_refresh", "post_token_revoke"):
        made = tokens.obtain(alice, acme, Scope.WRITE)
        stage.bodies[operation] = {operation.rpartition("_")[2].replace("revoke", "token"): made.refresh}
    return stage


def _sell(stage: Stage, card: Any) -> None:
    for name, plan, machines in (
        ("alice", "business", {"t4": 1}),
        ("bob", "premium", {}),
        ("dora", "premium", {}),
    ):
        organization = stage.people[name].current_organization
        wanted = catalogue.find(plan)
        assert organization
        assert wanted
        subscriptions.start(organization, wanted, "month", card(), machines)
    for subscription in stage.people["dora"].current_organization.subscriptions.all():  # type: ignore[union-attr]
        subscriptions.cancel(subscription)
    acme = stage.people["alice"].current_organization
    assert acme
    acme.refresh_from_db()
    second = client.connected().v1.payment_methods.attach(
        card("5555555555554444"), {"customer": acme.stripe_customer_id or ""}
    )
    payment_methods.find(acme, second["id"])
    stage.parameters["payment_method"] = second["id"]


def _fill(stage: Stage) -> None:
    """The sample product, and a cart with something in it."""
    assortment.put_on_sale()
    carts.change(Cart(user=stage.people["charlie"]), {"mug": 1})
    company = Company.objects.create(cik="0000012345", name="Meridian Software", ticker="MRDN", state="CA")
    Filing.objects.create(
        company=company,
        accession="0000012345-26-000001",
        form_type="10-K",
        filed="2026-02-12",
        period_end="2025-12-31",
    )
    stage.parameters["accession"] = "0000012345-26-000001"


# Who can do it; whatever is not named here Alice can.
BY: Mapping[str, str] = {
    "post_billing_checkout": "charlie",
    "post_billing_preview": "charlie",
    "post_billing_subscription": "charlie",
    "patch_billing_subscription": "bob",
    "post_billing_subscription_resume": "dora",
    "post_stripe_create_subscription": "charlie",
    "post_stripe_resume_subscription": "dora",
    "post_token_refresh": "",
    "post_token_revoke": "",
    "get_cart": "charlie",
    "post_cart": "charlie",
    "patch_cart": "charlie",
    "post_create_payment_intent": "charlie",
}


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each."""
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def example_of(operation: dict[str, Any]) -> Any:
    """The body that the description shows; None if it takes none."""
    body = operation.get("requestBody")
    return body["content"]["application/json"]["examples"]["Body"]["value"] if body else None
