import pytest
import stripe


@pytest.mark.parametrize(
    ("status", "error"), [(500, stripe.APIError), (429, stripe.RateLimitError), (409, stripe.StripeError)]
)
def test_the_next_matching_call_is_answered_with_an_error(stage, v1, status, error):
    stage.sandbox.faults.add("error", status=status, method="POST", path="/v1/customers")
    v1.customers.list()
    v1.products.create({"name": "Premium"})
    with pytest.raises(error) as refusal:
        stage.customer()
    assert refusal.value.http_status == status
    assert v1.customers.list().data == []
    assert stage.customer().email == "alice@example.com"


def test_a_fault_lasts_for_its_number_of_calls(stage, v1):
    stage.sandbox.faults.add("error", times=2)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            v1.customers.list()
    assert v1.customers.list().data == []


def test_a_cut_connection_means_that_nothing_was_done(stage, v1):
    stage.sandbox.faults.add("cut", method="POST")
    with pytest.raises(stripe.APIConnectionError):
        stage.customer()
    assert v1.customers.list().data == []


def test_a_lost_answer_means_that_it_was_done(stage, v1):
    stage.sandbox.faults.add("lost", method="POST")
    with pytest.raises(stripe.APIConnectionError):
        v1.customers.create({"name": "Alice"}, {"idempotency_key": "k"})
    done = v1.customers.list().data[0]
    assert v1.customers.create({"name": "Alice"}, {"idempotency_key": "k"}).id == done.id


@pytest.mark.parametrize("kind", ["cut", "lost"])
def test_the_sdk_retries_with_the_same_key_and_makes_one_object(stage, v1, kind):
    stage.sandbox.faults.add(kind, method="POST")
    client = stage.connect("sk_test_" + "a" * 24, max_network_retries=2)
    customer = client.v1.customers.create({"name": "Alice"})
    assert [c.id for c in v1.customers.list().data] == [customer.id]


def test_a_hang_longer_than_the_clients_patience_is_a_time_out(stage, v1):
    stage.sandbox.faults.add("hang", seconds=100)
    with pytest.raises(stripe.APIConnectionError, match="timed out"):
        stage.customer()
    assert v1.customers.list().data == []


def test_a_shorter_hang_is_just_late(stage):
    stage.sandbox.faults.add("hang", seconds=10)
    assert stage.customer().email == "alice@example.com"


def test_faults_can_be_cleared(stage):
    stage.sandbox.faults.add("cut", times=99)
    stage.sandbox.faults.clear()
    assert stage.customer()


@pytest.mark.parametrize("settings", [{"kind": "explode"}, {"status": 418}])
def test_a_fault_that_makes_no_sense_is_refused(stage, settings):
    with pytest.raises(ValueError, match="must be one of"):
        stage.sandbox.faults.add(**settings)


def test_a_lock_is_a_429_that_clients_try_again_and_a_limit_is_not(stage):
    client = stage.connect("sk_test_of_any_kind", max_network_retries=1)
    stage.sandbox.faults.add("error", status=429, code="lock_timeout")
    assert client.v1.customers.create({"name": "Alice"}).name == "Alice"
    stage.sandbox.faults.add("error", status=429)
    with pytest.raises(stripe.RateLimitError):
        client.v1.customers.create({"name": "Bob"})
    with pytest.raises(ValueError, match="lock_timeout"):
        stage.sandbox.faults.add("error", status=500, code="lock_timeout")
