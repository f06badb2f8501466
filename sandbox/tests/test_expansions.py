import pytest
import stripe


def test_an_id_is_expanded_when_asked_for_only(stage, v1):
    price = stage.price()
    assert isinstance(v1.prices.retrieve(price.id).product, str)
    assert v1.prices.retrieve(price.id, {"expand": ["product"]}).product.name == "Premium"


def test_lists_expand_below_data(stage, v1):
    stage.price()
    listed = v1.prices.list({"expand": ["data.product"]})
    assert listed.data[0].product.object == "product"


def test_expansion_goes_through_several_objects(stage, v1):
    product = v1.products.create(
        {"name": "Premium", "default_price_data": {"currency": "usd", "unit_amount": 1}}
    )
    found = v1.products.retrieve(product.id, {"expand": ["default_price.product"]})
    assert found.default_price.product.id == product.id


def test_includable_fields_come_only_when_expanded(stage, v1):
    price = stage.price()
    assert "currency_options" not in v1.prices.retrieve(price.id)
    shown = v1.prices.retrieve(price.id, {"expand": ["currency_options"]})
    assert shown["currency_options"]["usd"]["unit_amount"] == 2000


def test_an_includable_list_that_nobody_fills_is_empty(stage, v1):
    customer = stage.customer()
    shown = v1.customers.retrieve(customer.id, {"expand": ["sources"]})
    assert shown["sources"]["data"] == []


def test_an_illegal_path_is_refused_with_a_hint_for_lists(v1):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        v1.prices.list({"expand": ["product"]})
    assert refusal.value.user_message == (
        "This property cannot be expanded (product). You may want to try expanding 'data.product' instead."
    )


@pytest.mark.parametrize("path", ["metadata", "nonsense", "product.name", "product.default_price.currency"])
def test_what_cannot_be_expanded_is_refused(stage, v1, path):
    price = stage.price()
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        v1.prices.retrieve(price.id, {"expand": [path]})


def test_more_than_four_levels_are_refused(v1):
    with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
        v1.prices.list({"expand": ["data.product.default_price.product.default_price"]})


def test_a_deleted_object_is_expanded_as_its_tombstone(stage, v1):
    with stage.sandbox.work() as world:
        product = world.new("product", name="Gone")
        price = world.new("price", product=product["id"], currency="usd")
        world.delete(product)
    shown = v1.prices.retrieve(price["id"], {"expand": ["product"]})
    assert shown["product"]["deleted"] is True
