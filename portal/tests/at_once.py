"""Several who do something at the same moment, in threads with connections of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def run(*acts: Callable[[], Any]) -> list[Any]:
    """What each returned, or raised."""
    barrier = threading.Barrier(len(acts), timeout=20)

    def go(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(go, acts))
