"""Settings of the portal that cannot work are told at start."""

from typing import Any

import pytest

from portal import checks, countries


def test_what_is_written_as_it_should_be_is_fine(settings: Any) -> None:
    settings.PORTAL_COUNTRIES = {"us": "table", "ca": "stripe"}
    assert not checks.countries(None)


@pytest.mark.parametrize("wrong", [{"us": "nobody"}, {"USA": "table"}, {"US": "table"}, {"u1": "stripe"}])
def test_what_is_not_is_an_error_and_nothing_is_sold_there(settings: Any, wrong: dict[str, str]) -> None:
    settings.PORTAL_COUNTRIES = wrong
    (problem,) = checks.countries(None)
    assert problem.id == "portal.E001"
    if wrong == {"us": "nobody"}:
        assert countries.find("us") is None
