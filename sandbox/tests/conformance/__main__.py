"""`python -m sandbox.tests.conformance DIRECTORY`: the violations in recorded traffic; exit 1 if there are any."""

from __future__ import annotations

import sys
from pathlib import Path

from sandbox.tests.conformance.traffic import check

if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    report = check(Path(sys.argv[1]))
    print(report)
    sys.exit(1 if report.counts else 0)
