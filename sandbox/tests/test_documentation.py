"""docs/sandbox.md says what is so: its examples run, its tables and its list of what is missing are complete."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import furniture, objects, routing
from sandbox.__main__ import _parse
from sandbox.faults import KINDS
from sandbox.shapes import Shapes

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "sandbox.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S)
CALL = re.compile(r"^\| `(GET|POST|DELETE) /_sandbox/([^`]*)` \|", re.M)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: re.findall(r"def (test_\w+)", example)[0])
def test_an_example_runs_in_a_project_of_its_own(tmp_path: Path, example: str) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["sandbox.fixtures"]\n')
    (tmp_path / "test_example.py").write_text(example)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_takes_its_options() -> None:
    (command,) = re.findall(r"^\$ python -m sandbox (.*)$", TEXT, re.M)
    options = _parse(command.split())
    assert (options.port, options.webhook_secret) == (12111, "whsec_mine")


def test_every_builder_is_in_the_table() -> None:
    builders = {name for name in vars(furniture.Furniture) if not name.startswith("_")}
    table = TEXT[TEXT.index("### Builders") : TEXT.index("### Time")]
    assert set(re.findall(r"`(\w+)\(", table)) == builders - {"sandbox", "client"}


def test_every_fault_is_in_the_table() -> None:
    table = TEXT[TEXT.index("### Faults") : TEXT.index("### Many tests")]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.M)) == KINDS


def test_every_control_is_in_the_table() -> None:
    objects.load()
    registered = {
        (method, re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", pattern.pattern).removeprefix("/_sandbox/"))
        for method, pattern, _ in routing.PAGES
        if pattern.pattern.startswith("/_sandbox/")
    }
    assert set(CALL.findall(TEXT)) == registered


def test_what_is_missing_is_listed() -> None:
    objects.load()
    missing = [name for name in sorted(Shapes.load().operations) if name not in routing.HANDLERS]
    listed = TEXT[TEXT.index("<!-- operations -->") : TEXT.index("<!-- /operations -->")]
    assert re.findall(r"^- `([^`]+)`", listed, re.M) == missing
