"""Events a second: Turnpike, and what it is compared with, in turn in the same run."""

import json
import statistics
from dataclasses import dataclass, field
from itertools import chain

from benchmarks import events, load, place, processes
from benchmarks.place import OURS, Place

ROUNDS = 5


@dataclass
class Contestant:
    """Who is measured: where it listens, how many events it is sent in a round, and how slow Stripe's API is then."""

    name: str
    server: str
    path: str
    count: int
    latency: float = 0.0
    rates: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    statements: str = ""

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def contestants(there: Place) -> dict[str, Contestant]:
    listed = [
        Contestant("nothing", "peers", "/nothing/", 2400),
        Contestant("HMAC and one INSERT", "peers", "/store/", 1600),
        Contestant("apply", "peers", "/apply/", 1600),
        Contestant("dj-stripe", "peers", there.djstripe, 240),
        Contestant("dj-stripe, API 100 ms", "peers", there.djstripe, 48, 0.1),
        Contestant("Turnpike, stored for a worker", "stored", OURS, 1200),
        Contestant("Turnpike, done when answered", "inline", OURS, 1200),
        Contestant("Turnpike, API 100 ms", "inline", OURS, 1200, 0.1),
    ]
    return {one.name: one for one in listed}


def measure(there: Place, who: Contestant, share: float = 1.0) -> float:
    """Events a second in one round. What is refused ends the benchmark."""
    there.set_latency(who.latency)
    bodies = there.bodies(max(int(who.count * share), place.CLIENTS))
    requests = [list(events.requests(who.path, mine)) for mine in bodies]
    before = there.calls()
    result = load.send(there.ports[who.server], requests)
    if result.refused:
        raise SystemExit(f"{who.name} refused {len(result.refused)} events: {result.refused[0]}")
    who.calls.append((there.calls() - before) / len(result.latencies))
    return result.rate


def count_statements(there: Place, who: Contestant) -> str:
    """The least and the most that an event took, over one round of all kinds."""
    least, most = _in_process(there, who, "benchmarks.statements", place.CLIENTS * 10).split()
    return least if least == most else f"{least}-{most}"


def costs(there: Place, who: Contestant) -> dict[str, float]:
    """Microseconds of CPU for an event, by who spends them."""
    return dict(json.loads(_in_process(there, who, "benchmarks.costs", 2000)))


def _in_process(there: Place, who: Contestant, module: str, count: int) -> str:
    """What a module prints that is given so many events to send itself, under the contestant's settings."""
    environment = there.peers if who.server == "peers" else there.environment
    if who.server == "stored":
        environment = environment | {"CELERY_BROKER_URL": place.REDIS}
    lines = b"\n".join(chain.from_iterable(there.bodies(count))).decode()
    return processes.run(["-m", module, who.path], environment, lines)


def run(there: Place, rounds: int = ROUNDS) -> dict[str, Contestant]:
    """Each in turn in every round, after one round that warms up."""
    field_ = contestants(there)
    warm = place.CLIENTS * place.ORGANIZATIONS * len(events.TYPES)
    for who in field_.values():
        measure(there, who, warm / who.count if who.latency == 0 else 0)
        who.calls.clear()
    for _round in range(rounds):
        for who in field_.values():
            who.rates.append(measure(there, who))
    there.set_latency(0)
    for who in field_.values():
        who.statements = count_statements(there, who)
    return field_


def ratio(one: Contestant, other: Contestant) -> float:
    """How often as fast: the median of each round's ratio, so that a slow moment is both's."""
    return statistics.median(a / b for a, b in zip(one.rates, other.rates, strict=True))
