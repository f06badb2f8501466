"""How many statements an event takes under the settings in the environment, without BEGIN and COMMIT.

python -m benchmarks.statements PATH, with one event a line on standard input
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks import events  # noqa: E402


def main(path: str) -> None:
    counts: list[int] = []

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        counts[-1] += sql.count("EXECUTE ") or 1  # several of ours may go together
        return execute(sql, params, many, context)

    client = Client(raise_request_exception=True, headers={"Host": "127.0.0.1"})
    for line in sys.stdin.buffer:
        body = line.rstrip(b"\n")
        counts.append(0)
        with connection.execute_wrapper(count):
            answer = client.post(
                path,
                body,
                content_type="application/json",
                headers={"Stripe-Signature": events.signature(body)},
            )
        assert answer.status_code == 200, answer.content
    print(min(counts), max(counts))


if __name__ == "__main__":
    main(sys.argv[1])
