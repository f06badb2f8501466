"""`make run`: everything a newcomer needs, in one command and one terminal.

Prepares the database, seeds it, then starts the local Stripe, the pretend LinkedIn and the web server, and stops
them all on Ctrl-C. With Stripe or LinkedIn keys in the environment or in `.env`, the double is not started.
`python -m config.dev COMMAND ...` runs one management command under the same settings.
"""

import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import environ

from config import translations

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
READY_WITHIN = 60  # seconds
STAFF = "staff@turnpike.example"


def main(arguments: list[str]) -> int:
    if environ.Env().bool("READ_DOT_ENV", default=True):
        environ.Env.read_env(ROOT / ".env")
    given = dict(os.environ)
    try:
        settings = development_settings(given)
    except ValueError as error:
        print(error)
        return 2
    os.environ.update(settings)
    if arguments == ["check"]:
        return check()
    if arguments:
        return subprocess.call([PYTHON, "manage.py", *arguments], cwd=ROOT)
    return run(doubles(given))


def development_settings(given: dict[str, str]) -> dict[str, str]:
    """The environment of a developer: what `given` leaves open, with secrets made once and kept in var/."""
    port = first_port(given.get("PORT") or "8000")
    kept = kept_secrets()
    settings = {
        "PORT": str(port),
        "DEBUG": "true",
        "DJANGO_RUNSERVER_HIDE_WARNING": "true",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": kept["SECRET_KEY"],
    }
    if sells(given) and not (given.get("STRIPE_SECRET_KEY") or given.get("STRIPE_API_KEY")):
        settings |= {
            "STRIPE_SANDBOX_URL": f"http://127.0.0.1:{port + 1}",
            "STRIPE_SECRET_KEY": kept["STRIPE_SECRET_KEY"],
            "STRIPE_PUBLISHABLE_KEY": kept["STRIPE_PUBLISHABLE_KEY"],
            "STRIPE_WEBHOOK_SECRET": kept["STRIPE_WEBHOOK_SECRET"],
        }
    if not given.get("LINKEDIN_CLIENT_ID"):
        settings |= {
            "LINKEDIN_SERVER_URL": f"http://127.0.0.1:{port + 2}",
            "LINKEDIN_CLIENT_ID": "turnpike",
            "LINKEDIN_CLIENT_SECRET": kept["LINKEDIN_CLIENT_SECRET"],
        }
    return {name: given.get(name) or value for name, value in settings.items()}


def sells(given: Mapping[str, str], app: str = "billing") -> bool:
    """Whether an app that sells is installed; `config.settings` has the same default."""
    return app in given.get("PAYING_APPS", "billing,cart,portal").split(",")


def first_port(written: str) -> int:
    """The web server's port; ValueError with a sentence when it, or one of the next two, cannot be one."""
    if not (written.isascii() and written.isdecimal() and 0 < int(written) <= 65535 - 2):
        raise ValueError(f"PORT={written} is no port: it must be a number from 1 to {65535 - 2}.")
    return int(written)


