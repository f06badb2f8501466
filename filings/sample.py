"""Makes up the data set: invented companies and what they might have filed. The same on every machine, always."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from filings.models import Company, Filing, FormType

FIRST_YEARS = (2014, 2021)
HORIZON = date(2026, 9, 30)
SEASONS = (0.93, 0.99, 1.01, 1.07)


@dataclass(frozen=True)
class Business:
    """How an invented company is doing. Revenue in dollars a quarter, the rest as ratios."""

    first_year: int
    revenue: float
    growth: float
    margin: float
    assets_to_revenue: float


def companies() -> list[Company]:
    """All invented companies, unsaved."""
    with (Path(__file__).parent / "companies.csv").open(newline="", encoding="utf-8") as file:
        return [
            Company(cik=f"{1_700_123 + 4_111 * n:010}", **row) for n, row in enumerate(csv.DictReader(file))
        ]


def filings(company: Company) -> list[Filing]:
    """All that a company filed up to the horizon, unsaved, in the order of days. Seeded with its CIK."""
    chance = Random(company.cik)  # noqa: S311 (made-up data, not secrets)
    business = _business(chance)
    made = [*_reports(business, chance), *_events(business, chance)]
    filed = sorted((filing for filing in made if filing.filed <= HORIZON), key=lambda filing: filing.filed)
    numbers: Counter[int] = Counter()
    for filing in filed:
        numbers[filing.filed.year] += 1
        filing.company = company
        filing.accession = f"{company.cik}-{filing.filed:%y}-{numbers[filing.filed.year]:06}"
    return filed


def _business(chance: Random) -> Business:
    return Business(
        first_year=chance.randint(*FIRST_YEARS),
        revenue=10 ** chance.uniform(7.4, 9.9),
        growth=chance.gauss(1.018, 0.012),
        margin=chance.gauss(0.08, 0.09),
        assets_to_revenue=chance.uniform(1.2, 9),
    )


def _reports(business: Business, chance: Random) -> Iterator[Filing]:
    """Three quarterly reports and an annual one a year. A year's figures are the sum of its quarters'."""
    revenue = business.revenue
    for year in range(business.first_year, HORIZON.year + 1):
        year_revenue = year_income = 0
        for quarter, season in enumerate(SEASONS):
            revenue *= business.growth * chance.gauss(1, 0.015)
            sales = _cents(revenue * season)
            income = _cents(sales / 100 * chance.gauss(business.margin, 0.02))
            year_revenue, year_income = year_revenue + sales, year_income + income
            assets = _cents(revenue * business.assets_to_revenue)
            last_day = _quarter_end(year, quarter)
            if quarter < 3:
                filed = last_day + timedelta(days=chance.randint(24, 44))
                yield _filing(FormType.QUARTERLY, filed, last_day, sales, income, assets)
        filed = last_day + timedelta(days=chance.randint(45, 75))
        yield _filing(FormType.ANNUAL, filed, last_day, year_revenue, year_income, assets)


def _events(business: Business, chance: Random) -> Iterator[Filing]:
    """What comes when it comes: current reports, insiders' trades and, every spring, the proxy statement."""
    for year in range(business.first_year, HORIZON.year + 1):
        yield _filing(
            FormType.PROXY, date(year, 4, chance.randint(2, 26)), date(year, 5, chance.randint(8, 30))
        )
        for form_type, most in ((FormType.CURRENT, 6), (FormType.INSIDER, 4)):
            for _ in range(chance.randint(1, most)):
                happened = date(year, 1, 1) + timedelta(days=chance.randint(0, 364))
                yield _filing(form_type, happened + timedelta(days=chance.randint(1, 4)), happened)


def _filing(form_type: FormType, filed: date, period_end: date, *figures: int) -> Filing:
    revenue, income, assets = figures or (None, None, None)
    return Filing(
        form_type=form_type,
        filed=_working_day(filed),
        period_end=period_end,
        revenue_cents=revenue,
        net_income_cents=income,
        assets_cents=assets,
    )


def _cents(dollars: float) -> int:
    """As companies report: in whole thousands of dollars."""
    return round(dollars / 1000) * 1000 * 100


def _quarter_end(year: int, quarter: int) -> date:
    """The last day of a quarter counted from 0."""
    return date(year, 12, 31) if quarter == 3 else date(year, 3 * quarter + 4, 1) - timedelta(days=1)


def _working_day(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
