"""What the guarantees stand on cannot be taken out without a test that fails."""

import pytest

from tests.mutations import FAILED, MUTATIONS, PASSED, ROOT, run

each = pytest.mark.parametrize("name", MUTATIONS)


@each
def test_what_is_taken_out_is_there(name: str) -> None:
    assert {(ROOT / file).read_text().count(before) for file, before, _after in MUTATIONS[name].edits} == {1}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_with_everything_in_place_these_tests_pass() -> None:
    tests = {test for mutation in MUTATIONS.values() for test in mutation.tests}
    assert run(sorted(tests)) == PASSED


@each
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_some_test_fails_without_the(name: str) -> None:
    assert run(MUTATIONS[name].tests, MUTATIONS[name].edits) == FAILED
