import pytest

from sandbox import skeletons
from sandbox.shapes import INCLUDABLE, Shapes


def test_a_skeleton_has_every_field_that_stripe_always_shows():
    shapes = Shapes.load()
    for kind, name in shapes.by_object.items():
        skeleton = skeletons.build(name)
        required = set(shapes.schemas[name].get("required", ())) - INCLUDABLE.get(kind, frozenset())
        assert required <= skeleton.keys(), name


def test_fields_that_are_shown_only_when_asked_for_are_left_out():
    assert "subscriptions" not in skeletons.build("customer")
    assert "payments" not in skeletons.build("invoice")


def test_a_field_that_the_version_does_not_know_is_our_mistake():
    with pytest.raises(TypeError, match="payment_intent"):
        skeletons.build("invoice", payment_intent="pi_1")


def test_skeletons_do_not_share_their_parts():
    first = skeletons.build("subscription")
    first["items"]["data"].append("si_1")
    assert skeletons.build("subscription")["items"]["data"] == []
