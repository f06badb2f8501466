"""Tests of the tests: take out one thing that the guarantees stand on, in a copy, and see that some test fails.

python -m tests.mutations [name ...]
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = (
    ".git",
    ".venv",
    ".hypothesis",
    ".mypy_cache",
    ".ruff_cache",
    "node_modules",
    "var",
    "tmp",
    "__pycache__",
)
PASSED, FAILED = 0, 1  # pytest's exit statuses


@dataclass(frozen=True)
class Mutation:
    """`edits`: file, what stands there exactly once, what replaces it. `tests`: where some test must fail."""

    edits: tuple[tuple[str, str, str], ...]
    tests: tuple[str, ...]


MUTATIONS = {
    "sequence guard": Mutation(
        (("billing/mirror/order.py", "if ticket > row.sequence:", "if ticket:"),),
        ("billing/tests/test_order.py", "billing/tests/test_mirror.py"),
    ),
    "unique constraint": Mutation(
        (
            (
                "billing/webhooks/inbox.py",
                "    ON CONFLICT (stripe_id) DO NOTHING RETURNING id\n",
                "    RETURNING id\n",
            ),
            (
                "billing/models/inbox.py",
                'constraints = [models.UniqueConstraint(fields=["stripe_id"], name="event_once")]',
                "constraints: list[models.UniqueConstraint] = []",
            ),
        ),
        ("billing/tests/test_process.py", "tests/test_orders.py"),
    ),
    "namespace filter": Mutation(
        (
            (
                "billing/gateway/namespace.py",
                "return read(metadata) == settings.STRIPE_NAMESPACE",
                "return True",
            ),
        ),
        ("billing/tests/test_process.py", "billing/tests/test_reconcile.py"),
    ),
    "stored key": Mutation(
        (
            (
                "billing/purchases.py",
                "gateway.subscriptions.create(**parameters, key=attempt.key)",
                'gateway.subscriptions.create(**parameters, key=__import__("uuid").uuid4().hex)',
            ),
        ),
        ("tests/test_meanwhile.py", "billing/tests/test_purchases.py"),
    ),
    "key of an order": Mutation(
        (("cart/payments.py", "key=order.key,", 'key=__import__("uuid").uuid4().hex,'),),
        ("cart/tests/test_order_faults.py", "tests/test_meanwhile_in_the_shop.py"),
    ),
    "cancelling before the next payment": Mutation(
        (("cart/orders.py", "        withdrawals.carry_out(other)\n", ""),),
        ("cart/tests/test_orders.py",),
    ),
    "comparison of a payment with its order": Mutation(
        (("cart/fulfilment.py", "if found := differences(order, guard):", "if found := []:"),),
        ("cart/tests/test_orders.py",),
    ),
    "one paid order of a purchase": Mutation(
        (("cart/fulfilment.py", "    if others.taken().exists():\n        return False\n", ""),),
        ("cart/tests/test_orders.py",),
    ),
    "pieces that are in stock": Mutation(
        (("cart/stock.py", "pk=line.item.pk, stock__gte=line.quantity", "pk=line.item.pk"),),
        ("cart/tests/test_stock.py",),
    ),
    "version of a cart": Mutation(
        (("cart/carts.py", "if version is not None and version", "if False and version"),),
        ("cart/tests/test_api_cart.py",),
    ),
}


def run(tests: Sequence[str], edits: Sequence[tuple[str, str, str]] = ()) -> int:
    """Run quick tests in a copy of the product with these edits; pytest's exit status."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as directory:
        copy = Path(directory) / "turnpike"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        for file, before, after in edits:
            text = (copy / file).read_text()
            if text.count(before) != 1:
                raise LookupError(f"{file} does not hold exactly once: {before}")
            (copy / file).write_text(text.replace(before, after))
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not slow and not browser", *tests]
        return subprocess.run(command, cwd=copy, capture_output=True).returncode


def main(names: Sequence[str]) -> int:
    """Print a line for each; 0 if the tests notice all of them."""
    overlooked = 0
    for name in names or MUTATIONS:
        noticed = run(MUTATIONS[name].tests, MUTATIONS[name].edits) == FAILED
        overlooked += not noticed
        sys.stdout.write(f"without the {name}: {'some test fails' if noticed else 'NO TEST FAILS'}\n")
    return 1 if overlooked else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
