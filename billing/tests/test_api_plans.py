"""GET /api/billing/plans/: what is on sale, for everybody."""

from typing import Any

from django.test import Client

from billing import catalogue as plans
from billing.models import InstanceType

PATH = "/api/billing/plans/"


def test_plans_and_machines_are_listed_with_what_they_cost_and_hold(
    db: None, calls: list[Any], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):  # the machines, and the prices
        answer = Client().get(PATH).json()

    assert calls == []
    assert [plan["key"] for plan in answer["plans"]] == [plan.key for plan in plans.on_offer()]
    business = answer["plans"][-1]
    assert (business["tier"], business["per_member"]) == ("business", True)
    assert business["prices"][0] == {"interval": "month", "amount": 4000, "currency": "usd"}
    assert business["limits"] == {"api_requests_per_day": None}
    assert answer["plans"][0]["limits"] == {"api_requests_per_day": 1000}

    machines = {machine["key"]: machine for machine in answer["machines"]}
    assert len(machines) == 9
    assert machines["t4"]["plans"] == ["starter", "business"]
    assert machines["a10g"]["plans"] == ["business"]
    assert machines["a10g"]["prices"] == [{"interval": "month", "amount": 85000, "currency": "usd"}]


def test_what_is_no_longer_sold_or_sold_elsewhere_is_not_listed(db: None, stripe_sandbox: Any) -> None:
    InstanceType.objects.filter(key="v100").update(active=False)
    answer = Client().get(PATH).json()
    assert "v100" not in [machine["key"] for machine in answer["machines"]]
    assert "annual" not in [plan["key"] for plan in answer["plans"]]


def test_without_a_key_nothing_is_on_sale(db: None, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    answer = Client().get(PATH)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "billing_off")
