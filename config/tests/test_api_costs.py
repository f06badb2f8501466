"""What each operation costs when it succeeds, as its example says: statements in the database, and calls to Stripe.

A browser's session is two of the statements. What only writes may go with the next one, so there may be fewer.
"""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.tests.stage import BY, Stage, example_of, operations

# At most so many statements (those of many have a little room), and just so many calls.
COSTS: dict[str, tuple[int, int]] = {
    "post_billing_checkout": (35, 2),
    "get_billing_invoices": (4, 0),
    "get_billing_items": (5, 0),
    "put_billing_items": (45, 1),
    "post_billing_items_preview": (15, 1),
    "get_billing_payment_methods": (5, 0),
    "post_billing_payment_methods": (6, 1),
    "delete_billing_payment_methods_payment_method": (15, 1),
    "post_billing_payment_methods_payment_method_default": (25, 2),
    "get_billing_plans": (4, 0),
    "post_billing_portal": (6, 1),
    "post_billing_preview": (15, 1),
    "get_billing_status": (5, 0),
    "get_billing_subscription": (5, 0),
    "post_billing_subscription": (65, 5),
    "patch_billing_subscription": (45, 1),
    "post_billing_subscription_cancel": (25, 1),
    "post_billing_subscription_resume": (25, 1),
    "post_billing_subscription_sync": (20, 1),
    "post_billing_subscription_take_back": (15, 0),
    "get_filings": (3, 0),
    "get_filings_accession": (3, 0),
    "get_me": (3, 0),
    "get_organizations": (3, 0),
    "post_organizations": (15, 0),
    "get_organizations_organization_id": (4, 0),
    "patch_organizations_organization_id": (4, 0),
    "get_organizations_organization_id_invitations": (4, 0),
    "post_organizations_organization_id_invitations": (15, 0),
    "delete_organizations_organization_id_invitations_invitation_id": (6, 0),
    "post_organizations_organization_id_invitations_invitation_id_resend": (16, 0),
    "get_organizations_organization_id_members": (4, 0),
    "patch_organizations_organization_id_members_membership_id": (8, 0),
    "delete_organizations_organization_id_members_membership_id": (20, 0),
    "post_organizations_organization_id_switch": (5, 0),
    "post_stripe_cancel_subscription": (25, 1),
    "post_stripe_create_subscription": (65, 5),
    "post_stripe_resume_subscription": (25, 1),
    "get_stripe_subscription": (5, 0),
    "post_stripe_sync_subscription": (20, 1),
    "post_token": (4, 0),
    "post_token_refresh": (2, 0),
    "post_token_revoke": (2, 0),
    "get_trends": (3, 0),
    "get_usage": (2, 0),
    "get_cart": (4, 0),
    "post_cart": (15, 0),
    "patch_cart": (20, 0),
    "post_create_payment_intent": (50, 2),
}


@pytest.mark.slow
def test_nothing_costs_more_than_it_did(
    stage: Stage, described: dict[str, Any], calls: list[tuple[str, str]]
) -> None:
    found = {}
    for method, path, operation in operations(described):
        name = operation["operationId"]
        client = Client()
        if caller := BY.get(name, "alice"):
            client.force_login(stage.people[caller])
        body = stage.bodies.get(name, example_of(operation))
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        with stage.untouched():
            stage.stripe.advance(seconds=5)  # beyond doubt later than what was before
            calls.clear()
            with CaptureQueriesContext(connection) as statements:
                answer = getattr(client, method)(path.format(**stage.parameters), **sent)
        assert answer.status_code < 300, (name, answer.content)
        asked = [one["sql"] for one in statements.captured_queries if "SAVEPOINT" not in one["sql"]]
        found[name] = (len(asked), len(calls))
    assert found.keys() == COSTS.keys()
    dearer = {
        name: f"{cost} instead of {COSTS[name]}"
        for name, cost in found.items()
        if cost[0] > COSTS[name][0] or cost[1] != COSTS[name][1]
    }
    assert dearer == {}
