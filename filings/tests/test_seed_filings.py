"""manage.py seed_filings"""

from io import StringIO
from statistics import median

import pytest
from django.core.management import call_command

from filings import sample
from filings.models import Company, Filing, FormType


def seed() -> str:
    out = StringIO()
    call_command("seed_filings", stdout=out)
    return out.getvalue()


@pytest.fixture
def seeded(db: None) -> str:
    return seed()


def test_it_adds_a_few_thousand_filings_and_says_so(seeded):
    assert 3_000 < Filing.objects.count() < 10_000
    assert seeded == f"{Company.objects.count()} companies and {Filing.objects.count()} filings added.\n"


def test_a_second_run_adds_nothing(seeded):
    before = list(Filing.objects.values_list("pk", "accession"))
    assert seed() == "0 companies and 0 filings added.\n"
    assert list(Filing.objects.values_list("pk", "accession")) == before


def test_a_run_that_broke_off_is_completed(seeded):
    everything = set(Filing.objects.values_list("accession", flat=True))
    Filing.objects.filter(pk__in=Filing.objects.values("pk")[:100]).delete()
    Company.objects.order_by("pk").first().delete()
    seed()
    assert set(Filing.objects.values_list("accession", flat=True)) == everything


def test_what_was_edited_stays_as_it_is(seeded):
    filing = Filing.objects.filter(form_type=FormType.ANNUAL).first()
    Filing.objects.filter(pk=filing.pk).update(revenue_cents=1)
    seed()
    filing.refresh_from_db()
    assert filing.revenue_cents == 1


def test_the_same_is_made_up_every_time():
    def describe() -> list[tuple]:
        return [
            (filing.accession, filing.filed, filing.revenue_cents)
            for company in sample.companies()
            for filing in sample.filings(company)
        ]

    first = describe()
    assert first == describe()
    assert len({accession for accession, *_ in first}) == len(first)


def test_what_is_made_up_could_be_true(seeded):
    for company in Company.objects.all()[:5]:
        company.full_clean()
    for filing in Filing.objects.select_related("company")[:50]:
        filing.full_clean()
    assert not Filing.objects.filter(filed__gt=sample.HORIZON).exists()
    assert not Filing.objects.filter(filed__week_day__in=(1, 7)).exists(), "nobody files at a weekend"
    reports = Filing.objects.filter(form_type__in=(FormType.ANNUAL, FormType.QUARTERLY))
    assert not reports.filter(revenue_cents__isnull=True).exists()
    assert not reports.filter(revenue_cents__lte=0).exists()
    assert all(value % 100_000 == 0 for value in reports.values_list("revenue_cents", flat=True))
    assert median(reports.values_list("assets_cents", flat=True)) > 1_000_000_000


def test_a_year_is_the_sum_of_its_quarters_and_more_than_three_of_them(seeded):
    annual = Filing.objects.filter(form_type=FormType.ANNUAL, period_end__year=2024).first()
    quarters = Filing.objects.filter(
        company=annual.company, form_type=FormType.QUARTERLY, period_end__year=2024
    )
    assert quarters.count() == 3
    fourth = annual.revenue_cents - sum(quarters.values_list("revenue_cents", flat=True))
    assert 0 < fourth < annual.revenue_cents / 2


@pytest.mark.django_db
def test_it_can_be_silent():
    out = StringIO()
    call_command("seed_filings", verbosity=0, stdout=out)
    assert out.getvalue() == ""