def var() -> Path:
    """Where SQLite, the secrets of this checkout and the local Stripe's state live."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var")


def kept_secrets() -> dict[str, str]:
    """Random keys for this checkout, made at the first run and readable by nobody else."""
    file = var() / "development-secrets"
    if not file.exists():
        var().mkdir(parents=True, exist_ok=True)
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "STAFF_PASSWORD": secrets.token_urlsafe(9),
            "STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(20)}",
            "STRIPE_PUBLISHABLE_KEY": f"pk_test_{secrets.token_hex(20)}",
            "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(20)}",
            "LINKEDIN_CLIENT_SECRET": secrets.token_hex(20),
        }
        file.touch(mode=0o600)
        file.write_text("".join(f"{name}={value}\n" for name, value in made.items()))
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def doubles(given: dict[str, str]) -> dict[str, list[str]]:
    """The commands of the doubles that stand in for what has no keys: name -> command."""
    port = int(os.environ["PORT"])
    commands = {}
    if os.environ.get("STRIPE_SANDBOX_URL"):
        commands["stripe"] = [
            PYTHON, "-m", "sandbox", "--port", str(port + 1),
            "--state", str(state_of_stripe(given.get("DATABASE_URL", ""))),
            "--webhook", f"{os.environ['BASE_URL']}/api/stripe-webhooks/",
            "--webhook-secret", os.environ["STRIPE_WEBHOOK_SECRET"],
        ]  # fmt: skip
    if not given.get("LINKEDIN_CLIENT_ID"):
        commands["linkedin"] = [PYTHON, "-m", "sandbox.linkedin", "--port", str(port + 2)]
    return commands


def state_of_stripe(database_url: str) -> Path:
    """Each database has a local Stripe of its own: the ids of one mean somebody else in the other."""
    mark = f"-{hashlib.sha256(database_url.encode()).hexdigest()[:8]}" if database_url else ""
    return var() / f"sandbox{mark}.sqlite3"


def run(commands: dict[str, list[str]]) -> int:
    port = int(os.environ["PORT"])
    listening = {"web": port, "stripe": port + 1, "linkedin": port + 2}
    taken = [listening[name] for name in ("web", *commands) if not free(listening[name])]
    if taken:
        print(f"Port {taken[0]} is in use. Stop what listens there, or choose others: PORT=9000 make run")
        return 2
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        prepare()
        for name, command in commands.items():
            processes[name] = start(command)
        wait_for([f"http://127.0.0.1:{port + 1}/_sandbox/"] if "stripe" in commands else [], processes)
        if sells(os.environ):
            manage("upsert_catalogue", "--verbosity", "0")
        if sells(os.environ, "cart"):
            manage("seed_shop", "--verbosity", "0")
        processes["web"] = start([PYTHON, "manage.py", "runserver", f"127.0.0.1:{port}"])
        wait_for([f"{os.environ['BASE_URL']}/health/ready"], processes)
        print(welcome("stripe" in commands), flush=True)
        return watch(processes)
    except KeyboardInterrupt:
        return 0
    finally:
        stop(processes)


def free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def prepare() -> None:
    translations.compile_stale()
    print("Preparing the database ...", flush=True)
    manage("prepare_database", "--verbosity", "0")
    manage("seed_filings", "--verbosity", "0")
    manage("ensure_staff", STAFF, environment={"STAFF_PASSWORD": kept_secrets()["STAFF_PASSWORD"]})


def manage(*arguments: str, environment: dict[str, str] | None = None) -> None:
    code = subprocess.call([PYTHON, "manage.py", *arguments], cwd=ROOT, env=os.environ | (environment or {}))
    if code:
        raise SystemExit(f"manage.py {arguments[0]} failed; what it said stands above.")


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """A process in a session of its own, so that Ctrl-C reaches us first and we stop the others in order."""
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def wait_for(urls: list[str], processes: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    for url in urls:
        while not answers(url):
            dead = [name for name, process in processes.items() if process.poll() is not None]
            if dead or time.monotonic() > deadline:
                raise SystemExit(f"{dead[0] if dead else url} did not come up; what it said stands above.")
            time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  (our own address)
            return bool(response.status == 200)
    except OSError:
        return False


def welcome(local_stripe: bool) -> str:
    base, port = os.environ["BASE_URL"], int(os.environ["PORT"])
    lines = [
        "",
        f"Ready: {base}",
        "",
        "  Sign in       with LinkedIn, as Alice, Bob or Charlie"
        if "127.0.0.1" in os.environ["LINKEDIN_SERVER_URL"]
        else "  Sign in       with LinkedIn",
        f"  Admin         {base}/admin/  ({STAFF}, password {kept_secrets()['STAFF_PASSWORD']})",
    ]
    if local_stripe:
        lines += [
            "  Pay with      4242 4242 4242 4242 (works), 4000 0025 0000 3155 (asks you to authenticate),",
            "                4000 0000 0000 0002 (declined); any future date, any CVC, any ZIP code",
            f"  Local Stripe  http://127.0.0.1:{port + 1}/dashboard",
        ]
    elif sells(os.environ):
        lines += [f"  Webhooks      stripe listen --forward-to {base}/api/stripe-webhooks/"]
    return "\n".join([*lines, "", "Ctrl-C stops everything."])


def watch(processes: dict[str, subprocess.Popen[bytes]]) -> int:
    """Wait until one process ends by itself; that is a failure."""
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                print(f"{name} ended with exit code {process.returncode}; stopping the others.")
                return 1
        time.sleep(0.5)


def stop(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in reversed(processes.values()):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    for process in processes.values():
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def check() -> int:
    """Django's checks under production settings, and whether a migration is missing."""
    production = os.environ | {"DEBUG": "false", "BASE_URL": "https://turnpike.example"}
    production |= {"STRIPE_SANDBOX_URL": "", "STRIPE_SECRET_KEY": "", "ALLOWED_HOSTS": "turnpike.example"}
    for command in (
        ["check", "--deploy", "--fail-level", "WARNING"],
        ["makemigrations", "--check", "--dry-run"],
    ):
        code = subprocess.call([PYTHON, "manage.py", *command], cwd=ROOT, env=production)
        if code:
            return code
    return 0


if __name__ == "__main__":
    # A closed terminal and a script that starts us in the background (which has Ctrl-C ignored) included.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    sys.exit(main(sys.argv[1:]))
