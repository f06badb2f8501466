"""Two small companies and what they filed."""

from datetime import date
from typing import Any

import pytest

from filings.models import Company, Filing, FormType


@pytest.fixture(autouse=True)
def something_is_on_sale(settings: Any) -> None:
    """Whether or not the apps that sell are installed."""
    settings.UPGRADE_URL = "/pricing/"


@pytest.fixture
def steel(db: None) -> Company:
    return Company.objects.create(
        cik="0000000111", name="Harrow Steel Corp.", ticker="HRRW", industry="Steel", state="PA"
    )


@pytest.fixture
def dairy(db: None) -> Company:
    return Company.objects.create(
        cik="0000000222", name="Sorrel Dairy Co.", ticker="SRRL", industry="Food products", state="VT"
    )


@pytest.fixture
def annual(steel: Company) -> Filing:
    """Harrow Steel's annual report of 2025."""
    return Filing.objects.create(
        company=steel,
        accession="0000000111-26-000001",
        form_type=FormType.ANNUAL,
        filed=date(2026, 3, 2),
        period_end=date(2025, 12, 31),
        revenue_cents=123_456_700_000,
        net_income_cents=-5_000_000_000,
        assets_cents=300_000_000_000,
    )


@pytest.fixture
def annual_before(steel: Company) -> Filing:
    """Harrow Steel's annual report of 2024."""
    return Filing.objects.create(
        company=steel,
        accession="0000000111-25-000001",
        form_type=FormType.ANNUAL,
        filed=date(2025, 3, 3),
        period_end=date(2024, 12, 31),
        revenue_cents=100_000_000_000,
        net_income_cents=4_000_000_000,
        assets_cents=300_000_000_000,
    )


@pytest.fixture
def event(dairy: Company) -> Filing:
    """A current report of Sorrel Dairy, without figures, filed on the day of Harrow Steel's annual report."""
    return Filing.objects.create(
        company=dairy,
        accession="0000000222-26-000001",
        form_type=FormType.CURRENT,
        filed=date(2026, 3, 2),
        period_end=date(2026, 2, 27),
    )


@pytest.fixture
def all_filings(annual: Filing, annual_before: Filing, event: Filing) -> list[Filing]:
    """Newest first; of those of one day the higher accession number first."""
    return [event, annual, annual_before]


@pytest.fixture
def quarters(steel: Company) -> None:
    """One filing in each quarter of six years."""
    Filing.objects.bulk_create(
        Filing(
            company=steel,
            accession=f"0000000111-{year % 100}-{month:06}",
            form_type="10-K" if month == 1 else "10-Q",
            filed=date(year, month, 20),
            period_end=date(year, month, 1),
        )
        for year in range(2021, 2027)
        for month in (1, 4, 7, 10)
    )
