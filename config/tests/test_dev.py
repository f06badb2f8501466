"""`make run`: which processes it starts, under which settings, and that it leaves none behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import dev

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"STRIPE_SECRET_KEY": "sk_test_" + "a" * 32, "STRIPE_WEBHOOK_SECRET": "whsec_" + "a" * 32}


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own for what a run keeps, and nothing set by hand."""
    for name in [name for name in os.environ if name.startswith(("STRIPE_", "LINKEDIN_", "PAYING_APPS"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    return tmp_path


def started(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    for name, value in {**given, **dev.development_settings(given)}.items():
        monkeypatch.setenv(name, value)
    return set(dev.doubles(given))


def test_without_keys_both_doubles_are_started(monkeypatch: pytest.MonkeyPatch) -> None:
    assert started({}, monkeypatch) == {"stripe", "linkedin"}


@pytest.mark.parametrize("name", ["STRIPE_SECRET_KEY", "STRIPE_API_KEY"])
def test_with_a_key_the_local_stripe_is_not_started(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {name: KEYS["STRIPE_SECRET_KEY"]}
    assert "STRIPE_SANDBOX_URL" not in dev.development_settings(given)
    assert started(given, monkeypatch) == {"linkedin"}


def test_with_a_client_id_the_pretend_linkedin_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    assert started({"LINKEDIN_CLIENT_ID": "86"}, monkeypatch) == {"stripe"}


def test_what_is_given_is_not_overruled() -> None:
    settings = dev.development_settings({"BASE_URL": "http://localhost:9000", "SECRET_KEY": "given"})
    assert (settings["BASE_URL"], settings["SECRET_KEY"]) == ("http://localhost:9000", "given")


def test_secrets_are_made_once_and_read_by_nobody_else(room: Path) -> None:
    assert dev.kept_secrets() == dev.kept_secrets()
    assert (room / "development-secrets").stat().st_mode & 0o077 == 0


def test_each_database_has_a_local_stripe_of_its_own() -> None:
    states = {
        dev.state_of_stripe(url) for url in ("", "postgres://127.0.0.1/one", "postgres://127.0.0.1/two")
    }
    assert len(states) == 3


@pytest.mark.parametrize(
    ("apps", "sold"),
    [("billing,cart,portal", [True, True]), ("billing", [True, False]), ("", [False, False])],
)
def test_only_what_is_installed_is_filled(apps: str, sold: list[bool]) -> None:
    assert [dev.sells({"PAYING_APPS": apps}, app) for app in ("billing", "cart")] == sold


@pytest.mark.parametrize("port", ["abc", "-1", "0", "65534", "٣", "8000.5"])
def test_what_is_no_port_is_said_so(port: str) -> None:
    with pytest.raises(ValueError, match="is no port"):
        dev.development_settings({"PORT": port})


# --- The real thing ------------------------------------------------------------------------------------------------


@pytest.fixture
def port() -> Iterator[int]:
    """The first of three free ports, below those that the system hands out by itself, of this process's thousand."""
    thousand = 20 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 10
    for first in range(thousand * 1000, (thousand + 1) * 1000 - 3, 3):
        if all(dev.free(one) for one in range(first, first + 3)):
            yield first
            return


def make_run(port: int, **environment: str) -> subprocess.Popen[str]:
    """As `make run` starts it, in a process group of its own."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BASE_URL")
    }
    for name in ("SECRET_KEY", "DEBUG", "DJANGO_SETTINGS_MODULE"):
        inherited.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-m", "config.dev"],
        cwd=ROOT,
        env={**inherited, "PORT": str(port), "READ_DOT_ENV": "false", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_a_port_that_is_taken_is_named(port: int, taken: int) -> None:
    with socket.create_server(("127.0.0.1", port + taken)):
        run = make_run(port)
        said, _ = run.communicate(timeout=120)
    assert run.returncode == 2
    assert f"Port {port + taken} is in use." in said


def test_a_port_of_a_double_that_is_not_started_may_be_taken(port: int) -> None:
    """The local Stripe's, when there is a key; and the pretend LinkedIn's is looked at all the same."""
    with socket.create_server(("127.0.0.1", port + 1)), socket.create_server(("127.0.0.1", port + 2)):
        run = make_run(port, **KEYS)
        said, _ = run.communicate(timeout=120)
    assert f"Port {port + 2} is in use." in said


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_it_stops_everything_that_it_started(port: int) -> None:
    """The second and the third time on the database of the first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        run = make_run(port)
        assert run.stdout
        for line in run.stdout:
            if line.startswith("Ctrl-C"):
                break
        assert not any(dev.free(one) for one in range(port, port + 3))

        run.send_signal(number)
        run.communicate(timeout=120)

        assert run.returncode == 0, number
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not all(dev.free(one) for one in range(port, port + 3)):
            time.sleep(0.1)
        assert all(dev.free(one) for one in range(port, port + 3)), number
