"""Pages of filings for the API. A cursor names the last filing seen, so what is filed meanwhile shifts nothing."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from filings.models import Filing
from filings.search import COLUMNS, ApiSearch


class Page(NamedTuple):
    """Some filings, and the cursor of those that follow; None after the last."""

    filings: list[Filing]
    cursor: str | None


def read(search: ApiSearch) -> Page:
    """The page that a valid search asks for, in one query."""
    wanted = search.cleaned_data
    found = search.filings()
    if wanted["cursor"]:
        found = found.filter(_after(wanted["cursor"], wanted["ordering"]))
    filings = list(found[: wanted["limit"] + 1])
    more = len(filings) > wanted["limit"]
    filings = filings[: wanted["limit"]]
    return Page(filings, _cursor(filings[-1], wanted["ordering"]) if more else None)


def _cursor(last: Filing, ordering: str) -> str:
    key = last.filed.isoformat() if ordering.endswith("filed") else last.company.name
    return (
        urlsafe_b64encode(json.dumps([ordering, key, last.accession], ensure_ascii=False).encode())
        .decode()
        .rstrip("=")
    )


def _after(cursor: str, ordering: str) -> Q:
    """What comes after the cursor's filing in this order. Raises ValidationError for a cursor that we never gave."""
    key, accession = _parse(cursor, ordering)
    column, side = COLUMNS[ordering.lstrip("-")], "lt" if ordering.startswith("-") else "gt"
    return Q(**{f"{column}__{side}": key}) | Q(**{column: key, f"accession__{side}": accession})


def _parse(cursor: str, ordering: str) -> tuple[str, str]:
    try:
        made_for, key, accession = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if ordering.endswith("filed"):
            date.fromisoformat(key)
        if made_for != ordering or "\0" in key + accession:
            raise ValueError(cursor)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValidationError(
            {"cursor": [_("This cursor is not from an answer to the same search.")]}
        ) from error
    return key, accession
