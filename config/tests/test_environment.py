"""`.env.example` names what is read from the environment, all of it and nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"(?:\benv(?:\.\w+)?\(|\b(?:given|os\.environ)(?:\.get\(|\[))\s*\"([A-Z][A-Z_]+)\"")
EXAMPLE = re.compile(r"^#?([A-Z][A-Z_]+)=", re.MULTILINE)
# A second name that is explained at the first.
ALSO = {"STRIPE_API_KEY", "STRIPE_ENDPOINT_SECRET"}
# Set by our own processes for each other, not by people.
BETWEEN_US = {"READ_DOT_ENV", "STAFF_PASSWORD"}


def read() -> set[str]:
    sources = [*(ROOT / "config" / "settings").glob("*.py"), ROOT / "config" / "dev.py", ROOT / "manage.py"]
    return {name for source in sources for name in READ.findall(source.read_text())}


def test_every_variable_that_is_read_is_explained() -> None:
    example = (ROOT / ".env.example").read_text()
    assert {"SECRET_KEY", "DATABASE_URL", "PORT", "STRIPE_SECRET_KEY"} <= read()
    assert read() - BETWEEN_US - ALSO - set(EXAMPLE.findall(example)) == set()
    assert all(name in example for name in ALSO)


def test_every_variable_that_is_explained_is_read() -> None:
    assert set(EXAMPLE.findall((ROOT / ".env.example").read_text())) - read() == set()


def test_every_variable_has_its_meaning_above_it() -> None:
    """The line before it, or before the block that it belongs to, is a sentence; the default is commented out."""
    above = ""
    for line in (ROOT / ".env.example").read_text().splitlines():
        if EXAMPLE.match(line):
            assert line.startswith("#"), f"{line} is set"
            assert above.startswith("# ") or EXAMPLE.match(above), f"{line} is not explained"
        above = line
