"""Large sums in few characters, and what changed in a year."""

import pytest
from django.utils import translation

from filings import figures
from filings.figures import Comparison
from filings.models import Filing
from filings.templatetags.figures import percent


@pytest.mark.parametrize(
    ("cents", "short"),
    [
        (0, "$0"),
        (12_345, "$123.45"),
        (123_456_700_000, "$1.2B"),
        (-5_000_000_000, "-$50M"),
        (380_215_000_00, "$380.2M"),
        (None, "–"),
    ],
)
def test_a_sum_is_written_short(cents, short):
    assert figures.shorten(cents) == short


def test_a_sum_is_written_in_the_reader_s_language():
    with translation.override("zh-hans"):
        assert figures.shorten(123_456_700_000) == "US$12.3亿"


def test_a_change_is_a_share_of_the_earlier_figure():
    assert Comparison("", before=100, after=125).change == 0.25
    assert Comparison("", before=100, after=-100).change == -2


@pytest.mark.parametrize("before", [0, -100])
def test_a_change_from_nothing_or_a_loss_says_nothing(before):
    assert Comparison("", before=before, after=50).change is None


def test_the_figures_of_a_year_stand_beside_those_of_the_year_before(annual, annual_before):
    earlier = Filing.objects.year_before(annual)
    assert earlier == annual_before
    rows = figures.compare(annual, earlier)
    assert [(row.before, row.after) for row in rows] == [
        (100_000_000_000, 123_456_700_000),
        (4_000_000_000, -5_000_000_000),
        (300_000_000_000, 300_000_000_000),
    ]


def test_another_form_or_another_company_is_not_the_year_before(annual, annual_before, dairy):
    Filing.objects.filter(pk=annual_before.pk).update(form_type="10-Q")
    assert Filing.objects.year_before(annual) is None
    Filing.objects.filter(pk=annual_before.pk).update(form_type="10-K", company=dairy)
    assert Filing.objects.year_before(annual) is None
    assert figures.compare(annual, None) == []


def test_what_has_no_figures_has_no_year_before(event, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Filing.objects.year_before(event) is None


@pytest.mark.parametrize(
    ("share", "written"), [(0.1234, "+12.3%"), (-0.06, "−6.0%"), (0, "+0.0%"), (None, "–")]
)
def test_a_share_is_written_with_its_sign(share, written):
    assert percent(share) == written
