"""The whole product on a stage: people who click, Stripe with its dashboard, deliveries, time, and rest."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import stripe
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.test import Client, TestCase

from accounts.models import User
from billing import outbox, reconcile
from billing.models import Attempt, Event, MirroredObject
from billing.tests import events
from billing.webhooks import process
from sandbox.engine import Sandbox
from sandbox.transport import InProcessClient
from tests import effects, wire
from tests.oracle import Oracle
from tests.wire import Died, Interruption, Wire

Data = dict[str, Any]

CAST = ("Alice", "Bob", "Charlie")
CARDS = {
    "good": "4242424242424242",
    "declined": "4000000000000002",
    "declined later": "4000000000000341",
    "asks the bank": "4000002500003155",
}
WEBHOOKS = ("/api/stripe-webhooks/", "/stripe-webhook", "/integrations/stripe/webhooks/")
# So often are events sent again until all are settled.
ROUNDS = 20


class Product:
    """What a test does to the product, in plain verbs. The sandbox has the catalogue, and nobody has bought yet."""

    def __init__(self, sandbox: Sandbox, traveller: Any, line: Wire) -> None:
        self.sandbox, self._traveller, self.wire = sandbox, traveller, line
        self.oracle = Oracle(sandbox)
        self.dashboard = stripe.StripeClient(settings.STRIPE_SECRET_KEY, http_client=InProcessClient(sandbox))
        self._browser = stripe.StripeClient(
            settings.STRIPE_PUBLISHABLE_KEY, http_client=InProcessClient(sandbox)
        )
        self.users: list[User] = []
        self.lossy = False  # an event was lost for good: only reconciliation can find what it told
        mail.outbox = []

    # -- people ------------------------------------------------------------------------------------------------------

    def sign_up(self) -> None:
        name = CAST[len(self.users) % len(CAST)]
        address = f"{name.lower()}{len(self.users)}@people.example"
        self.users.append(User.objects.create_user(address, name=name))

    def card(self, name: str) -> str:
        """A payment method, as Stripe.js makes it in the browser."""
        details: Any = {"number": CARDS[name], "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        return self._browser.v1.payment_methods.create({"type": "card", "card": details})["id"]

    def click(self, user: User, verb: str, **body: Any) -> int:
        """A call of the product's own API by a user; the status of the answer, 0 if the process died."""
        client = Client()
        client.force_login(User.objects.get(pk=user.pk))
        path = f"/api/stripe/{verb}-subscription/"
        with self.process() as outcome:
            answer = client.post(path, json.dumps(body), content_type="application/json")
            assert answer.status_code not in (500, 502), answer.content
            outcome.append(answer.status_code)
        return outcome[0] if outcome else 0

    # -- processes ---------------------------------------------------------------------------------------------------

    @contextmanager
    def process(self) -> Iterator[list[int]]:
        """What happens inside may die; then nothing of it goes on, and a new process can begin."""
        outcome: list[int] = []
        with suppress(Died), TestCase.captureOnCommitCallbacks(execute=True):
            yield outcome
        if not outcome:
            wire.restart()

    def during(self, interruption: Interruption | None, act: Callable[[], object]) -> None:
        """Do something, and something else in the middle of it."""
        self.wire.interrupt(interruption)
        act()
        self.wire.interrupt(None)

    # -- deliveries --------------------------------------------------------------------------------------------------

    def deliver(self, order: Callable[[list[Data]], list[Data]] | None = None, how: str = "plain") -> None:
        """Deliver what is pending, as `order` arranges it, in one of three forms."""
        self.sandbox.deliver(lambda url, body, headers: self._post(body, how), order)

    def _post(self, body: bytes, how: str) -> tuple[int, str]:
        """Post an event to any of our URLs. A process that dies gives no answer."""
        body = FORMS[how](body)
        url = random.Random(body).choice(WEBHOOKS)
        with self.process() as outcome:
            answer = events.post(body, url=urlsplit(url).path)
            assert answer.status_code in (200, 500, 503), answer.content
            outcome.append(answer.status_code)
        if not outcome:
            raise OSError("no answer")
        return outcome[0], ""

    def deliver_one(self, delivery: Data) -> int:
        """Deliver one event, whether it was delivered before or not; the status of the answer."""
        tried = self.sandbox.deliveries.attempt(
            delivery["id"], lambda url, body, headers: self._post(body, "plain")
        )
        return int(tried["attempts"][-1]["status"])

    def lose(self, order: Callable[[list[Data]], list[Data]]) -> None:
        """Some of what is pending never arrives."""
        for delivery in order(self.sandbox.deliveries.pending()):
            with self.sandbox.work() as world:
                if record := world.find(delivery["id"]):
                    record["state"] = "dropped"
                    self.lossy = True

    # -- time --------------------------------------------------------------------------------------------------------

    def wait(self, seconds: int) -> None:
        """Time passes for both; what falls due at Stripe happens."""
        self.sandbox.advance(seconds)
        self._traveller.move_to(datetime.fromtimestamp(self.sandbox.now, UTC))

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """What is done inside is taken back in the database and the mailbox, not at Stripe."""
        sent = len(mail.outbox)
        block = transaction.atomic()
        block._from_testcase = True  # Stripe may be called in it, as in the one that the test itself is
        with block:
            yield
            transaction.set_rollback(True)
        del mail.outbox[sent:]

    # -- rest --------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Stripe works again, everything that was not acknowledged is delivered again, and no worker is busy."""
        self.wire.faults.clear()
        self.wire.interrupt(None)
        for _round in range(ROUNDS):
            self.deliver()
            self.wait(61)
            list(process.sweep())
            if not self.sandbox.deliveries.pending() and not self._unsettled():
                break
        else:
            raise AssertionError(f"never at rest: {list(self._unsettled().values('type', 'state', 'error'))}")
        outbox.send_waiting()

    def _unsettled(self) -> Any:
        return Event.objects.exclude(state__in=[Event.State.DONE, Event.State.IGNORED])

    def reconcile(self) -> None:
        """Everything that is still on its way is lost; Stripe works again, and is asked."""
        self.wire.faults.clear()
        self.wire.interrupt(None)
        self.sandbox.deliveries.drop()
        self.wait(180)
        run = reconcile.begin(mends=True)
        reconcile.carry_out(run)
        left = run.differences.left()
        assert not left.exists(), list(left.values("kind", "subject", "what", "error"))
        outbox.send_waiting()

    # -- what must hold ----------------------------------------------------------------------------------------------

    def check_step(self) -> None:
        """After every step, whatever is still on its way."""
        wrong = [*self.oracle.doubled(), *self.oracle.unpaid_access(self.users), *self._miscounted()]
        wrong += [f"{one} is not ours" for one in self._touched()]
        assert not wrong, "; ".join(wrong)

    def check_rest(self) -> None:
        wrong = self.oracle.differences(self.users)
        wrong += [
            f"attempt {attempt.pk} is still open"
            for attempt in Attempt.objects.open()
            if self.lossy and attempt.created.timestamp() < self.sandbox.now - 120
            if not (attempt.kind == Attempt.Kind.CHECKOUT and self.oracle.may_be_paid(attempt.result))
        ]
        assert not wrong, "; ".join(wrong)

    def _miscounted(self) -> list[str]:
        """Each event is done, with one effect, or in one other state, without any. Each mail was sent once."""
        counted = effects.by_event()
        states = dict(Event.objects.values_list("stripe_id", "state"))
        wrong = [
            f"event {event} is {state} with {counted[event]} effects"
            for event, state in states.items()
            if counted[event] != (state == Event.State.DONE)
        ]
        wrong += [
            f"event {event} had an effect and is not stored" for event in counted.keys() - states.keys()
        ]
        sent = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
        return wrong + [f"mail {one} sent twice" for one in set(sent) if sent.count(one) > 1]

    def _touched(self) -> set[str]:
        """Another application's objects that we wrote to, or have a row of."""
        written = {part for method, path in self.wire.calls if method != "GET" for part in path.split("/")}
        mirrored = MirroredObject.objects.filter(stripe_id__in=self.oracle.foreign).exclude(as_of=None)
        return (written & self.oracle.foreign) | set(mirrored.values_list("stripe_id", flat=True))


# --- The forms in which an event may come -----------------------------------------------------------------------------


def _of_another_version(body: bytes) -> bytes:
    """As an endpoint of an older API version gets it: of the object hardly anything can be read."""
    event = json.loads(body)
    kept = {"id", "object", "customer", "metadata", "deleted"}
    event["api_version"] = "2019-12-03"
    event["data"] = {"object": {key: value for key, value in event["data"]["object"].items() if key in kept}}
    return json.dumps(event).encode()


def _thin(body: bytes) -> bytes:
    """Only that something happened, and to what."""
    event = json.loads(body)
    named = event["data"]["object"]
    related = {"id": named["id"], "type": named["object"], "url": "/"} if named.get("id") else None
    thin = {
        "id": event["id"],
        "object": "v2.core.event",
        "type": f"v1.{event['type']}",
        "livemode": False,
        "created": datetime.fromtimestamp(event["created"], UTC).isoformat().replace("+00:00", "Z"),
        "related_object": related,
    }
    return json.dumps(thin).encode()


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda body: body,
    "of another version": _of_another_version,
    "thin": _thin,
}
