"""Processes that the benchmarks start, and end: each in a session of its own, so that its children end with it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READY_WITHIN = 60  # seconds
ENDS_WITHIN = 15


def run(arguments: list[str], environment: dict[str, str], given: str = "") -> str:
    """Run Python with these arguments to its end; what it printed. Its complaints are shown when it fails."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, input=given, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr[-4000:]}")
    return done.stdout


@contextmanager
def running(arguments: list[str], environment: dict[str, str]) -> Iterator[None]:
    """Python with these arguments, until the block ends. Its log is thrown away."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def serving(application: str, environment: dict[str, str], workers: int = 2) -> Iterator[int]:
    """gunicorn with synchronous workers, which stand for themselves: one request at a time each. Its port."""
    port = free_port()
    command = ["-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    with running([*command, "--worker-class", "sync", "--no-control-socket"], environment):
        wait_for(port)
        yield port


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"Nothing came up at port {port}.")
