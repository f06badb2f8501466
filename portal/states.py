"""At which rate each state taxes software as a service, as looked up: `states.csv`.

Only the state's own rate, without what counties and cities add. Where sources contradict each other, or none was
found, the figure is not verified, and nothing is sold into that state until somebody who looked it up says so in the
admin.
"""

import csv
from decimal import Decimal
from pathlib import Path

from portal.models import StateTaxRate

TABLE = Path(__file__).with_name("states.csv")


def stock(rows: type[StateTaxRate] = StateTaxRate) -> int:
    """Add what of the table has no row yet, and return how many that were. What staff wrote is left alone."""
    known = set(rows.objects.filter(country="us").values_list("state", flat=True))
    with TABLE.open(newline="") as table:
        new = [_row(rows, line) for line in csv.DictReader(table) if line["state"] not in known]
    return len(rows.objects.bulk_create(new))


def _row(rows: type[StateTaxRate], line: dict[str, str]) -> StateTaxRate:
    written = f"{line['source_of']}. " if line["source_of"] else ""
    return rows(
        country="us",
        state=line["state"],
        name=line["name"],
        percentage=Decimal(line["percentage"]),
        source_url=line["source"],
        source_date=line["looked_up"],
        verified=line["verified"] == "yes",
        notes=f"{written}{line['notes']}",
    )
