import pytest


def test_a_change_makes_an_event_with_the_request_that_made_it(stage, v1):
    v1.customers.create({"name": "Alice"}, {"idempotency_key": "k-1"})
    event = v1.events.list({"limit": 1}).data[0]
    assert event.type == "customer.created"
    assert event["request"]["idempotency_key"] == "k-1"
    assert event["request"]["id"].startswith("req_")
    assert event.created == stage.now
    assert event.livemode is False
    assert event.api_version == "2026-08-26.dahlia"
    assert event.data.object["name"] == "Alice"
    assert "previous_attributes" not in event.data


def test_an_update_tells_what_was_before(stage, v1):
    customer = stage.customer(name="Alice", metadata={"a": "1", "b": "2"})
    v1.customers.update(customer.id, {"name": "Alicia", "metadata": {"a": "9", "b": "", "c": "3"}})
    event = v1.events.list({"limit": 1}).data[0]
    assert event.type == "customer.updated"
    assert event.data.previous_attributes.to_dict() == {
        "name": "Alice",
        "metadata": {"a": "1", "b": "2", "c": None},
    }


def test_an_update_that_changes_nothing_makes_no_event(stage, v1):
    customer = stage.customer(name="Alice")
    v1.customers.update(customer.id, {"name": "Alice"})
    assert stage.event_types() == ["customer.created"]


def test_a_nested_change_tells_only_the_key_that_changed(stage, v1):
    customer = stage.customer()
    v1.customers.update(customer.id, {"invoice_settings": {"footer": "Thank you"}})
    previous = v1.events.list({"limit": 1}).data[0].data.previous_attributes
    assert previous.to_dict() == {"invoice_settings": {"footer": None}}


def test_a_second_update_in_one_unit_is_compared_with_the_first(stage, v1):
    with stage.sandbox.work() as world:
        customer = world.new("customer", metadata={}, name="A")
        world.emit("customer.created", customer)
        customer["name"] = "B"
        event = world.emit("customer.updated", customer)
        assert event["data"]["previous_attributes"] == {"name": "A"}


def test_an_event_keeps_the_object_as_it_was(stage, v1):
    customer = stage.customer(name="Alice", metadata={"_private": "yes", "object": "customer"})
    v1.customers.update(customer.id, {"name": "Bob"})
    created = v1.events.list({"type": "customer.created"}).data[0]
    assert created.data.object["name"] == "Alice"
    assert created.data.object["metadata"].to_dict() == {"_private": "yes", "object": "customer"}


def test_events_show_neither_expansions_nor_includable_fields(stage, v1):
    v1.prices.create(
        {
            "product": stage.product().id,
            "currency": "usd",
            "unit_amount": 1,
            "expand": ["product", "currency_options"],
        }
    )
    shown = v1.events.list({"type": "price.created"}).data[0].data.object
    assert isinstance(shown["product"], str)
    assert "currency_options" not in shown


def test_an_unknown_event_type_is_our_mistake(stage):
    with pytest.raises(TypeError), stage.sandbox.work() as world:
        world.emit("customer.renamed", world.new("customer"))


def test_events_are_listed_by_type_wildcard_and_age(stage, v1):
    stage.price()
    stage.customer()
    assert [e.type for e in v1.events.list({"type": "price.*"}).data] == ["price.created"]
    assert [e.type for e in v1.events.list({"types": ["customer.created", "product.created"]}).data] == [
        "customer.created",
        "product.created",
    ]
    stage.advance(days=30)
    assert v1.events.list().data == []


def test_events_are_listed_by_whether_they_were_delivered(stage, v1):
    stage.endpoint(events=["customer.created"])
    stage.customer()
    assert len(v1.events.list({"delivery_success": False}).data) == 1
    stage.deliver(lambda url, body, headers: (200, ""))
    assert v1.events.list({"delivery_success": False}).data == []
