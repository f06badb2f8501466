import pytest
import stripe


def test_a_customer_is_made_with_its_defaults(stage, v1):
    customer = v1.customers.create({"email": "alice@example.com", "address": {"country": "US", "line2": ""}})
    assert customer.balance == 0
    assert customer.delinquent is False
    assert customer.tax_exempt == "none"
    assert customer.invoice_settings.default_payment_method is None
    assert customer.address.to_dict() == {
        "city": None,
        "country": "US",
        "line1": None,
        "line2": None,
        "postal_code": None,
        "state": None,
    }
    assert stage.event_types() == ["customer.created"]


def test_a_customer_is_changed_field_by_field(stage, v1):
    customer = stage.customer(name="Alice", phone="1", metadata={"a": "1"}, preferred_locales=["en"])
    changed = v1.customers.update(
        customer.id, {"name": "", "phone": "2", "metadata": {"b": "2"}, "tax_exempt": "exempt"}
    )
    assert (changed.name, changed.phone, changed.tax_exempt) == (None, "2", "exempt")
    assert changed.metadata.to_dict() == {"a": "1", "b": "2"}
    assert changed.preferred_locales == ["en"]
    assert changed.email == "alice@example.com"


def test_a_malformed_address_is_refused(stage):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid email address: nonsense") as refusal:
        stage.customer("nonsense")
    assert refusal.value.code == "email_invalid"


def test_a_payment_method_that_does_not_exist_cannot_be_the_default(stage, v1):
    customer = stage.customer()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": "pm_none"}})
    assert refusal.value.param == "invoice_settings[default_payment_method]"


def test_a_deleted_customer_is_answered_as_deleted(stage, v1):
    customer = stage.customer()
    assert v1.customers.delete(customer.id).deleted is True
    assert v1.customers.retrieve(customer.id).to_dict() == {
        "id": customer.id,
        "object": "customer",
        "deleted": True,
    }
    assert stage.event_types()[-1] == "customer.deleted"
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        v1.customers.update(customer.id, {"name": "Alice"})


def test_what_the_sandbox_does_not_play_is_said(stage):
    with pytest.raises(stripe.APIError, match="does not do this"):
        stage.customer(source="tok_visa")
