"""The peers' own environment: made once, kept in var/."""

import subprocess
import sys
from pathlib import Path

from benchmarks.processes import ROOT

HERE = ROOT / "var" / "peers"
WANTED = Path(__file__).with_name("requirements.txt")
PYTHON = HERE / "bin" / "python"


def made() -> str | None:
    """The path of its Python, installed if it is not there yet; None where that is not to be had."""
    installed = HERE / "installed.txt"
    if not installed.exists() or installed.read_text() != WANTED.read_text():
        subprocess.run([sys.executable, "-m", "venv", str(HERE)], check=True)
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*command, "-r", str(WANTED)]).returncode:
            return None
        installed.write_text(WANTED.read_text())
    return str(PYTHON)
