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


def run(
    arguments: list[str], environment: dict[str, str], given: str = "", python: str = sys.executable
) -> str:
    """Run Python with these arguments to its end; what it printed. Its complaints are shown when it fails."""
    done = subprocess.run(
        [python, *arguments], cwd=ROOT, env=environment, input=given, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr[-4000:]}")
    return done.stdout


@contextmanager
def running(arguments: list[str], environment: dict[str, str], python: str = sys.executable) -> Iterator[int]:
    """Python with these arguments, until the block ends; the id of its session. Its log is thrown away."""
    process = subprocess.Popen(
        [python, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
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
    with server(application, environment, workers) as (port, _session):
        yield port


@contextmanager
def server(
    application: str, environment: dict[str, str], workers: int = 2, python: str = sys.executable
) -> Iterator[tuple[int, int]]:
    """The same with another Python; its port and the id of its session."""
    port = free_port()
    command = ["-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    # With the application loaded before it listens: who connects is answered, and does not wait for its imports.
    command += ["--worker-class", "sync", "--no-control-socket", "--preload"]
    with running(command, environment, python) as session:
        wait_for(port)
        yield port, session


def processor_seconds(session: int) -> float:
    """The processor's time that the processes of a session have had so far, in steps of 10 ms."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


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
