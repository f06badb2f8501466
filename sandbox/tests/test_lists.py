import pytest
import stripe


@pytest.fixture
def customers(stage):
    """Five, oldest first, a minute apart."""
    made = []
    for number in range(5):
        made.append(stage.customer(f"c{number}@example.com"))
        stage.advance(seconds=60)
    return made


def emails(answer):
    return [customer.email for customer in answer.data]


def test_a_list_is_newest_first_and_says_whether_there_is_more(v1, customers):
    page = v1.customers.list({"limit": 2})
    assert emails(page) == ["c4@example.com", "c3@example.com"]
    assert page.has_more is True
    assert page.url == "/v1/customers"


def test_paging_forward_and_back_meets_every_object_once(v1, customers):
    forward = [c.id for c in v1.customers.list({"limit": 2}).auto_paging_iter()]
    assert forward == [c.id for c in reversed(customers)]
    back = v1.customers.list({"limit": 2, "ending_before": customers[0].id})
    assert emails(back) == ["c2@example.com", "c1@example.com"]
    assert back.has_more is True
    first = v1.customers.list({"limit": 2, "ending_before": customers[3].id})
    assert emails(first) == ["c4@example.com"]
    assert first.has_more is False


def test_a_cursor_that_does_not_exist_is_refused(v1, customers):
    with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_none'") as refusal:
        v1.customers.list({"starting_after": "cus_none"})
    assert refusal.value.param == "starting_after"


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_limit_outside_1_to_100_is_refused(v1, limit):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        v1.customers.list({"limit": limit})
    assert refusal.value.param == "limit"


def test_created_filters_by_bounds_and_by_equality(v1, customers):
    middle = customers[2].created
    assert emails(v1.customers.list({"created": {"gte": middle, "lt": customers[4].created}})) == [
        "c3@example.com",
        "c2@example.com",
    ]
    assert emails(v1.customers.list({"created": {"gt": middle}})) == ["c4@example.com", "c3@example.com"]
    assert emails(v1.customers.list({"created": middle})) == ["c2@example.com"]


def test_a_field_filters_by_equality(v1, customers):
    assert emails(v1.customers.list({"email": "c1@example.com"})) == ["c1@example.com"]


def test_hashes_and_plurals_filter_too(stage, v1):
    month = stage.price(lookup_key="m")
    year = stage.price(interval="year", lookup_key="y")
    stage.price(lookup_key="other")
    assert [p.id for p in v1.prices.list({"recurring": {"interval": "year"}}).data] == [year.id]
    assert {p.id for p in v1.prices.list({"lookup_keys": ["m", "y"]}).data} == {month.id, year.id}
    assert v1.products.list({"ids": [month.product]}).data[0].id == month.product


def test_deleted_objects_are_not_listed(v1, customers):
    v1.customers.delete(customers[2].id)
    assert len(v1.customers.list().data) == 4
