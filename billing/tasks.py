"""What workers do. A task says only which row to look at: whether there is anything to do stands in the database, so
a task that is lost, late or doubled does no harm.
"""

from contextlib import suppress

from django.core.management import call_command

from accounts.models import Organization
from accounts.tasks import NIGHT
from billing import errors, following, outbox, rechecks, reversals
from billing.webhooks import process, queue
from config.celery import app

# Seconds between two sweeps: so long an event waits that the broker lost.
SWEEP = 60.0


@app.task(ignore_result=True)
def work(event_id: int) -> None:
    """Process an event that has come again."""
    process.work(event_id)


@app.task(ignore_result=True)
def work_off() -> None:
    """Process the events that wait."""
    process.work_off(queue.call)


@app.task(ignore_result=True, expires=SWEEP)
def sweep() -> None:
    """Process what the broker lost, what is to be tried again and what a dead worker left; send mails, and end what
    refunds and disputes end."""
    for _event, _outcome in process.sweep():
        pass
    outbox.send_waiting()
    reversals.carry_out_waiting()
    following.carry_out_waiting()


@app.task(ignore_result=True)
def recheck(organization_id: int) -> None:
    """Ask Stripe about an organization that has just stood before a closed gate."""
    with suppress(errors.Unavailable):  # it may ask again itself
        rechecks.carry_out(Organization.objects.get(pk=organization_id))


@app.task(ignore_result=True)
def purge() -> None:
    """Forget events that were settled long ago, as the command does."""
    call_command("purge_events")


app.conf.beat_schedule["sweep"] = {"task": sweep.name, "schedule": SWEEP}
app.conf.beat_schedule["events"] = {"task": purge.name, "schedule": NIGHT}
