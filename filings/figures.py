"""Large sums in few characters, in the reader's language. The figures themselves stay integers in cents."""

from dataclasses import dataclass

from babel import Locale
from babel.numbers import format_compact_currency
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.models import Filing

FIGURES = {
    "revenue_cents": _("Revenue"),
    "net_income_cents": _("Net income"),
    "assets_cents": _("Total assets"),
}


@dataclass(frozen=True)
class Comparison:
    """One figure now and a year before, both in cents."""

    label: str | Promise
    before: int
    after: int

    @property
    def change(self) -> float | None:
        """As a share of the earlier figure; None where that says nothing, as after a loss."""
        return (self.after - self.before) / self.before if self.before > 0 else None


def compare(filing: Filing, earlier: Filing | None) -> list[Comparison]:
    """Figure by figure; empty when either filing has none."""
    if earlier is None or not (filing.has_figures and earlier.has_figures):
        return []
    return [
        Comparison(label, getattr(earlier, name), getattr(filing, name)) for name, label in FIGURES.items()
    ]


def shorten(cents: int | None) -> str:
    """`1234567800` is `$12.3M`; a dash when there is no figure."""
    if cents is None:
        return "–"
    locale = Locale.parse(translation.to_locale(translation.get_language() or "en"))
    return format_compact_currency(cents / 100, "USD", locale=locale, fraction_digits=1)
