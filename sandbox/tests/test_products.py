import pytest
import stripe


def test_a_product_is_made_with_its_defaults(stage, v1):
    product = v1.products.create({"name": "Premium"})
    assert product.active is True
    assert product.images == []
    assert product.description is None
    assert product.created == product.updated == stage.now
    assert stage.event_types() == ["product.created"]


def test_a_product_may_bring_its_price(stage, v1):
    product = v1.products.create(
        {
            "name": "Premium",
            "default_price_data": {
                "currency": "usd",
                "unit_amount": 2000,
                "recurring": {"interval": "month"},
            },
        }
    )
    price = v1.prices.retrieve(product.default_price)
    assert price.unit_amount == 2000
    assert price.product == product.id
    assert stage.event_types() == ["product.created", "price.created", "product.updated"]


def test_a_chosen_id_is_taken_once(v1):
    assert v1.products.create({"name": "Premium", "id": "premium"}).id == "premium"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        v1.products.create({"name": "Premium", "id": "premium"})
    assert refusal.value.code == "resource_already_exists"


def test_a_name_has_up_to_250_characters(stage, v1):
    """https://docs.stripe.com/changelog/2018-10-31/names-products-character-limit"""
    product = v1.products.create({"name": "x" * 250})
    for call in (v1.products.create, lambda params: v1.products.update(product.id, params)):
        with pytest.raises(stripe.InvalidRequestError, match="at most 250 characters") as refusal:
            call({"name": "x" * 251})
        assert refusal.value.param == "name"
    assert stage.event_types() == ["product.created"]


def test_an_update_moves_updated_only_if_something_changed(stage, v1):
    product = stage.product(description="old", marketing_features=[{"name": "fast"}])
    stage.advance(seconds=9)
    assert v1.products.update(product.id, {"name": "Premium"}).updated == product.updated
    changed = v1.products.update(
        product.id, {"description": "", "active": False, "images": ["https://a.test/i"]}
    )
    assert changed.updated == product.updated + 9
    assert (changed.description, changed.active, changed.images) == (None, False, ["https://a.test/i"])


def test_a_default_price_must_be_the_products_own(stage, v1):
    own, other = stage.product(), stage.price()
    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        v1.products.update(own.id, {"default_price": other.id})
    price = stage.price(product=own.id)
    assert v1.products.update(own.id, {"default_price": price.id}).default_price == price.id


def test_a_product_with_prices_cannot_be_deleted_another_can(stage, v1):
    price = stage.price()
    with pytest.raises(stripe.InvalidRequestError, match="user-created prices"):
        v1.products.delete(price.product)
    product = stage.product()
    assert v1.products.delete(product.id).deleted is True
    assert stage.event_types()[-1] == "product.deleted"
    with pytest.raises(stripe.InvalidRequestError, match="No such product") as refusal:
        v1.products.retrieve(product.id)
    assert refusal.value.http_status == 404
