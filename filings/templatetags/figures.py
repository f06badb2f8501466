"""Figures in templates: `{{ filing.revenue_cents|shorten }}`, `{{ share|percent }}`."""

from django import template
from django.utils.formats import number_format

from filings import figures

register = template.Library()
register.filter("shorten", figures.shorten)


@register.filter
def percent(share: float | None) -> str:
    """`0.123` is `+12.3%`; a dash when there is none."""
    if share is None:
        return "–"
    sign = "−" if share < 0 else "+"
    return f"{sign}{number_format(round(abs(share) * 100, 1), 1)}%"
