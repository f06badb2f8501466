"""Takes them out, two at a time; says for each which tests fail, or do not."""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.mutations import MUTATIONS
from tests.mutations.mutation import Mutation, overlooked

AT_ONCE = 2


def line(mutation: Mutation) -> tuple[bool, str]:
    """Whether it was noticed, or could not be tried; and a line about it."""
    database_url = os.environ.get("DATABASE_URL", "")
    said = f"without {mutation.without}{f' ({mutation.faults})' if mutation.faults else ''}: "
    if mutation.postgresql and not database_url:
        return True, said + "not tried, it needs PostgreSQL (DATABASE_URL)"
    try:
        passing = overlooked(mutation, database_url)
    except (LookupError, OSError, RuntimeError) as error:
        return False, said + f"cannot be tried: {error}"
    return not passing, said + (f"NOTHING FAILS in {', '.join(sorted(passing))}" if passing else "noticed")


def main(names: Sequence[str]) -> int:
    """0 if the tests notice all of them."""
    noticed = True
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for was_noticed, text in pool.map(line, [MUTATIONS[name] for name in names or MUTATIONS]):
            noticed = noticed and was_noticed
            print(text, flush=True)  # noqa: T201
    return 0 if noticed else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
