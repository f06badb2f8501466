import pytest
import stripe


def test_a_recurring_price_is_made_with_its_defaults(stage, v1):
    price = stage.price(nickname="monthly")
    assert price.type == "recurring"
    assert price.recurring.to_dict() == {
        "interval": "month",
        "interval_count": 1,
        "meter": None,
        "usage_type": "licensed",
    }
    assert price.billing_scheme == "per_unit"
    assert (price.unit_amount, str(price.unit_amount_decimal)) == (2000, "2000")
    assert price.tax_behavior == "unspecified"
    assert stage.event_types() == ["product.created", "price.created"]


def test_a_one_off_price_has_no_interval(stage):
    price = stage.price(interval=None)
    assert price.type == "one_time"
    assert price.recurring is None


def test_a_price_may_bring_its_product(stage, v1):
    price = v1.prices.create({"currency": "jpy", "unit_amount": 500, "product_data": {"name": "Tea"}})
    assert v1.products.retrieve(price.product).name == "Tea"


def test_exactly_one_product_and_one_amount_are_asked_for(stage, v1):
    product = stage.product().id
    for params, code in [
        ({"unit_amount": 1}, "parameter_missing"),
        ({"unit_amount": 1, "product": product, "product_data": {"name": "x"}}, "parameters_exclusive"),
        ({"product": product}, "parameter_missing"),
        ({"product": product, "unit_amount": 1, "unit_amount_decimal": "1"}, "parameters_exclusive"),
    ]:
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            v1.prices.create({"currency": "usd", **params})
        assert refusal.value.code == code


def test_an_unknown_product_is_a_400_that_names_the_parameter(v1):
    with pytest.raises(stripe.InvalidRequestError, match="No such product: 'prod_none'") as refusal:
        v1.prices.create({"currency": "usd", "unit_amount": 1, "product": "prod_none"})
    assert refusal.value.http_status == 400
    assert refusal.value.param == "product"


@pytest.mark.parametrize("amount", [-1, 100_000_000])
def test_an_amount_out_of_bounds_is_refused(stage, amount):
    with pytest.raises(stripe.InvalidRequestError):
        stage.price(amount)


def test_fractions_of_a_cent_leave_the_whole_amount_empty(stage, v1):
    price = v1.prices.create(
        {"product": stage.product().id, "currency": "usd", "unit_amount_decimal": "0.50"}
    )
    assert price.unit_amount is None
    assert str(price.unit_amount_decimal) == "0.5"


def test_an_interval_longer_than_three_years_is_refused(v1, stage):
    params = {"product": stage.product().id, "currency": "usd", "unit_amount": 1}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        v1.prices.create({**params, "recurring": {"interval": "year", "interval_count": 4}})
    assert refusal.value.param == "recurring[interval_count]"


def test_other_currencies_are_kept_and_shown_when_asked_for(stage, v1):
    price = stage.price(currency_options={"eur": {"unit_amount": 1800}}, expand=["currency_options"])
    assert {c: o["unit_amount"] for c, o in price.currency_options.to_dict().items()} == {
        "usd": 2000,
        "eur": 1800,
    }
    v1.prices.update(price.id, {"currency_options": {"gbp": {"unit_amount": 1600}}})
    again = v1.prices.retrieve(price.id, {"expand": ["currency_options"]})
    assert set(again.currency_options.to_dict()) == {"usd", "eur", "gbp"}


def test_a_lookup_key_is_taken_unless_it_is_transferred(stage, v1):
    old = stage.price(lookup_key="premium_month")
    with pytest.raises(
        stripe.InvalidRequestError, match=f"A price \\(`{old.id}`\\) already uses that lookup key"
    ):
        stage.price(lookup_key="premium_month")
    new = stage.price(2500, lookup_key="premium_month", transfer_lookup_key=True)
    assert v1.prices.retrieve(old.id).lookup_key is None
    assert [p.id for p in v1.prices.list({"lookup_keys": ["premium_month"]}).data] == [new.id]
    assert stage.event_types()[-2:] == ["price.updated", "price.created"]


def test_a_price_may_be_archived_and_renamed_but_its_amount_stays(ask, stage, v1):
    price = stage.price(nickname="old")
    changed = v1.prices.update(price.id, {"active": False, "nickname": "new", "metadata": {"a": "b"}})
    assert (changed.active, changed.nickname, changed.metadata["a"]) == (False, "new", "b")
    assert ask("POST", f"/v1/prices/{price.id}", "unit_amount=1").json["error"]["code"] == "parameter_unknown"
    assert v1.prices.list({"active": True}).data == []


def test_more_than_ten_lookup_keys_are_refused(v1):
    with pytest.raises(stripe.InvalidRequestError):
        v1.prices.list({"lookup_keys": [f"k{n}" for n in range(11)]})


def test_tiers_are_shown_when_asked_for(stage, v1):
    tiers = [{"up_to": 10, "unit_amount": 500}, {"up_to": "inf", "unit_amount": 400}]
    price = v1.prices.create(
        {
            "product": stage.product().id,
            "currency": "usd",
            "billing_scheme": "tiered",
            "tiers_mode": "graduated",
            "tiers": tiers,
            "recurring": {"interval": "month"},
            "expand": ["tiers"],
        }
    )
    assert [(t["up_to"], t["unit_amount"]) for t in price.tiers] == [(10, 500), (None, 400)]
    assert "tiers" not in v1.prices.retrieve(price.id)
