"""What workers do for the shop. What is to be done stands in the rows."""

from billing import errors
from cart import carts, unfinished
from config.celery import app

# Seconds between two looks at what was not paid in time or left behind.
SWEEP = 300.0


@app.task(name="cart.sweep", ignore_result=True, expires=SWEEP)
def sweep() -> None:
    """Cancel what was not paid in time, finish what was left behind, and forget old carts of guests."""
    carts.forget_old()
    try:
        for _outcome in unfinished.finish():
            pass
    except (errors.Unavailable, errors.BillingOff, errors.Misconfigured):
        return  # the next one will reach it


app.conf.beat_schedule["shop"] = {"task": sweep.name, "schedule": SWEEP}
