"""`docker compose up` without any key: what it starts knows its neighbours by the addresses that the browser uses."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = re.compile(r"\$\{(\w+):?-([^}]*)\}")


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def environment(compose: Any) -> dict[str, str]:
    """Of every service of ours, when there is no .env."""
    written = compose["services"]["web"]["environment"]
    return {name: DEFAULT.sub(lambda found: found[2], value) for name, value in written.items()}


def command(compose: Any, service: str) -> str:
    given = compose["services"][service]["command"]
    return " ".join(given) if isinstance(given, list) else str(given)


def test_nothing_has_to_be_set(environment: dict[str, str]) -> None:
    assert all(environment.values())
    assert not any("${" in value for value in environment.values())


@pytest.mark.parametrize(
    ("service", "variable"), [("stripe", "STRIPE_SANDBOX_URL"), ("linkedin", "LINKEDIN_SERVER_URL")]
)
def test_a_double_is_one_address_for_the_browser_and_for_the_product(
    compose: Any, environment: dict[str, str], service: str, variable: str
) -> None:
    host, port = environment[variable].removeprefix("http://").split(":")
    services = compose["services"]
    assert host == "127.0.0.1"
    assert f"127.0.0.1:{port}:{port}" in services["web"]["ports"]
    assert services[service]["network_mode"] == "service:web"
    assert f"--host 0.0.0.0 --port {port}" in command(compose, service)


@pytest.mark.parametrize("service", ["worker", "catalogue"])
def test_whatever_calls_stripe_reaches_the_double(compose: Any, service: str) -> None:
    assert compose["services"][service]["network_mode"] == "service:web"
    assert "ports" not in compose["services"][service], "published by web"


def test_every_module_that_is_started_is_in_the_image(compose: Any) -> None:
    modules = re.findall(
        r"-m (sandbox[\w.]*)", " ".join(command(compose, name) for name in ("stripe", "linkedin"))
    )
    assert modules == ["sandbox", "sandbox.linkedin"]
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert "sandbox" not in ignored
    for module in modules:
        assert (ROOT / module.replace(".", "/") / "__main__.py").is_file()


def test_every_dependency_is_a_service(compose: Any) -> None:
    services = compose["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)


@pytest.mark.parametrize(
    ("service", "apps", "runs"),
    [
        ("migrate", "billing,cart,portal", ["prepare_database", "seed_filings", "seed_shop"]),
        ("migrate", "billing", ["prepare_database", "seed_filings"]),
        ("migrate", "", ["prepare_database", "seed_filings"]),
        ("catalogue", "billing", ["upsert_catalogue"]),
        ("catalogue", "", []),
    ],
)
def test_what_is_not_installed_is_not_filled(
    compose: Any, tmp_path: Path, service: str, apps: str, runs: list[str]
) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$2"\n')
    python.chmod(0o755)
    given = [part.replace("$$", "$") for part in compose["services"][service]["command"]]
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PAYING_APPS": apps}
    done = subprocess.run(given, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == runs
