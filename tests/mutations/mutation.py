"""One thing that a guarantee stands on, and how it is tried out: in a copy without it, its tests must fail."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("accounts", "billing", "cart", "config", "filings", "portal", "tests")
LEFT_OUT = (".*", "node_modules", "var", "tmp", "docs", "benchmarks")
# The plugins of pytest that the product's tests need; to load the others takes longer than to run a test.
PLUGINS = ("pytest_django.plugin", "pytest_timeout", "no:sandbox.tests.conformance.plugin")
TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)
Edit = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Mutation:
    """`without` is what is taken out by the `edits`: a file, what stands there exactly once, what stands there instead.

    `faults`: those whose cure it is (`F1 F3`), none for what the design stands on without a number. `tests` are names,
    with `[parameters]` or without: each must fail. With `postgresql` they need two connections to see it.
    """

    without: str
    faults: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]
    postgresql: bool = False


@cache
def files_of_tests() -> dict[str, list[str]]:
    """Where there is a test of that name."""
    found: dict[str, list[str]] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("test_*.py")):
            for name in TEST.findall(path.read_text()):
                found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    return found


def node_id(test: str) -> str:
    """`billing/tests/test_order.py::test_...`. Raises `LookupError` unless there is exactly one."""
    if "::" in test:
        return test
    files = files_of_tests().get(test.partition("[")[0], [])
    if len(files) != 1:
        raise LookupError(f"{len(files)} tests are called {test}")
    return f"{files[0]}::{test}"


def overlooked(mutation: Mutation, database_url: str = "") -> set[str]:
    """The tests that pass all the same. On SQLite; those of PostgreSQL in a database that they make below that URL."""
    tests = {node_id(test) for test in mutation.tests}
    return tests - failures(tests, mutation.edits, database_url if mutation.postgresql else "")


def failures(tests: Iterable[str], edits: Iterable[Edit] = (), database_url: str = "") -> set[str]:
    """Which of these node ids fail in a copy of the product with these edits. Raises if they cannot be run there."""
    tests = set(tests)
    with tempfile.TemporaryDirectory(prefix="mutation-") as directory:
        copy = Path(directory) / "turnpike"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        for edit in edits:
            _edit(copy, *edit)
        done = _run_pytest(copy, tests, database_url and f"{database_url}_{os.path.basename(directory)}")
    failed = set(_failed(done.stdout))
    if done.returncode not in (0, 1) or (done.returncode == 1 and not failed):
        raise RuntimeError(done.stdout[-4000:] + done.stderr[-4000:])
    return {test for test in tests if {test, *_cases(test, failed)} & failed}


def _edit(copy: Path, file: str, before: str, after: str) -> None:
    text = (copy / file).read_text()
    if text.count(before) != 1:
        raise LookupError(f"{file} does not hold exactly once: {before}")
    (copy / file).write_text(text.replace(before, after))


def _run_pytest(copy: Path, tests: Iterable[str], database_url: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
        "DJANGO_SETTINGS_MODULE": "config.tests.settings",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        **({"DATABASE_URL": database_url} if database_url else {}),
    }
    plugins = [word for plugin in PLUGINS for word in ("-p", plugin)]
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "--assert=plain", *plugins, *sorted(tests)]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)


def _failed(report: str) -> Iterator[str]:
    """From pytest's summary. A fixture that cannot be made is an error and proves nothing."""
    for line in report.splitlines():
        if line.startswith("FAILED "):
            yield line.removeprefix("FAILED ").partition(" - ")[0]


def _cases(test: str, failed: Iterable[str]) -> set[str]:
    return {one for one in failed if one.partition("[")[0] == test}
