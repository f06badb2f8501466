"""The API tried with what its own description allows, and with what it does not: nothing breaks, and nothing answers
outside the description."""

from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from config.schema import SHOP
from config.tests import stage as stages
from config.tests.stage import BY, Stage, example_of

CASES = 15
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="session")
def api(described: dict[str, Any]) -> Any:
    """The description, over the application itself."""
    loaded = schemathesis.openapi.from_dict(described)
    loaded.app = WSGIHandler()
    return loaded


def operations(api: Any) -> list[Any]:
    return [found.ok() for found in api.get_all_operations()]


def name_of(operation: Any) -> str:
    return str(operation.definition.raw["operationId"])


def parameters_of(operation: Any, stage: Stage) -> dict[str, Any]:
    return {name: value for name, value in stage.parameters.items() if f"{{{name}}}" in operation.path}


@pytest.mark.slow
def test_every_operation_succeeds_as_its_example_says(api: Any, stage: Stage) -> None:
    failed = {}
    for operation in operations(api):
        name = name_of(operation)
        body = stage.bodies.get(name, example_of(operation.definition.raw))
        case = operation.Case(
            path_parameters=parameters_of(operation, stage), **({} if body is None else {"body": body})
        )
        with stage.untouched():
            answer = case.call(**stage.browser(BY.get(name, "alice")))
            case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 300:
            failed[name] = answer.content.decode()
    assert failed == {}


# What a body may say that means something here, beyond what fits by its form.
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "items": st.dictionaries(
        st.sampled_from(["t4", "a10g", "cpu-1x4", "nothing"]), st.integers(0, 120), max_size=3
    ),
    "payment_method_id": st.sampled_from(
        ["pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired"]
    ),
    "proration_date": st.sampled_from(["2027-01-30T12:00:00Z", "2027-01-30T11:00:01+00:00"]),
    "email": st.sampled_from(["dora@acme.example", "bob@acme.example"]),
}
KNOWN_OF_CARTS = {
    "items": st.dictionaries(
        st.sampled_from(["atlas", "mug", "cards", "nothing"]),
        st.fixed_dictionaries({"qty": st.integers(0, 120)}),
        max_size=3,
    ),
    "currency": st.sampled_from(["usd", "eur", "jpy"]),
}


@st.composite
def cases(draw: st.DrawFn, operation: Any, stage: Stage, mode: GenerationMode) -> Any:
    """About what is there, and about what is not; what fits by its form may also mean something."""
    there = parameters_of(operation, stage)
    given_ = {"path_parameters": there} if there and draw(st.booleans()) else {}
    case = draw(operation.as_strategy(mode, **given_))
    if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
        known = KNOWN_OF_CARTS if operation.path in SHOP else KNOWN
        meant = {name: draw(known[name]) for name in sorted(case.body.keys() & known) if draw(st.booleans())}
        case.body = {**case.body, **meant}
    return case


def try_out(operation: Any, stage: Stage, mode: GenerationMode) -> None:
    """Many calls of an operation, each as if it were the first: by who can, by others, by guests."""
    wanted = [*CHECKS, checks.negative_data_rejection] if mode is GenerationMode.NEGATIVE else CHECKS
    able = BY.get(name_of(operation), "alice")

    @settings(
        max_examples=CASES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(operation, stage, mode), caller=st.sampled_from([able] * 6 + ["bob", ""]))
    def ask(case: Any, caller: str) -> None:
        with stage.untouched():
            answer = case.call(**stage.browser(caller))
            case.validate_response(answer, checks=wanted)

    ask()


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fit", "unfit"])
def test_nothing_breaks_and_nothing_answers_outside_the_description(
    api: Any, stage: Stage, mode: GenerationMode
) -> None:
    failed = {}
    for operation in operations(api):
        try:
            try_out(operation, stage, mode)
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # nothing that one sends to it could be wrong
        except FailureGroup as error:
            failed[name_of(operation)] = str(error)
    assert not failed, "\n".join(failed.values())


BROKEN = [
    b"{",
    b"1",
    b"null",
    b"[]",
    b'{"a": NaN}',
    b'{"plan": "a", "plan": "b"}',
    b"\xff\xfe",
    b"[" * 100_000,
]


@pytest.mark.slow
def test_what_is_no_json_object_is_told_so_everywhere(described: dict[str, Any], stage: Stage) -> None:
    for method, path, operation in stages.operations(described):
        if "requestBody" not in operation:
            continue
        client = Client()
        if caller := BY.get(operation["operationId"], "alice"):
            client.force_login(stage.people[caller])
        call, address = getattr(client, method), path.format(**stage.parameters)
        codes = {
            call(address, body, content_type="application/json").json()["error"]["code"] for body in BROKEN
        }
        assert codes == {"parse_error"}, operation["operationId"]
        assert call(address, b"plan=premium", content_type="text/plain").status_code == 415
