"""What this machine cannot run is skipped, and says how to get what it lacks; unless TURNPIKE_SKIP forbids it."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

import sandbox

NODE_MODULES = Path(sandbox.__file__).parent / "tests" / "node" / "node_modules"
SKIPPING_FORBIDDEN = os.environ.get("TURNPIKE_SKIP") == "forbidden"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run, saying how to get it. Where skipping is forbidden, nothing is: tests of
    PostgreSQL are left to the run on PostgreSQL, those of Node and of tools from npm to a machine that has them, and
    the rest fails for what is missing."""
    postgresql = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
    npm, node = NODE_MODULES.is_dir(), bool(shutil.which("node"))
    if SKIPPING_FORBIDDEN:
        tools = (("postgresql", postgresql), ("node", npm), ("javascript", node))
        out = {name for name, there in tools if not there}
        left = [item for item in items if any(item.get_closest_marker(name) for name in out)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    for item in items:
        if item.get_closest_marker("postgresql") and not postgresql:
            item.add_marker(
                pytest.mark.skip("needs PostgreSQL: DATABASE_URL=postgres://user@host/name make test")
            )
        if item.get_closest_marker("node") and not npm:
            item.add_marker(pytest.mark.skip("needs Stripe's tools for Node: make node"))
        if item.get_closest_marker("javascript") and not node:
            item.add_marker(pytest.mark.skip("needs Node 18 or newer: apt-get install nodejs"))
        if item.get_closest_marker("browser") and not shutil.which("chromium") and not SKIPPING_FORBIDDEN:
            item.add_marker(pytest.mark.skip("needs Chromium: apt-get install chromium"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if SKIPPING_FORBIDDEN and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where skipping is forbidden: {report.longrepr}"
    return report
