"""Numbers of papers: one after the other within a year, without a gap, whoever else gives one at the same time."""

from django.utils import timezone

from portal.models import NumberSeries

PREFIXES = {"receipt": "", "credit_note": "CN-"}


def lock(kind: str) -> NumberSeries:
    """This year's series of a kind of paper, held until the transaction ends; what comes second waits here."""
    series, _new = NumberSeries.objects.get_or_create(series=kind, year=timezone.now().year)
    return NumberSeries.objects.select_for_update().get(pk=series.pk)


def take(series: NumberSeries) -> str:
    """The next number of a series that is locked: `2027-000001`. A transaction that is rolled back gives it back."""
    series.last += 1
    series.save(update_fields=["last"])
    return f"{PREFIXES[series.series]}{series.year}-{series.last:06}"
