from sandbox.shapes import INCLUDABLE, Shapes


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
