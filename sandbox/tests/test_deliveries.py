import json
import time

import pytest
import stripe


class Receiver:
    """An application that takes webhooks: what came, and what it answers."""

    def __init__(self, status=200):
        self.status = status
        self.got = []

    def __call__(self, url, body, headers):
        self.got.append((url, body, headers))
        return self.status, "thanks"

    @property
    def types(self):
        return [json.loads(body)["type"] for _, body, _ in self.got]


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def endpoint(stage):
    return stage.endpoint()


def test_an_event_is_delivered_signed(stage, endpoint, receiver):
    stage.customer()
    stage.deliver(receiver)
    url, body, headers = receiver.got[0]
    assert url == endpoint.url
    event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], endpoint.secret)
    assert event.type == "customer.created"
    assert event.pending_webhooks == 1
    assert stage.client.v1.events.retrieve(event.id).pending_webhooks == 0


def test_the_signature_carries_real_time_whatever_the_clock_says(stage, endpoint, receiver):
    stage.advance(days=400)
    stage.customer()
    stage.deliver(receiver)
    stamp = int(receiver.got[0][2]["Stripe-Signature"].split(",")[0].removeprefix("t="))
    assert abs(stamp - time.time()) <= 2
    assert json.loads(receiver.got[0][1])["created"] == stage.now


def test_an_endpoint_gets_only_the_types_it_asks_for(stage, receiver):
    stage.endpoint(events=["product.created"])
    stage.price()
    stage.deliver(receiver)
    assert receiver.types == ["product.created"]


def test_a_disabled_endpoint_gets_nothing(stage, v1, endpoint, receiver):
    v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    stage.customer()
    stage.deliver(receiver)
    assert receiver.got == []


def test_a_deleted_endpoint_gets_nothing_more(stage, v1, endpoint, receiver):
    stage.customer()
    v1.webhook_endpoints.delete(endpoint.id)
    tried = stage.deliver(receiver)
    assert receiver.got == []
    assert tried[0]["state"] == "dropped"


def test_an_endpoint_of_another_version_gets_its_version(stage, v1, receiver):
    v1.webhook_endpoints.create(
        {"url": "http://a.test/", "enabled_events": ["*"], "api_version": "2025-03-31.basil"}
    )
    stage.customer()
    stage.deliver(receiver)
    assert json.loads(receiver.got[0][1])["api_version"] == "2025-03-31.basil"


def test_an_endpoint_may_be_told_only_which_object_has_changed(stage, endpoint, receiver):
    stage.sandbox.deliveries.tell_only(endpoint.id)
    customer = stage.customer()
    stage.deliver(receiver)
    _url, body, headers = receiver.got[0]
    notification = stage.client.parse_event_notification(body, headers["Stripe-Signature"], endpoint.secret)
    assert (notification.type, notification.livemode) == ("v1.customer.created", False)
    assert notification.related_object.url == f"/v1/customers/{customer.id}"
    assert (notification.related_object.id, notification.related_object.type) == (customer.id, "customer")
    assert customer.email not in body.decode()
    with pytest.raises(ValueError, match="parse_event_notification"):
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], endpoint.secret)


@pytest.mark.parametrize("status", [500, 302, 404, 199])
def test_anything_but_2xx_stays_pending_with_its_attempt_noted(stage, endpoint, status):
    stage.customer()
    tried = stage.deliver(Receiver(status))
    assert tried[0]["state"] == "pending"
    assert tried[0]["attempts"][0]["status"] == status
    assert tried[0]["attempts"][0]["body"] == "thanks"
    assert stage.deliver(Receiver())[0]["state"] == "delivered"
    assert stage.deliver(Receiver()) == []


def test_no_answer_at_all_is_noted_as_status_zero(stage, endpoint):
    def refuse(url, body, headers):
        raise ConnectionRefusedError("nobody there")

    stage.customer()
    attempt = stage.deliver(refuse)[0]["attempts"][0]
    assert attempt["status"] == 0
    assert "nobody there" in attempt["body"]


def test_a_failed_delivery_is_tried_again_only_after_its_back_off(stage, endpoint):
    stage.customer()
    assert stage.sandbox.deliveries.deliver_due(Receiver(500)) == 1
    assert stage.sandbox.deliveries.deliver_due(Receiver(200)) == 0
    stage.sandbox.deliveries.delay(0)
    assert stage.sandbox.deliveries.deliver_due(Receiver(200)) == 1


