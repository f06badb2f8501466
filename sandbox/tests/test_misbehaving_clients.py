"""Clients that misbehave, on the bare socket: they are refused in Stripe's shape, and disturb nobody else."""

from __future__ import annotations

import json
import logging
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from sandbox.server import LARGEST_BODY, Server
from sandbox.testing import SECRET_KEY

KEY = f"Authorization: Bearer {SECRET_KEY}\r\n".encode()
POST = b"POST /v1/customers HTTP/1.1\r\nHost: x\r\n" + KEY


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=10)


def speak(server: Server, said: bytes, hang_up: bool = False) -> tuple[int, dict[str, object]]:
    """Say it, and read the answer: status and error."""
    with connect(server) as line:
        line.sendall(said)
        if hang_up:
            line.shutdown(socket.SHUT_WR)
        head, _, body = read_answer(line).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]


def read_answer(line: socket.socket) -> bytes:
    answer = b""
    while piece := line.recv(65536):
        answer += piece
        head, _, body = answer.partition(b"\r\n\r\n")
        length = [part for part in head.split(b"\r\n") if part.startswith(b"Content-Length: ")]
        if length and len(body) >= int(length[0].split()[1]):
            break
    return answer


def customers(server: Server) -> int:
    client = stripe.StripeClient(SECRET_KEY, base_addresses={"api": server.url})
    return len(client.v1.customers.list({"limit": 100}).data)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"\x00\x01garbage\r\n\r\n", 400),
        (b"GET /v1/customers HTTP/9.9\r\n\r\n", 505),
        (b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /v1/customers?" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /v1/customers HTTP/1.1\r\n" + b"X: y\r\n" * 300 + b"\r\n", 431),
        (b"BREW /v1/customers HTTP/1.1\r\nHost: x\r\n" + KEY + b"\r\n", 404),
        (b"PUT /v1/customers HTTP/1.1\r\nHost: x\r\n" + KEY + b"Content-Length: 0\r\n\r\n", 404),
        (POST + b"Content-Length: abc\r\n\r\n", 400),
        (POST + b"Content-Length: -5\r\n\r\n", 400),
        (POST + b"Content-Length: 6\r\nContent-Length: 5\r\n\r\nname=x", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n6\r\nname=x\r\n0\r\n\r\n", 411),
        (POST + b"Content-Length: 7\r\n\r\nname=\xff\xfe", 400),
        (POST + b"Content-Length: 8\r\n\r\nname=%ff", 400),
        (POST + b"Content-Length: 12010\r\n\r\nmetadata" + b"[a]" * 4000 + b"=1", 400),
        (POST + b"Idempotency-Key: " + b"k" * 300 + b"\r\nContent-Length: 0\r\n\r\n", 400),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, bytes) else None,
)
def test_what_cannot_be_read_is_refused_in_stripes_shape(
    server: Server, caplog: pytest.LogCaptureFixture, said: bytes, status: int
) -> None:
    with caplog.at_level(logging.ERROR):
        answered, error = speak(server, said)
    assert answered == status
    assert error["type"] in ("invalid_request_error", "idempotency_error")
    assert error["message"]
    assert not caplog.records
    assert customers(server) == 0


def test_a_body_that_is_too_large_is_refused_and_the_refusal_arrives(server: Server) -> None:
    size = 3 * LARGEST_BODY
    status, error = speak(server, POST + b"Content-Length: %d\r\n\r\n" % size + b"x" * size)
    assert (status, error["message"]) == (413, f"Request too large: at most {LARGEST_BODY} bytes.")


def test_half_a_request_is_not_carried_out(server: Server) -> None:
    status, _ = speak(server, POST + b"Content-Length: 20\r\n\r\nname=Al", hang_up=True)
    assert status == 400
    assert customers(server) == 0


def test_a_client_that_stalls_is_hung_up_on(server: Server) -> None:
    server.RequestHandlerClass.timeout = 0.1
    with connect(server) as line:
        line.sendall(POST + b"Content-Length: 20\r\n\r\nname=Al")
        assert line.recv(100) == b""
    assert customers(server) == 0


def test_slow_clients_do_not_hold_up_the_others(server: Server) -> None:
    stalled = [connect(server) for _ in range(40)]
    for line in stalled:
        line.sendall(POST + b"Content-Length: 20\r\n\r\nname=")
    assert customers(server) == 0
    for line in stalled:
        line.close()


def test_fifty_clients_at_once_are_all_answered(server: Server) -> None:
    def buy(number: int) -> str:
        client = stripe.StripeClient(SECRET_KEY, base_addresses={"api": server.url}, max_network_retries=0)
        made = client.v1.customers.create({"name": str(number)})
        return client.v1.customers.retrieve(made.id).name or ""

    with ThreadPoolExecutor(50) as clients:
        names = list(clients.map(buy, range(50)))
    assert names == [str(number) for number in range(50)]
    assert customers(server) == 50


def test_a_client_that_goes_away_leaves_no_traceback(
    server: Server, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(5):
        with connect(server) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            line.sendall(b"GET /v1/customers HTTP/1.1\r\nHost: x\r\n" + KEY + b"\r\n")
    assert customers(server) == 0
    assert not caplog.records
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("moved", ['{"to":Infinity}', '{"days":1e300}', '{"to":99999999999}', '{"to":"x"}'])
def test_the_clock_cannot_be_moved_to_where_no_date_is(server: Server, moved: str) -> None:
    head = b"POST /_sandbox/clock HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(moved)
    assert speak(server, head + moved.encode())[0] == 400
    assert customers(server) == 0
