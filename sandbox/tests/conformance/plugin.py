"""Every test run ends with the verdict on its traffic with the local Stripe; a violation fails the run, and its last
lines say so.

Sound traffic is forgotten afterwards, unless SANDBOX_TRAFFIC said where to keep it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from sandbox.tests.conformance.reports import Report
from sandbox.tests.conformance.traffic import check

REPORT = pytest.StashKey[Report]()
FORGOTTEN = pytest.StashKey[str]()
NAMED = 20  # violations in the summary at most; the command names all


def pytest_configure(config: pytest.Config) -> None:
    """Before the workers are started: they inherit where to write."""
    if not hasattr(config, "workerinput") and "SANDBOX_TRAFFIC" not in os.environ:
        config.stash[FORGOTTEN] = os.environ["SANDBOX_TRAFFIC"] = tempfile.mkdtemp(prefix="sandbox-traffic-")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """After the workers have ended."""
    if hasattr(session.config, "workerinput"):
        return
    report = session.config.stash[REPORT] = check(Path(os.environ["SANDBOX_TRAFFIC"]))
    if report.counts and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """After the list of slowest durations."""
    report = config.stash.get(REPORT, None)
    if report and (report.calls or report.events):
        terminalreporter.section(
            "conformance of the local Stripe", red=bool(report.counts), green=not report.counts
        )
        terminalreporter.line(report.tell(NAMED))


@pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_sessionfinish")
def pytest_say_why(session: pytest.Session) -> Generator[None]:
    """Below the line that counts the tests, which may all have passed."""
    yield
    report = session.config.stash.get(REPORT, None)
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if report and report.counts and reporter:
        reporter.line(
            f"This run fails for the local Stripe: {report.verdict} of Stripe's shapes in its traffic, named above. "
            f"All of them: python -m sandbox.tests.conformance {os.environ['SANDBOX_TRAFFIC']}",
            red=True,
        )


def pytest_unconfigure(config: pytest.Config) -> None:
    if directory := config.stash.get(FORGOTTEN, None):
        os.environ.pop("SANDBOX_TRAFFIC", None)
        report = config.stash.get(REPORT, None)
        if not (report and report.counts):
            shutil.rmtree(directory, ignore_errors=True)
