import pytest

from sandbox.errors import StripeError
from sandbox.forms import nest, parse
from sandbox.parameters import merge_metadata, type_parameters
from sandbox.shapes import Shapes


def read(name: str, text: str) -> dict:
    return type_parameters(Shapes.load().operations[name], nest(parse("", text.encode())))


def refused(name: str, text: str) -> dict:
    with pytest.raises(StripeError) as refusal:
        read(name, text)
    assert refusal.value.status == 400
    return refusal.value.error


def test_values_get_their_types():
    params = read(
        "POST /v1/prices",
        "currency=USD&unit_amount=2000&active=false&recurring[interval]=month&recurring[interval_count]=3"
        "&metadata[plan]=premium&expand[]=product&unit_amount_decimal=1.5&tiers[0][up_to]=inf&tiers[1][up_to]=7",
    )
    assert params == {
        "currency": "usd",
        "unit_amount": 2000,
        "active": False,
        "recurring": {"interval": "month", "interval_count": 3},
        "metadata": {"plan": "premium"},
        "expand": ["product"],
        "unit_amount_decimal": "1.5",
        "tiers": [{"up_to": "inf"}, {"up_to": 7}],
    }


def test_an_unknown_parameter_is_named_in_bracket_notation():
    error = refused("POST /v1/prices", "currency=usd&recurring[interval]=month&recurring[colour]=red")
    assert error["code"] == "parameter_unknown"
    assert error["param"] == "recurring[colour]"
    assert error["message"] == "Received unknown parameter: recurring[colour]"


def test_several_unknown_parameters_are_named_together():
    error = refused("POST /v1/customers", "colour=red&size=9")
    assert error["message"] == "Received unknown parameters: colour, size"


def test_a_missing_parameter_is_named():
    error = refused("POST /v1/prices", "unit_amount=1")
    assert error["code"] == "parameter_missing"
    assert error["param"] == "currency"
    assert (
        refused("POST /v1/prices", "currency=usd&recurring[interval_count]=1")["param"]
        == "recurring[interval]"
    )


@pytest.mark.parametrize("amount", ["1.5", "NaN", "Infinity", "true", "1e3", "١", "9" * 40, "1 "])
def test_what_is_no_integer_is_refused(amount):
    error = refused("POST /v1/prices", f"currency=usd&unit_amount={amount}")
    assert error["code"] == "parameter_invalid_integer"
    assert error["param"] == "unit_amount"
    assert error["message"].startswith("Invalid integer: ")


def test_booleans_are_true_or_false_only():
    assert refused("POST /v1/prices", "currency=usd&active=1")["message"] == "Invalid boolean: 1"


def test_a_word_outside_an_enum_is_answered_with_the_words_it_may_be():
    error = refused("POST /v1/prices", "currency=usd&recurring[interval]=hour")
    assert error["message"] == "Invalid recurring[interval]: must be one of day, month, week or year"
    assert error["param"] == "recurring[interval]"


def test_an_open_enum_takes_other_words():
    params = read("POST /v1/customers", "tax_id_data[0][type]=xx_new&tax_id_data[0][value]=1")
    assert params["tax_id_data"] == [{"type": "xx_new", "value": "1"}]


def test_lists_and_objects_are_told_from_values():
    assert refused("POST /v1/prices", "currency=usd&expand=product")["message"] == "Invalid array"
    assert refused("POST /v1/prices", "currency=usd&recurring=month")["message"] == "Invalid object"
    assert refused("POST /v1/prices", "currency[a]=usd")["param"] == "currency"


def test_an_empty_string_unsets_what_may_be_unset():
    assert read("POST /v1/products/{id}", "description=&images=&metadata=") == {
        "description": None,
        "images": None,
        "metadata": None,
    }
    assert read("POST /v1/customers/{customer}", "email=") == {"email": None}


def test_an_empty_string_is_refused_elsewhere():
    error = refused("POST /v1/products/{id}", "name=")
    assert error["code"] == "parameter_invalid_empty"
    assert error["param"] == "name"
    assert error["message"].startswith("You passed an empty string for 'name'.")


def test_a_blank_line_of_an_address_is_taken():
    params = read("POST /v1/customers", "address[line1]=1 Main St&address[line2]=")
    assert params["address"] == {"line1": "1 Main St", "line2": None}


def test_an_unknown_currency_is_refused():
    assert refused("POST /v1/prices", "currency=xyz")["message"].startswith("Invalid currency: xyz.")


def test_a_string_longer_than_its_shape_is_refused():
    error = refused("POST /v1/products", "name=a&statement_descriptor=" + "x" * 23)
    assert error["message"] == "Invalid string: xxx...xxx; must be at most 22 characters"


def test_metadata_has_limits():
    assert refused("POST /v1/customers", f"metadata[{'k' * 41}]=1")["param"] == "metadata"
    assert refused("POST /v1/customers", f"metadata[k]={'v' * 501}")["param"] == "metadata"
    many = "&".join(f"metadata[k{n}]=1" for n in range(51))
    assert (
        "Metadata can have up to 50 keys, but you've set 51" in refused("POST /v1/customers", many)["message"]
    )


def test_metadata_merges_and_an_empty_value_removes_its_key():
    assert merge_metadata({"a": "1", "b": "2"}, {"a": "", "c": "3"}) == {"b": "2", "c": "3"}
    assert merge_metadata({"a": "1"}, None) == {}


def test_metadata_overflows_when_merged_too():
    with pytest.raises(StripeError):
        merge_metadata({f"k{n}": "1" for n in range(50)}, {"one_more": "1"})


def test_a_union_is_read_by_the_form_of_its_value():
    assert read("GET /v1/customers", "created[gte]=5")["created"] == {"gte": 5}
    assert read("GET /v1/customers", "created=5")["created"] == 5
    assert read("POST /v1/subscriptions", "customer=cus_1&trial_end=now")["trial_end"] == "now"
    assert read("POST /v1/subscriptions", "customer=cus_1&trial_end=1800000000")["trial_end"] == 1800000000
    error = refused("POST /v1/subscriptions", "customer=cus_1&trial_end=soon")
    assert error["param"] == "trial_end"
