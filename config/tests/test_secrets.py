"""No secret lies in the repository, nor in a layer of the image."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Real ones: long, and of more than a few different characters. What tests invent is not.
SECRETS = re.compile(
    r"(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{24,}"
    r"|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"
    r"|gh[pousr]_[A-Za-z0-9]{36}|AKIA[0-9A-Z]{16}|xox[bap]-[0-9A-Za-z-]{20,}"
)
VARIETY = 12  # different characters that a random string of this length has at the very least


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("needs the git repository: run it in a clone")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def looks_real(found: str) -> bool:
    return found.startswith("-----") or len(set(found.split("_")[-1])) >= VARIETY


def test_a_real_key_would_be_found() -> None:
    key = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dcAbXyZ019"
    assert [looks_real(found) for found in SECRETS.findall(f'KEY = "{key}"')] == [True]
    assert not looks_real("sk_test_" + "0" * 32)


def test_no_tracked_file_holds_a_secret() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {secret[:12]}..."
        for file in tracked()
        if file.is_file()
        for secret in SECRETS.findall(file.read_bytes().decode("utf-8", "ignore"))
        if looks_real(secret)
    ]
    assert found == []


def test_what_a_run_leaves_behind_is_not_tracked() -> None:
    names = {str(file.relative_to(ROOT)) for file in tracked()}
    assert not [name for name in names if re.match(r"(\.env$|var/|staticfiles/|.*\.sqlite3)", name)]


def test_the_image_is_built_without_secrets_and_without_files_that_hold_them() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert not re.search(r"^\s*ARG\b", dockerfile, re.MULTILINE), (
        "build arguments stay in the image's history"
    )
    assert not re.search(r"^\s*ENV\b.*(KEY|SECRET|PASSWORD|TOKEN)", dockerfile, re.MULTILINE)
    assert "USER turnpike" in dockerfile
    assert not re.search(r"^CMD.*access-?log", dockerfile, re.MULTILINE), "it would hold query strings"
    ignored = set((ROOT / ".dockerignore").read_text().split())
    assert {".env", ".git", "var", ".venv"} <= ignored


def test_the_pipeline_and_the_containers_name_no_key() -> None:
    for name in (".gitlab-ci.yml", "docker-compose.yml", ".env.example"):
        assert not [key for key in SECRETS.findall((ROOT / name).read_text()) if looks_real(key)]
