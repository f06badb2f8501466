"""The benchmark of gates runs, with whatever columns there are by now."""

import pytest

from benchmarks.gate import race


@pytest.mark.slow
@pytest.mark.postgresql
def test_everybody_gets_through_the_gates_that_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "CALLERS", 5)
    monkeypatch.setattr(race, "REQUESTS", 8)
    with race.turnpike(20) as (server, headers):
        field = race.ours(server, headers)
        race.run(field, rounds=1)

    assert len(field) == 8
    assert all(one.rate > 0 for one in field.values())
