"""Where the benchmarks take place: databases, an API, Turnpike and its peers behind gunicorn, and customers."""

import json
import os
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import redis

from benchmarks import databases, events, processes
from benchmarks.events import Source

CLIENTS = 8
ORGANIZATIONS = 5  # of each client
REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0").rpartition("/")[0] + "/13"
QUEUE = "celery"  # as Celery calls it
OURS = "/api/stripe-webhooks/"


@dataclass
class Place:
    """`ports` of the servers and `paths` of dj-stripe; a `source` of events for each client."""

    database: str
    api: str
    environment: dict[str, str]
    peers: dict[str, str]
    djstripe: str
    sources: list[Source]
    ports: dict[str, int] = field(default_factory=dict)

    def set_latency(self, seconds: float) -> None:
        _control(self.api, f"?latency={seconds}")

    def calls(self) -> int:
        """How often the API was asked so far."""
        return int(_control(self.api)["calls"])

    def bodies(self, count: int) -> list[list[bytes]]:
        """So many new events, dealt to the clients."""
        return [source.take(count // len(self.sources)) for source in self.sources]


@contextmanager
def prepared() -> Iterator[Place]:
    """Everything but the servers."""
    with ExitStack() as stack:
        ours = stack.enter_context(databases.made("benchmark_ours"))
        theirs = stack.enter_context(databases.made("benchmark_peers"))
        stack.enter_context(_empty_queue())
        port = processes.free_port()
        stack.enter_context(processes.running(["-m", "benchmarks.stripe_api", str(port)], dict(os.environ)))
        processes.wait_for(port)
        api = f"http://127.0.0.1:{port}"
        environment = _environment(ours, api)
        developing = environment | {"DEBUG": "true"}  # a local Stripe is refused in production
        processes.run(["manage.py", "prepare_database", "--verbosity", "0"], developing)
        processes.run(["manage.py", "seed_filings", "--verbosity", "0"], developing)
        objects = processes.run(["-m", "benchmarks.ours", str(CLIENTS), str(ORGANIZATIONS)], environment)
        peers = environment | {"DJANGO_SETTINGS_MODULE": "benchmarks.peers.settings", "DATABASE_URL": theirs}
        path = processes.run(["-m", "benchmarks.peers.prepare"], peers).strip()
        time.sleep(events.STEP / 5)
        yield Place(ours, api, environment, peers, path, [Source(mine) for mine in json.loads(objects)])


@contextmanager
def served() -> Iterator[Place]:
    """With Turnpike, processing in the request (`inline`) and storing for a worker (`stored`), and the peers."""
    with prepared() as place, ExitStack() as stack:
        worker = place.environment | {"CELERY_BROKER_URL": REDIS}
        for name, application, environment in (
            ("inline", "config.wsgi", place.environment),
            ("stored", "config.wsgi", worker),
            ("peers", "benchmarks.peers.wsgi", place.peers),
        ):
            place.ports[name] = stack.enter_context(processes.serving(application, environment))
        yield place


@contextmanager
def _empty_queue() -> Iterator[None]:
    """What is queued names rows of a database of ours, so it ends with that database."""
    broker = redis.Redis.from_url(REDIS)
    try:
        broker.delete(QUEUE)
    except redis.ConnectionError as error:
        raise SystemExit(f"Redis is needed: REDIS_URL=redis://host:6379/0 make bench\n{error}") from None
    try:
        yield
    finally:
        broker.delete(QUEUE)
        broker.close()


def _environment(database: str, api: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "READ_DOT_ENV": "false",
        "SECRET_KEY": "the-benchmarks-sign-with-this-and-nothing-else-does",
        "DATABASE_URL": database,
        "STRIPE_SANDBOX_URL": api,
        "STRIPE_SECRET_KEY": "sk_test_" + "0" * 32,
        "STRIPE_PUBLISHABLE_KEY": "pk_test_" + "0" * 32,
        "STRIPE_WEBHOOK_SECRET": events.SECRET,
    }


def _control(api: str, query: str = "") -> dict[str, int]:
    with urllib.request.urlopen(f"{api}/benchmark{query}", timeout=10) as answer:  # noqa: S310  (our own address)
        return dict(json.load(answer))
