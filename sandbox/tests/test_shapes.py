import re
from pathlib import Path
from typing import Any

import pytest
import stripe

from sandbox.shapes import INCLUDABLE, Shapes

# A call in a service of the official client: its method and path.
CALL = re.compile(r'_request\(\s*"(get|post|delete)",\s*"(/v1/[^"]+)"')


def test_a_literal_segment_wins_over_an_id():
    operation, ids = Shapes.load().match("GET", "/v1/customers/search")
    assert operation.name == "GET /v1/customers/search"
    assert ids == {}


def test_ids_in_a_path_are_named_as_in_the_shapes():
    operation, ids = Shapes.load().match("GET", "/v1/products/prod_1/features/pf_2")
    assert operation.path == "/v1/products/{product}/features/{id}"
    assert ids == {"product": "prod_1", "id": "pf_2"}


def test_unknown_paths_and_methods_match_nothing():
    assert Shapes.load().match("GET", "/v1/nonsense") is None
    assert Shapes.load().match("DELETE", "/v1/prices/price_1") is None
    assert Shapes.load().match("GET", "/v1/customers/") is None


def test_every_operation_is_found_by_its_own_path():
    for operation in Shapes.load().operations.values():
        assert Shapes.load().match(operation.method, operation.path)[0] is operation


def test_every_includable_field_exists_in_the_shapes():
    shapes = Shapes.load()
    for kind, names in INCLUDABLE.items():
        assert names <= shapes.schemas[shapes.by_object[kind]]["properties"].keys()


def test_every_operation_of_the_official_client_is_played_or_known_to_be_missing() -> None:
    services = Path(stripe.__file__).parent.rglob("_*_service.py")
    calls = [call for file in services for call in CALL.findall(file.read_text())]
    assert len(calls) > 500
    shapes = Shapes.load()
    paths = [(method.upper(), re.sub(r"\{\w+\}", "x", path)) for method, path in calls]
    assert [call for call in paths if not (shapes.match(*call) or shapes.is_beyond(*call))] == []


def test_what_stripe_has_beyond_the_shapes_is_said_not_to_be_played(v1: Any) -> None:
    with pytest.raises(stripe.APIError, match="The sandbox does not do this: POST /v1/quotes") as refused:
        v1.quotes.create({"customer": "cus_x"})
    assert refused.value.http_status == 501
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        v1.quotes._request("get", "/v1/quotations", base_address="api", params={}, options={})
