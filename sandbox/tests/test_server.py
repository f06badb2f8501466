import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import stripe

from sandbox.engine import Sandbox
from sandbox.server import Server
from sandbox.testing import SECRET_KEY


@pytest.fixture
def server():
    with Server(Sandbox()) as server:
        yield server


@pytest.fixture
def client(server):
    return connect(server.url)


def connect(url, **options):
    return stripe.StripeClient(SECRET_KEY, base_addresses={"api": url}, **options)


class Application(HTTPServer):
    """Takes webhooks on a port of its own, failing the first."""

    def __init__(self):
        self.got = []
        self.statuses = [500]
        super().__init__(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook?x=1"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def _handler(application):  # noqa: N805 - the inner class has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                application.got.append((self.path, body, self.headers["Stripe-Signature"]))
                self.send_response(application.statuses.pop() if application.statuses else 200)
                self.end_headers()

            def log_message(self, *args):
                pass

        return Handler


@pytest.fixture
def application():
    application = Application()
    yield application
    application.shutdown()
    application.server_close()


def wait_until(condition, seconds=10):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def test_the_official_client_works_over_a_socket(client):
    customer = client.v1.customers.create({"email": "alice@example.com", "metadata": {"a": "ü"}})
    assert client.v1.customers.retrieve(customer.id).metadata["a"] == "ü"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.customers.retrieve("cus_none")
    assert refusal.value.http_status == 404


def test_a_connection_is_kept_for_the_next_call(server):
    connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    for _ in range(2):
        connection.request("GET", "/v1/account", headers={"Authorization": f"Bearer {SECRET_KEY}"})
        socket = connection.sock
        answer = connection.getresponse()
        assert json.loads(answer.read())["object"] == "account"
        assert connection.sock is socket
    connection.close()


def test_deliveries_go_out_by_themselves_and_again_after_a_failure(server, client, application):
    endpoint = client.v1.webhook_endpoints.create({"url": application.url, "enabled_events": ["*"]})
    client.v1.customers.create({"name": "Alice"})
    wait_until(lambda: server.sandbox.deliveries.all()[0]["attempts"])
    assert server.sandbox.deliveries.pending()[0]["attempts"][0]["status"] == 500
    server.sandbox.deliveries.delay(0)
    wait_until(lambda: len(application.got) == 2)
    path, body, signature = application.got[1]
    assert path == "/hook?x=1"
    assert stripe.Webhook.construct_event(body, signature, endpoint.secret).type == "customer.created"
    wait_until(lambda: server.sandbox.deliveries.all()[0]["state"] == "delivered")


@pytest.mark.parametrize(("kind", "made"), [("cut", 0), ("lost", 1)])
def test_a_broken_connection_is_one_for_the_client(server, client, kind, made):
    server.sandbox.faults.add(kind, method="POST")
    with pytest.raises(stripe.APIConnectionError):
        connect(server.url, max_network_retries=0).v1.customers.create({"name": "Alice"})
    assert len(client.v1.customers.list().data) == made


def test_a_failure_of_the_sandbox_itself_is_a_500(server, client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(server.sandbox, "handle", fail)
    with pytest.raises(stripe.APIError):
        connect(server.url, max_network_retries=0).v1.customers.list()


def test_the_browser_may_ask_from_another_origin(server):
    connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    connection.request(
        "OPTIONS", "/v1/payment_methods", headers={"Access-Control-Request-Headers": "authorization"}
    )
    answer = connection.getresponse()
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization"
    connection.close()


def test_the_control_interface_is_served(server):
    connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    connection.request("GET", "/_sandbox/")
    assert json.load(connection.getresponse())["pending"] == 0
    connection.close()


def test_calls_of_many_threads_all_arrive(server, client):
    def create():
        mine = connect(server.url)
        for _ in range(10):
            mine.v1.customers.create({"name": "Alice"})

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(client.v1.customers.list({"limit": 100}).data) == 80


def test_a_killed_process_loses_nothing_that_it_answered(tmp_path):
    state = str(tmp_path / "state.sqlite3")
    first, url = launch(state)
    made = [connect(url).v1.customers.create({"name": str(number)}).id for number in range(5)]
    first.send_signal(signal.SIGKILL)
    first.wait(5)
    first.stdout.close()
    second, url = launch(state)
    assert [c.id for c in connect(url).v1.customers.list().data] == made[::-1]
    second.send_signal(signal.SIGTERM)
    assert second.wait(10) == 0
    second.stdout.close()


def test_the_command_line_sets_up_an_endpoint_once(tmp_path):
    options = ["--webhook", "http://127.0.0.1:9/hook", "--webhook-secret", "whsec_given"]
    for _ in range(2):
        process, url = launch(str(tmp_path / "state.sqlite3"), *options)
        listed = connect(url).v1.webhook_endpoints.list().data
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        process.stdout.close()
    assert [endpoint.url for endpoint in listed] == ["http://127.0.0.1:9/hook"]


def launch(state, *options):
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", "--state", state, *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    return process, process.stdout.readline().split()[-1]
