"""Who may call what, over all operations of the API at once: guests, keys that only read, members, outsiders."""

from typing import Any

import pytest
from django.test import Client

from accounts import keys, organizations
from accounts.models import Membership, Scope
from config.schema import SHOP
from config.tests.stage import BY, Stage, example_of, operations

pytestmark = pytest.mark.slow
# For whoever comes by.
OPEN = ("get_billing_plans", "get_filings", "get_filings_accession", "get_usage")
# These only look, whatever the method.
LOOKING = ("post_billing_preview", "post_billing_items_preview", "post_token")
# For everybody in an organization, owner or not.
FOR_MEMBERS = (
    "get_billing_items",
    "get_billing_status",
    "get_billing_subscription",
    "get_organizations_organization_id",
    "get_organizations_organization_id_members",
    "get_stripe_subscription",
    "post_organizations_organization_id_switch",
)


def answers(stage: Stage, described: dict[str, Any], client: Client) -> dict[str, tuple[int, str]]:
    """Status and code of every operation, as its example asks for it, each as if it were the first."""
    found = {}
    for method, path, operation in operations(described):
        name = operation["operationId"]
        body = stage.bodies.get(name, example_of(operation))
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        with stage.untouched():
            answer = getattr(client, method)(path.format(**stage.parameters), **sent)
        code = answer.json()["error"]["code"] if answer.status_code >= 400 else ""
        found[name] = (answer.status_code, code)
    return found


def names(described: dict[str, Any]) -> set[str]:
    """All that say who may call them: not the shop's, nor those that a token opens."""
    return {
        operation["operationId"]
        for _method, path, operation in operations(described)
        if path not in SHOP and not path.startswith("/api/token/re")
    }


def test_guests_are_asked_to_sign_in(stage: Stage, described: dict[str, Any]) -> None:
    found = answers(stage, described, Client())
    let_in = {name for name in names(described) if found[name] != (401, "not_authenticated")}
    assert let_in == set(OPEN)


def test_a_key_that_only_reads_changes_nothing(stage: Stage, described: dict[str, Any]) -> None:
    owner = Membership.objects.get(user=stage.people["alice"], organization__name="Acme")
    _key, secret = keys.make(owner, "reader", Scope.READ)
    found = answers(stage, described, Client(headers={"Authorization": f"Bearer {secret}"}))
    writing = {name for name in names(described) if not name.startswith("get_")} - set(LOOKING)
    stopped = {name for name, answer in found.items() if answer == (403, "insufficient_scope")}
    assert stopped == writing


def test_members_see_but_do_not_spend(stage: Stage, described: dict[str, Any]) -> None:
    bob = stage.people["bob"]
    organizations.switch(bob, Membership.objects.get(user=bob, organization__name="Acme").organization)
    client = Client()
    client.force_login(bob)
    found = answers(stage, described, client)
    anybodys = {"get_billing_plans", "post_organizations", "post_token"}
    prefixes = ("get_billing", "get_stripe", "get_organizations_organization", "p", "delete")
    about_acme = {name for name in names(described) if name.startswith(prefixes)} - anybodys
    stopped = {name for name in about_acme if found[name][0] == 403}
    assert about_acme - stopped == set(FOR_MEMBERS)


def test_outsiders_find_nothing(stage: Stage, described: dict[str, Any]) -> None:
    client = Client()
    client.force_login(stage.people["charlie"])
    found = answers(stage, described, client)
    of_acme = {name for name in names(described) if "_id" in name or "methods_payment_method" in name}
    assert len(of_acme) >= 9
    assert {name: found[name] for name in of_acme if found[name] != (404, "not_found")} == {}


def test_what_is_sent_again_with_its_key_is_done_once(
    stage: Stage, described: dict[str, Any], calls: list[tuple[str, str]]
) -> None:
    for method, path, operation in operations(described):
        name = operation["operationId"]
        if method == "get" or name not in names(described) or name == "post_token":
            continue
        client, body = Client(), stage.bodies.get(name, example_of(operation)) or ""
        client.force_login(stage.people[BY.get(name, "alice")])
        once: Any = {"data": body, "content_type": "application/json", "headers": {"Idempotency-Key": "once"}}
        call, address = getattr(client, method), path.format(**stage.parameters)
        with stage.untouched():
            first = call(address, **once)
            calls.clear()
            again = call(address, **once)
            assert (again.status_code, again.content) == (first.status_code, first.content), name
            assert again.headers.get("Idempotent-Replayed") == "true", name
            assert calls == [], name
