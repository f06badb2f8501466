"""Every fault that docs/faults.md names has a test that says so, and no test speaks of one that it does not name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("accounts", "billing", "cart", "config", "filings", "portal", "tests")
NUMBER = re.compile(r"\bF\d+\b")


def named_in_tests() -> Iterator[str]:
    """The numbers in the docstrings of tests, and of the modules that hold them."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("test_*.py"):
            tree = ast.parse(path.read_text())
            tests = [node for node in tree.body if isinstance(node, ast.FunctionDef) and "test_" in node.name]
            for node in (tree, *tests):
                yield from NUMBER.findall(ast.get_docstring(node) or "")


def test_every_fault_has_a_test_and_every_number_a_meaning() -> None:
    listed = NUMBER.findall((ROOT / "docs" / "faults.md").read_text().partition("## Events")[2])
    assert len(listed) == len(set(listed))
    assert set(named_in_tests()) == set(listed)
