"""Filings as CSV, row by row, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterator
from typing import Any

from filings.models import Filing, FilingQuerySet

HEADER = [
    "accession",
    "cik",
    "company",
    "ticker",
    "form_type",
    "filed",
    "period_end",
    "revenue_cents",
    "net_income_cents",
    "assets_cents",
]
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # spreadsheets take the wide ones for the same


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def rows(filings: FilingQuerySet) -> Iterator[str]:
    """The lines of the file. Filings are read in chunks, so memory stays small however many there are."""
    writer = csv.writer(_Echo())
    yield writer.writerow(HEADER)
    for filing in filings.iterator(chunk_size=500):
        yield writer.writerow([_safe(cell) for cell in _cells(filing)])


def _cells(filing: Filing) -> list[Any]:
    company = filing.company
    return [
        filing.accession,
        company.cik,
        company.name,
        company.ticker,
        filing.form_type,
        filing.filed.isoformat(),
        filing.period_end.isoformat(),
        filing.revenue_cents,
        filing.net_income_cents,
        filing.assets_cents,
    ]


def _safe(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula is kept as text. Numbers, negative ones too, are no text."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip().startswith(FORMULA) else cell
