"""Requests a second through each gate, in turn in the same run."""

import json
import os
import random
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from benchmarks import databases, load, processes
from benchmarks.gate.peers import environment

ROUNDS = 15
REQUESTS = 400  # of each contestant in a round
CLIENTS = 4
CALLERS = 200
FEW, MANY = 1_000, 1_000_000
LEAST = {"gated": 0.9, "metered": 0.8}  # of what the stock authentication does without a gate
GATES = [(gate, way) for gate in LEAST for way in ("session", "key", "token")]
Headers = dict[str, str]


@dataclass
class Server:
    port: int
    session: int


@dataclass
class Contestant:
    """Who is measured: where it listens, and who calls. `seconds` are the processor's, of the server's processes."""

    server: Server
    path: str
    callers: list[Headers]
    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def processor(self) -> float:
        """Microseconds of the processor for a request."""
        return sum(self.seconds) / len(self.seconds) / REQUESTS * 1e6

    def run(self, number: int) -> None:
        """One round. What is refused ends the benchmark."""
        dealt = random.Random(number).choices(self.callers, k=REQUESTS)
        requests = [[request(self.path, one) for one in dealt[client::CLIENTS]] for client in range(CLIENTS)]
        before = processes.processor_seconds(self.server.session)
        result = load.send(self.server.port, requests)
        if result.refused:
            raise SystemExit(f"{self.path} refused {len(result.refused)} requests: {result.refused[0]}")
        self.rates.append(result.rate)
        self.seconds.append(processes.processor_seconds(self.server.session) - before)


@dataclass(frozen=True)
class Comparison:
    """Of two contestants; `least`: what the first is to be of the second."""

    ours: str
    theirs: str
    least: float | None = None


def request(path: str, headers: Headers) -> bytes:
    lines = [
        f"GET {path} HTTP/1.0",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


@contextmanager
def turnpike(organizations: int) -> Iterator[tuple[Server, dict[str, list[Headers]]]]:
    """With so many organizations, and what some of them call with."""
    with databases.made(f"gate_{organizations}") as url:
        settings = _environment(url) | {
            "DJANGO_SETTINGS_MODULE": "benchmarks.gate.settings",
            "PAYING_APPS": "",
        }
        processes.run(["manage.py", "migrate", "--verbosity", "0"], settings)
        headers = json.loads(
            processes.run(["-m", "benchmarks.gate.people", str(organizations), str(CALLERS)], settings)
        )
        with processes.server("benchmarks.gate.wsgi", settings) as (port, session):
            yield Server(port, session), headers


@contextmanager
def peers() -> Iterator[tuple[Server, list[Headers]] | None]:
    """None where their packages are not to be had."""
    python = environment.made()
    if python is None:
        yield None
        return
    with databases.made("gate_peers") as url:
        settings = _environment(url)
        printed = processes.run(
            ["-m", "benchmarks.gate.peers.people", str(FEW), str(CALLERS)], settings, python=python
        )
        with processes.server("benchmarks.gate.peers.wsgi", settings, python=python) as (port, session):
            yield Server(port, session), json.loads(printed)


@contextmanager
def contestants(organizations: int = MANY) -> Iterator[dict[str, Contestant]]:
    """All, by name. `organizations`: how many are called many."""
    with ExitStack() as stack:
        few, headers = stack.enter_context(turnpike(FEW))
        many, others = stack.enter_context(turnpike(organizations))
        found = ours(few, headers)
        for gate, way in GATES:
            found[f"{gate}, {way}, many"] = Contestant(many, f"/{gate}/", others[way])
        if there := stack.enter_context(peers()):
            for path in (
                "token",
                "dj-stripe/any",
                "dj-stripe/product",
                "drf-stripe/feature",
                "drf-stripe/product",
            ):
                found[f"peers: {path}"] = Contestant(there[0], f"/{path}/", there[1])
        yield found


def ours(server: Server, headers: dict[str, list[Headers]]) -> dict[str, Contestant]:
    """Each gate by each way to call, and the same without a gate under the stock authentication."""
    found = {
        f"stock {way}": Contestant(server, f"/{way}/", headers[f"stock {way}"])
        for way in ("session", "token")
    }
    for gate, way in GATES:
        found[f"{gate}, {way}"] = Contestant(server, f"/{gate}/", headers[way])
    return found


def comparisons(names: dict[str, Contestant]) -> list[Comparison]:
    """What is compared with what."""
    found = []
    for gate, way in GATES:
        stock = "stock session" if way == "session" else "stock token"
        found.append(Comparison(f"{gate}, {way}", stock, LEAST[gate]))
    found += [Comparison(f"{gate}, {way}, many", f"{gate}, {way}", 1 / 1.1) for gate, way in GATES]
    found += [Comparison(name, "peers: token") for name in names if "-stripe/" in name]
    return found


def run(field: dict[str, Contestant], rounds: int = ROUNDS) -> None:
    """In a new order every round, after one that does not count."""
    for number in range(rounds + 1):
        for contestant in random.Random(number).sample(list(field.values()), len(field)):
            contestant.run(number)
    for contestant in field.values():
        del contestant.rates[0], contestant.seconds[0]


def ratio(one: Contestant, other: Contestant) -> float:
    """How often as fast: the median of each round's ratio, so that a slow moment is both's."""
    return statistics.median(a / b for a, b in zip(one.rates, other.rates, strict=True))


def _environment(database: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "READ_DOT_ENV": "false",
        "SECRET_KEY": "the-benchmarks-sign-with-this-and-nothing-else-does",
        "DATABASE_URL": database,
    }
