"""The chart of filings over time: how many of each form in each quarter, laid out for an SVG.

Everything is in the units of the SVG's view box; the page's script uses the same numbers when forms are hidden.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncQuarter

from filings.models import FilingQuerySet, FormType

WIDTH, HEIGHT = 960, 360
LEFT, RIGHT, TOP, BOTTOM = 44, 24, 16, 36
PLOT_HEIGHT = HEIGHT - TOP - BOTTOM
GAP = 0.24  # of a column's width

Counts = Mapping[date, Mapping[str, int]]


@dataclass(frozen=True)
class Bar:
    """The filings of one form in one quarter. `series` numbers the forms from 1, for their colours."""

    form_type: str
    series: int
    count: int
    y: float
    height: float


@dataclass(frozen=True)
class Column:
    """One quarter: its bars stand upon each other. `slot_*` is the whole strip that answers to the pointer."""

    label: str
    x: float
    width: float
    slot_x: float
    slot_width: float
    total: int
    bars: list[Bar]

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class Tick:
    """A line across the plot with its number."""

    value: int
    y: float


@dataclass(frozen=True)
class Chart:
    """All that the template draws."""

    columns: list[Column]
    ticks: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    floor: int = HEIGHT - BOTTOM
    plot_height: int = PLOT_HEIGHT

    @property
    def labelled(self) -> list[Column]:
        """The columns that have room for their label: at most eight, the last among them."""
        step = -(-len(self.columns) // 8)
        return self.columns[::-1][:: step or 1][::-1]


def count(filings: FilingQuerySet) -> Counts:
    """How many of each form per quarter (its first day), in order, in one query. Quarters without any are left out."""
    counts: dict[date, dict[str, int]] = defaultdict(dict)
    rows = filings.order_by().annotate(quarter=TruncQuarter("filed")).values_list("quarter", "form_type")
    for quarter, form_type, number in rows.annotate(number=Count("pk")).order_by("quarter"):
        counts[quarter][form_type] = number
    return counts


def invent(quarters: int) -> Counts:
    """Counts of a data set that does not exist, for people who may not see the real one."""
    shares = {"10-K": (2, 9), "10-Q": (22, 3), "8-K": (18, 7), "DEF 14A": (1, 5), "4": (14, 11)}
    return {
        date(2000 + n // 4, 3 * (n % 4) + 1, 1): {
            form: level + (n * step + step) % 13 + n // 2 for form, (level, step) in shares.items()
        }
        for n in range(quarters)
    }


def draw(counts: Counts, forms: Iterable[str] = FormType.values) -> Chart:
    """Stacked columns, one per quarter, of these forms."""
    shown = [form for form in FormType.values if form in set(forms)]
    totals = {quarter: sum(found.get(form, 0) for form in shown) for quarter, found in counts.items()}
    ceiling = nice_ceiling(max(totals.values(), default=0))
    slot = (WIDTH - LEFT - RIGHT) / max(len(counts), 1)
    columns = [
        Column(
            label=f"{quarter.year} Q{(quarter.month + 2) // 3}",
            x=round(LEFT + slot * (n + GAP / 2), 2),
            width=round(slot * (1 - GAP), 2),
            slot_x=round(LEFT + slot * n, 2),
            slot_width=round(slot, 2),
            total=totals[quarter],
            bars=_stack(found, shown, ceiling),
        )
        for n, (quarter, found) in enumerate(counts.items())
    ]
    return Chart(columns, [_tick(ceiling * part // 4, ceiling) for part in range(5)])


def nice_ceiling(highest: int) -> int:
    """The smallest of 4, 8, 12, 20, 40, 80, 120, 200 ... that is not below `highest`. A quarter of it is whole."""
    ceiling = scale = 4
    while ceiling < highest:
        for factor in (1, 2, 3, 5):
            ceiling = scale * factor
            if ceiling >= highest:
                break
        scale *= 10
    return ceiling


def _stack(found: Mapping[str, int], shown: list[str], ceiling: int) -> list[Bar]:
    bars, below = [], 0
    for form in shown:
        number = found.get(form, 0)
        top = round(_y(below + number, ceiling), 2)
        height = round(PLOT_HEIGHT * number / ceiling, 2)
        bars.append(Bar(form, FormType.values.index(form) + 1, number, top, height))
        below += number
    return bars


def _tick(value: int, ceiling: int) -> Tick:
    return Tick(value, round(_y(value, ceiling), 2))


def _y(value: int, ceiling: int) -> float:
    return TOP + PLOT_HEIGHT * (1 - value / ceiling)
