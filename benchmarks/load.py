"""Clients that send prepared requests to this machine: as fast as they are answered, or so many a second."""

import socket
import threading
import time
from dataclasses import dataclass, field

PATIENCE = 60  # seconds for one answer


@dataclass(slots=True)
class Result:
    """What came of it: seconds of the whole; of each answer, from when it was due; and what was refused."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        return sorted(self.latencies)[min(int(len(self.latencies) * share), len(self.latencies) - 1)]


def send(port: int, requests: list[list[bytes]], pace: float = 0.0) -> Result:
    """Each list is a client's. With a `pace`, in requests a second of all clients together, each has its time."""
    result = Result()
    gap = len(requests) / pace if pace else 0.0
    began = time.perf_counter()
    clients = [
        threading.Thread(target=_client, args=(port, mine, began + number * gap / len(requests), gap, result))
        for number, mine in enumerate(requests)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    result.seconds = time.perf_counter() - began
    return result


def _client(port: int, requests: list[bytes], first: float, gap: float, result: Result) -> None:
    for number, request in enumerate(requests):
        due = first + number * gap if gap else time.perf_counter()
        time.sleep(max(0.0, due - time.perf_counter()))
        line = _exchange(port, request)
        result.latencies.append(time.perf_counter() - due)
        if b" 200 " not in line:
            result.refused.append(line.decode(errors="replace"))


def _exchange(port: int, request: bytes) -> bytes:
    """The answer's first line, once all of it has come."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(request)
            answer = b""
            while part := connection.recv(65536):
                answer += part
    except OSError as error:
        return str(error).encode()
    return answer.partition(b"\r\n")[0]