def test_a_delivery_is_given_up_after_three_days_of_tries(stage, endpoint):
    stage.customer()
    for _ in range(13):
        stage.deliver(Receiver(500))
    assert stage.sandbox.deliveries.pending() == []
    assert stage.sandbox.deliveries.all()[0]["state"] == "failed"


def test_a_test_chooses_the_order_and_may_double_or_leave_out(stage, endpoint):
    stage.price()
    backwards = Receiver()
    stage.sandbox.deliveries.resend(stage.client.v1.events.list().data[0].id)
    stage.deliver(backwards, order=lambda waiting: waiting[::-1])
    assert backwards.types == ["price.created", "price.created", "product.created"]
    stage.customer()
    doubled = Receiver()
    stage.deliver(doubled, order=lambda waiting: waiting * 2)
    assert doubled.types == ["customer.created"] * 2
    stage.customer()
    assert stage.deliver(doubled, order=lambda waiting: []) == []
    assert len(stage.sandbox.deliveries.pending()) == 1


def test_what_a_delivery_brings_about_is_delivered_too(stage, endpoint):
    def post(url, body, headers):
        if json.loads(body)["type"] == "customer.created":
            stage.product()
        return 200, ""

    stage.customer()
    assert [d["type"] for d in stage.deliver(post)] == ["customer.created", "product.created"]


def test_deliveries_can_be_held_back_and_released(stage, endpoint, receiver):
    stage.customer()
    stage.sandbox.deliveries.hold("customer.*")
    stage.customer()
    stage.product()
    stage.deliver(receiver)
    assert receiver.types == ["product.created"]
    assert stage.sandbox.deliveries.release() == 2
    stage.customer()
    stage.deliver(receiver)
    assert receiver.types == ["product.created"] + ["customer.created"] * 3


def test_deliveries_can_be_dropped_doubled_and_shuffled(stage, endpoint, receiver):
    for _ in range(6):
        stage.customer()
    stage.product()
    assert stage.sandbox.deliveries.drop("product.*") == 1
    assert stage.sandbox.deliveries.duplicate() == 6
    before = [d["id"] for d in stage.sandbox.deliveries.pending()]
    assert stage.sandbox.deliveries.shuffle(seed=1) == 6
    after = [d["id"] for d in stage.sandbox.deliveries.pending()]
    assert after != before
    assert sorted(after) == sorted(before)
    stage.sandbox.deliveries.deliver_due(receiver)
    assert receiver.types == ["customer.created"] * 12


def test_a_delivered_event_can_be_sent_again(stage, endpoint, receiver):
    stage.customer()
    stage.deliver(receiver)
    event_id = stage.client.v1.events.list().data[0].id
    assert stage.sandbox.deliveries.resend(event_id) == 1
    stage.deliver(receiver)
    assert [json.loads(body)["id"] for _, body, _ in receiver.got] == [event_id] * 2


def test_both_secrets_sign_while_one_is_rolled(stage, endpoint, receiver):
    new = stage.sandbox.deliveries.roll_secret(endpoint.id)
    stage.customer()
    stage.deliver(receiver)
    _, body, headers = receiver.got[0]
    assert headers["Stripe-Signature"].count("v1=") == 2
    for secret in (endpoint.secret, new):
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], secret)


def test_the_old_secret_stops_when_it_is_not_kept(stage, endpoint, receiver):
    new = stage.sandbox.deliveries.roll_secret(endpoint.id, keep_seconds=0)
    stage.customer()
    stage.deliver(receiver)
    _, body, headers = receiver.got[0]
    stripe.Webhook.construct_event(body, headers["Stripe-Signature"], new)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], endpoint.secret)


def test_a_rolled_back_call_delivers_nothing(stage, endpoint, receiver):
    def fail():
        with stage.sandbox.work() as world:
            world.emit("customer.created", world.new("customer"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert stage.deliver(receiver) == []


def test_a_restored_snapshot_brings_its_deliveries(stage, endpoint, receiver):
    stage.customer()
    snapshot = stage.sandbox.snapshot()
    stage.deliver(receiver)
    stage.sandbox.restore(snapshot)
    stage.deliver(receiver)
    assert receiver.types == ["customer.created"] * 2
