"""The product, loaded once and forked: by gunicorn's master for each worker, and by this process for each command.

What is forked is a process of its own, with connections of its own, that can be killed. With each call to Stripe it
says which function of the gateway makes it.
"""

import gc
import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from importlib import import_module
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.template import engines
from django.urls import get_resolver

from billing import gateway
from billing.gateway.transport import Network

CALLER = "X-Caller"
GATEWAY = "billing.gateway."
named = ExitStack()
BELOW = {f"{GATEWAY}client", f"{GATEWAY}transport", __name__}


class Named(Network):
    """Names the caller in a header, such as `subscriptions.create`."""

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **options: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        return super().request(method, url, {**(headers or {}), CALLER: _caller()}, post_data, **options)


def _caller() -> str:
    frame = sys._getframe()
    while frame.f_back:
        frame = frame.f_back
        module = str(frame.f_globals.get("__name__"))
        if module.startswith(GATEWAY) and module not in BELOW:
            return f"{module.removeprefix(GATEWAY)}.{frame.f_code.co_qualname.partition('.')[0]}"
    return ""


def load() -> WSGIHandler:
    """The product, with all that it loads when it is first needed. For gunicorn: `tests.zygote:load()`."""
    application = get_wsgi_application()
    get_resolver().url_patterns  # noqa: B018
    engines.all()
    import_module("portal.paper")
    named.enter_context(gateway.client.using(Named()))
    gc.collect()
    gc.freeze()  # else each fork looks through all of it when it ends
    return application


def serve() -> None:
    """Carry out the commands that come in, one a line as a list in JSON; answer each with its exit status."""
    for line in sys.stdin:
        if not os.fork():
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            execute_from_command_line(["manage.py", *json.loads(line)])
            return
        _pid, status = os.wait()
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    load()
    serve()
