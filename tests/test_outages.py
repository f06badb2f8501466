"""What surrounds an event while it is received: doubles at the same moment, a web server that stops, a database that
does not answer. Real processes.
"""

import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from billing.models import Event
from billing.tests.events import event, sign
from tests import house
from tests.house import ROOT, House
from tests.oracle import Oracle

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
OLD, NEW = "whsec_" + "1" * 32, "whsec_" + "2" * 32
URLS = ("/api/stripe-webhooks/", "/integrations/stripe/webhooks", "/stripe-webhook")
# Whoever answers later than this, in seconds, has kept Stripe waiting; to load the product may take longer.
QUICKLY, LOADED = 15, 300
SEND = """
import time
from django.test import Client
headers = {{"Stripe-Signature": {signature!r}}}
client = Client(raise_request_exception=False)
sent = time.monotonic()
answer = client.post("/api/stripe-webhooks/", {body!r}, "application/json", headers=headers)
print(answer.status_code, int(time.monotonic() - sent))
"""


def send(home: House, body: bytes, url: str = URLS[0], secret: str = "") -> int:
    headers = {"Content-Type": "application/json", "Stripe-Signature": sign(body, secret)}
    try:
        return home.post(home.url + url, body, headers)[0]
    except OSError:
        return 0


def bodies(home: House, how_many: int) -> list[bytes]:
    """Different events, all about a customer that is ours and says something new each time."""
    user = User.objects.create_user("alice@people.example", name="Alice")
    assert home.click(user, "create", plan="premium", payment_method_id=home.card()) == 200
    (customer,) = Oracle(home.sandbox).all("customer")
    return [json.dumps(event({**customer, "name": f"Delta {number}"})).encode() for number in range(how_many)]


def test_an_event_eight_times_at_once_at_all_urls_with_both_secrets_has_one_effect(
    transactional_db: Any, tmp_path: Path
) -> None:
    """F2, F3."""
    with house.opened(tmp_path, STRIPE_WEBHOOK_SECRET=f"{OLD},{NEW}") as home:
        home.sandbox.deliveries.hold()
        for body in bodies(home, 5):
            with ThreadPoolExecutor(8) as posts:
                tries = [(body, URLS[n % 3], OLD if n % 2 else NEW) for n in range(8)]
                statuses = list(posts.map(lambda one: send(home, *one), tries))
            assert 200 in statuses
            assert set(statuses) <= {200, 503}, "503: another is at it, and Stripe sends it again"
            stored = Event.objects.get(stripe_id=json.loads(body)["id"])
            assert (stored.state, stored.attempts) == (Event.State.DONE, 1)


def test_a_web_server_that_is_stopped_acknowledges_nothing_that_it_has_not_stored(
    transactional_db: Any, tmp_path: Path
) -> None:
    """F31."""
    with house.opened(tmp_path) as home:
        home.sandbox.deliveries.hold()
        events = bodies(home, 120)

        def deliver(number: int) -> int:
            if number == len(events) // 3:
                assert home.web
                home.web.terminate()
            return send(home, events[number], secret=settings.STRIPE_WEBHOOK_SECRETS[0])

        with ThreadPoolExecutor(8) as posts:
            statuses = list(posts.map(deliver, range(len(events))))
        acknowledged = {
            json.loads(body)["id"] for body, status in zip(events, statuses, strict=True) if status == 200
        }
        assert 0 < len(acknowledged) < len(events), "it was stopped in the middle"
        assert set(statuses) <= {200, 0}
        done = Event.objects.filter(state=Event.State.DONE).values_list("stripe_id", flat=True)
        assert acknowledged <= set(done)


def test_a_database_that_does_not_answer_is_a_503_before_stripe_gives_up() -> None:
    """F25."""
    body = json.dumps(event({"object": "customer", "id": "cus_1"}))
    with socket.socket() as silent:  # it takes connections, and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.tests.settings",
            "DATABASE_URL": f"postgres://root:nobody@127.0.0.1:{silent.getsockname()[1]}/test",
        }
        script = SEND.format(signature=sign(body.encode()), body=body)
        ran = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", script],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=QUICKLY + LOADED,
        )
    assert ran.stdout, ran.stderr[-2000:]
    status, seconds = map(int, ran.stdout.splitlines()[-1].split())
    assert status == 503
    assert seconds < QUICKLY
