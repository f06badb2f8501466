"""What workers do for accounts, once a night."""

from celery.schedules import crontab
from django.core.management import call_command

from config.celery import app

# In UTC.
NIGHT = crontab(hour="3", minute="17")
COMMANDS = ("purge_credentials", "purge_invitations", "purge_usage")


@app.task(name="accounts.purge", ignore_result=True)
def purge() -> None:
    """Forget what ended long enough ago, as the commands of the same names do."""
    for command in COMMANDS:
        call_command(command)


app.conf.beat_schedule["accounts"] = {"task": purge.name, "schedule": NIGHT}
