"""How long requests take in one process, and with how many statements."""

import random
import statistics
import time

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

ROUNDS = 400


def measure(cases: list[tuple[Client, str]]) -> list[tuple[float, int]]:
    """Of each case the median in microseconds, and its statements. In a new order every round, so that what this
    machine does besides is shared by all."""
    times: list[list[float]] = [[] for _case in cases]
    for _round in range(ROUNDS):
        for (client, address), mine in random.sample(list(zip(cases, times, strict=True)), len(cases)):
            began = time.perf_counter()
            answer = client.get(address)
            mine.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.content
    return [
        (statistics.median(mine) * 1e6, statements(client, address))
        for (client, address), mine in zip(cases, times, strict=True)
    ]


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
