"""The layout of the chart, and how it counts."""

import itertools
from datetime import date

import pytest

from filings import charts
from filings.charts import BOTTOM, HEIGHT, LEFT, PLOT_HEIGHT, RIGHT, TOP, WIDTH
from filings.models import Filing, FormType

COUNTS = {date(2026, 1, 1): {"10-K": 3, "8-K": 5}, date(2026, 4, 1): {"10-Q": 2}}


def test_bars_stand_upon_each_other_on_the_floor():
    column = charts.draw(COUNTS).columns[0]
    below = HEIGHT - BOTTOM
    for bar in column.bars:
        assert bar.y + bar.height == pytest.approx(below, abs=0.02)
        below = bar.y
    assert column.total == 8
    assert below == pytest.approx(TOP, abs=0.02), "8 is the round number that holds 8"


def test_columns_share_the_width_without_touching():
    columns = charts.draw(charts.invent(quarters=17)).columns
    assert columns[0].slot_x == LEFT
    assert columns[-1].slot_x + columns[-1].slot_width == pytest.approx(WIDTH - RIGHT, abs=0.1)
    for one, next_one in itertools.pairwise(columns):
        assert one.x + one.width < next_one.x
        assert one.slot_x < one.x


def test_forms_that_are_not_shown_have_no_bar_and_lower_the_ceiling():
    chart = charts.draw(COUNTS, ["10-K"])
    assert [bar.form_type for bar in chart.columns[0].bars] == ["10-K"]
    assert [column.total for column in chart.columns] == [3, 0]
    assert [tick.value for tick in chart.ticks] == [0, 1, 2, 3, 4]


def test_a_form_keeps_its_colour_whatever_else_is_shown():
    every = {bar.form_type: bar.series for bar in charts.draw(COUNTS).columns[0].bars}
    one = charts.draw(COUNTS, ["8-K"]).columns[0].bars[0]
    assert one.series == every["8-K"]
    assert list(every.values()) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("highest", "ceiling"),
    [(0, 4), (1, 4), (4, 4), (5, 8), (9, 12), (13, 20), (21, 40), (120, 120), (121, 200), (4001, 8000)],
)
def test_the_scale_ends_at_a_round_number_whose_quarter_is_whole(highest, ceiling):
    assert charts.nice_ceiling(highest) == ceiling
    assert ceiling % 4 == 0


def test_no_filings_are_a_chart_without_columns():
    chart = charts.draw({})
    assert chart.columns == []
    assert chart.labelled == []
    assert chart.ticks[-1].y == TOP
    assert chart.ticks[0].y == TOP + PLOT_HEIGHT


@pytest.mark.parametrize("quarters", [1, 8, 9, 47])
def test_at_most_eight_quarters_are_labelled_and_the_last_always_is(quarters):
    chart = charts.draw(charts.invent(quarters=quarters))
    assert 1 <= len(chart.labelled) <= 8
    assert chart.labelled[-1] is chart.columns[-1]


def test_filings_are_counted_by_the_quarter_in_which_they_were_filed(all_filings, django_assert_num_queries):
    with django_assert_num_queries(1):
        counts = charts.count(Filing.objects.all())
    assert counts == {date(2025, 1, 1): {"10-K": 1}, date(2026, 1, 1): {"8-K": 1, "10-K": 1}}
    assert list(counts) == sorted(counts)


def test_the_invented_counts_have_every_form():
    assert all(set(found) == set(FormType.values) for found in charts.invent(quarters=3).values())
