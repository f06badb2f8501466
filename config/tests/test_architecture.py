"""Which room may import which: the contracts stand in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_imports_run_only_in_the_directions_of_the_design() -> None:
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stdout


def test_only_the_gateway_imports_stripe() -> None:
    ours = [
        file
        for room in ("accounts", "billing", "cart", "config", "filings", "portal")
        for file in (ROOT / room).rglob("*.py")
        if "tests" not in file.parts and ROOT / "billing" / "gateway" not in file.parents
    ]
    assert ours
    importers = [
        str(file.relative_to(ROOT))
        for file in ours
        if any(
            line.lstrip().startswith(("import stripe", "from stripe"))
            for line in file.read_text().splitlines()
        )
    ]
    assert importers == []


def test_nothing_of_ours_imports_the_local_stripe_but_tests() -> None:
    importers = [
        str(file.relative_to(ROOT))
        for room in ("accounts", "billing", "cart", "config", "filings", "portal")
        for file in (ROOT / room).rglob("*.py")
        if "tests" not in file.parts
        and any(
            line.lstrip().startswith(("import sandbox", "from sandbox"))
            for line in file.read_text().splitlines()
        )
    ]
    assert importers == []
