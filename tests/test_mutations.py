"""What the guarantees stand on cannot be taken out unnoticed: the tests of what it cures fail, for every fault."""

import ast
import os
import re

import pytest

from tests.mutations import MUTATIONS
from tests.mutations.mutation import ROOT, Mutation, failures, node_id, overlooked

NUMBER = re.compile(r"\bF\d+\b")
DATABASE_URL = os.environ.get("DATABASE_URL", "")

# Without these nothing else holds: CI takes them out each time, the others are for `make test-mutations`.
PILLARS = (
    "the sequence guard",
    "the unique event id",
    "the namespace filter",
    "the stored key of a purchase",
    "the stored key of an order",
)

each = pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=list(MUTATIONS))


def named_by(test: str) -> set[str]:
    """The faults in the docstring of a test, and of the module that holds it."""
    path, _, name = node_id(test).partition("[")[0].partition("::")
    tree = ast.parse((ROOT / path).read_text())
    (function,) = (one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name)
    return {number for node in (tree, function) for number in NUMBER.findall(ast.get_docstring(node) or "")}


@each
def test_what_is_taken_out_is_there(mutation: Mutation) -> None:
    gone = [
        f"{file}: {before}"
        for file, before, _after in mutation.edits
        if (ROOT / file).read_text().count(before) != 1
    ]
    assert not gone, "it does not stand there exactly once by now; change tests/mutations/"


@each
def test_each_of_its_faults_is_named_by_a_test_that_must_fail(mutation: Mutation) -> None:
    assert set(mutation.faults.split()) <= set().union(*map(named_by, mutation.tests))


def test_every_fault_has_a_cure_that_is_taken_out() -> None:
    listed = set(NUMBER.findall((ROOT / "docs" / "faults.md").read_text().partition("## Events")[2]))
    cured = {fault for mutation in MUTATIONS.values() for fault in mutation.faults.split()}
    assert cured == listed


def named(*, postgresql: bool) -> list[str]:
    return sorted(
        {node_id(test) for one in MUTATIONS.values() if one.postgresql == postgresql for test in one.tests}
    )


@pytest.mark.slow
@pytest.mark.mutations
@pytest.mark.timeout(900)
def test_with_everything_in_place_these_tests_pass() -> None:
    assert failures(named(postgresql=False)) == set()


@pytest.mark.slow
@pytest.mark.mutations
@pytest.mark.postgresql
@pytest.mark.timeout(900)
def test_with_everything_in_place_those_of_postgresql_pass() -> None:
    assert failures(named(postgresql=True), database_url=DATABASE_URL) == set()


def marks(mutation: Mutation) -> list[pytest.MarkDecorator]:
    by_hand = [] if mutation.without in PILLARS else [pytest.mark.mutations]
    return [*by_hand, *([pytest.mark.postgresql] if mutation.postgresql else [])]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "mutation",
    [pytest.param(one, marks=marks(one)) for one in MUTATIONS.values()],
    ids=[f"without {name}" for name in MUTATIONS],
)
def test_its_tests_fail(mutation: Mutation) -> None:
    assert overlooked(mutation, DATABASE_URL) == set()
