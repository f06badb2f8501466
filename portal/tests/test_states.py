"""The table of the states' taxes."""

import csv
import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from localflavor.us.us_states import US_STATES

from portal import state_names, states
from portal.countries import Country, TaxBy
from portal.models import StateTaxRate

pytestmark = pytest.mark.django_db


def test_every_state_and_the_district_has_a_figure() -> None:
    states_of_the_union = {code: str(name) for code, name in US_STATES}
    assert dict(StateTaxRate.objects.values_list("state", "name")) == states_of_the_union
    assert states_of_the_union == state_names.NAMES


def test_every_state_has_a_name_in_chinese_and_its_place_among_the_english_ones() -> None:
    with translation.override("zh-hans"):
        regions = Country("us", TaxBy.TABLE).regions
    assert (regions["NY"], regions["DC"]) == ("纽约州", "哥伦比亚特区")
    assert all(re.fullmatch(r"[\u4e00-\u9fff]+", name) for name in regions.values())
    assert list(regions)[:4] == ["AL", "AK", "AZ", "AR"]


def test_new_york_takes_four_percent_and_colorado_nothing() -> None:
    assert StateTaxRate.objects.get(state="NY").percentage == 4
    assert StateTaxRate.objects.get(state="CO").percentage == 0
    assert StateTaxRate.objects.filter(state__in=["NY", "CO"], verified=True).count() == 2


def test_a_figure_that_is_sold_by_names_where_and_when_it_was_looked_up() -> None:
    for row in StateTaxRate.objects.filter(verified=True):
        assert row.source_url.startswith("http"), row
        assert row.source_date is not None, row
        assert date(2026, 1, 1) < row.source_date, row
        assert row.notes, row


def test_no_rate_is_beyond_what_states_take() -> None:
    for row in StateTaxRate.objects.all():
        assert row.percentage is not None
        assert 0 <= row.percentage <= Decimal("7.25"), row


def test_where_sources_contradict_each_other_nothing_is_verified() -> None:
    with states.TABLE.open(newline="") as table:
        for line in csv.DictReader(table):
            assert line["verified"] in {"yes", "no"}
            if "contradict" in line["notes"] or "not found" in line["notes"]:
                assert line["verified"] == "no", line


def test_stocking_again_adds_nothing_and_leaves_what_staff_wrote() -> None:
    StateTaxRate.objects.filter(state="NY").update(percentage=Decimal("4.5"), notes="By Alice.")
    assert states.stock() == 0
    assert StateTaxRate.objects.get(state="NY").percentage == Decimal("4.5")


def test_a_state_that_was_lost_comes_back() -> None:
    StateTaxRate.objects.filter(state="WY").delete()
    assert states.stock() == 1
