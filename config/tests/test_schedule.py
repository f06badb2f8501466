"""What workers do by the clock, of all apps."""

import pytest
from django.core.management import get_commands

from accounts import tasks as accounts
from billing import tasks as billing
from cart import tasks as cart
from config.celery import app
from portal import tasks as portal

# What cron does where there are no workers (docs/operations.md), but for what asks all of Stripe.
SCHEDULED = {
    "accounts": accounts.purge,
    "events": billing.purge,
    "portal": portal.sweep,
    "renewals": portal.remind,
    "shop": cart.sweep,
    "sweep": billing.sweep,
}


def test_every_app_s_work_is_scheduled_and_its_task_known() -> None:
    assert {name: entry["task"] for name, entry in app.conf.beat_schedule.items()} == {
        name: task.name for name, task in SCHEDULED.items()
    }
    assert {task.name for task in SCHEDULED.values()} <= set(app.tasks)


@pytest.mark.django_db
def test_a_night_s_purge_runs_the_commands() -> None:
    assert set(accounts.COMMANDS) <= set(get_commands())
    accounts.purge()
    billing.purge()
