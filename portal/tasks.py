"""What workers do for the portal. A task says only which row to look at; that says whether there is anything to do."""

from billing.tasks import SWEEP
from config.celery import app
from portal import debits, filing, refunds, renewals, retaxing

# Seconds between two looks for renewals that are near.
REMINDERS = 3600.0


@app.task(name="portal.file", ignore_result=True)
def file(receipt_id: int) -> None:
    """File a paper that was just issued."""
    filing.file(receipt_id)


@app.task(name="portal.sweep", ignore_result=True, expires=SWEEP)
def sweep() -> None:
    """Credit what was refunded, end what refused debits left, and file what failed before or was left behind."""
    refunds.credit_waiting()
    debits.clear_waiting()
    filing.file_waiting()


@app.task(name="portal.remind", ignore_result=True, expires=REMINDERS)
def remind() -> None:
    """Let plans renew with today's tax, and tell organizations of renewals that are near."""
    for _retaxed in retaxing.follow():
        pass
    for _sale in renewals.remind():
        pass


app.conf.beat_schedule["portal"] = {"task": sweep.name, "schedule": SWEEP}
app.conf.beat_schedule["renewals"] = {"task": remind.name, "schedule": REMINDERS}
