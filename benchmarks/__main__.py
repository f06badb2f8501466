"""`python -m benchmarks`: every table, or those that are named; all figures are of this run, ratios side by side."""

import argparse
import json
import sys

from benchmarks import burst, place, processes, sandbox, webhooks
from benchmarks.gate import race
from benchmarks.place import Place
from benchmarks.webhooks import Contestant

TABLES = ("events", "burst", "costs", "gate", "cart", "sandbox")
# Of what Turnpike wants to be how much; by issue, the least.
TARGETS = (
    ("Turnpike, done when answered", "apply", 0.8),
    ("Turnpike, done when answered", "dj-stripe", 6.0),
    ("Turnpike, API 100 ms", "dj-stripe, API 100 ms", 60.0),
    ("Turnpike, API 100 ms", "Turnpike, done when answered", 0.9),
    ("Turnpike, stored for a worker", "HMAC and one INSERT", 0.9),
)
# Whose costs are taken apart, or compared with those.
COSTS = ("HMAC and one INSERT", "apply", "Turnpike, stored for a worker", "Turnpike, done when answered")


def main(arguments: list[str]) -> int:
    """1 if the local Stripe is too slow. That events were lost, or refused, ends it at once."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Speed, as ratios measured side by side.")
    parser.add_argument(
        "tables", nargs="*", metavar="TABLE", help=f"{', '.join(TABLES)}; all if none is named"
    )
    parser.add_argument("--rounds", type=int, default=webhooks.ROUNDS, help="of the table of events")
    options = parser.parse_args(arguments)
    if unknown := set(options.tables) - set(TABLES):
        parser.error(f"there is no table {', '.join(sorted(unknown))}")
    wanted = options.tables or TABLES
    if "events" in wanted or "burst" in wanted:
        with place.served() as there:
            if "events" in wanted:
                show_events(webhooks.run(there, options.rounds))
            if "burst" in wanted:
                show_burst(there)
    if "costs" in wanted:
        with place.prepared() as there:
            show_costs(there)
    if "gate" in wanted:
        show_gate(race.ROUNDS)
    if "cart" in wanted:
        with place.prepared() as there:
            show_cart(there)
    return sandbox.main() if "sandbox" in wanted else 0


def show_events(measured: dict[str, Contestant]) -> None:
    print(
        "Events a second: median of the rounds (least and most), statements and calls to Stripe's API for an event"
    )
    for who in measured.values():
        print(
            f"  {who.name:30} {who.rate:7.0f}  ({min(who.rates):.0f} to {max(who.rates):.0f})".ljust(62)
            + f"{who.statements:>6} statements {max(who.calls):5.1f} calls"
        )
    print("Ratios: median of the rounds' own, and what is aimed at")
    for ours, theirs, least in TARGETS:
        ratio = webhooks.ratio(measured[ours], measured[theirs])
        print(
            f"  {ours:30} / {theirs:30} {ratio:6.2f}   at least {least:g}{'' if ratio >= least else '  MISSED'}"
        )
    print()


def show_burst(there: Place) -> None:
    print(
        f"{burst.EVENTS} events, {burst.PACE:.0f} a second, none lost: seconds until the answer, and until all are done"
    )
    for name, result, waited in burst.run(there):
        print(
            f"  {name:30} median {result.quantile(0.5):.3f}  p99 {result.quantile(0.99):.3f} (less than 1)"
            f"  longest {result.quantile(1):.3f}  done after {waited:.1f}"
        )
    print()


def show_costs(there: Place) -> None:
    print(
        "CPU of an event in process, without a server: microseconds of Python, of PostgreSQL, and Turnpike's parts"
    )
    for who in webhooks.contestants(there).values():
        if who.name in COSTS:
            measured = webhooks.costs(there, who)
            python, database = measured.pop("Python"), measured.pop("PostgreSQL")
            print(f"  {who.name:30} {python:6.0f} {database:6.0f}")
            for part, microseconds in sorted(measured.items(), key=lambda one: -one[1]):
                print(f"    {part:34} {microseconds:6.0f}")
    print()


def show_gate(rounds: int) -> None:
    with race.contestants() as field:
        race.run(field, rounds)
    print(
        "Requests a second to an endpoint, and microseconds of the processor for one in the server's processes"
    )
    for name, one in field.items():
        print(f"  {name:30} {one.rate:7.0f} {one.processor:7.0f}")
    print(
        "Ratios: of requests a second (median of the rounds' own), of the processor's time, and what is aimed at"
    )
    for pair in race.comparisons(field):
        ours, theirs = field[pair.ours], field[pair.theirs]
        ratio, processor = race.ratio(ours, theirs), theirs.processor / ours.processor
        print(
            f"  {pair.ours:30} / {pair.theirs:20} {ratio:6.2f} {processor:6.2f}{_verdict(ratio, pair.least)}"
        )
    print()


def _verdict(ratio: float, least: float | None) -> str:
    return f"   at least {least:.2f}{'' if ratio >= least else '  MISSED'}" if least else ""


def show_cart(there: Place) -> None:
    measured = json.loads(processes.run(["-m", "benchmarks.cart"], there.environment))
    print(
        "The cart beside a view that only loads the session and as many items: requests a second, statements"
    )
    for case, (ours, theirs) in measured.items():
        ratio = theirs[0] / ours[0]
        print(
            f"  {case:16} {1e6 / ours[0]:7.0f} {1e6 / theirs[0]:7.0f}   {ratio:5.2f}   at least 0.8"
            f"{'' if ratio >= 0.8 else '  MISSED'}   {ours[1]} and {theirs[1]} statements"
        )
    print()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
