"""`manage.py seed_filings`: fills the database with the made-up data set. A second run adds nothing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from filings import sample
from filings.models import Company, Filing


class Command(BaseCommand):
    help = (
        "Fills the database with invented companies and their filings; what is there already stays as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        companies, filings = Company.objects.count(), Filing.objects.count()
        with transaction.atomic():
            self.seed()
        added = Company.objects.count() - companies, Filing.objects.count() - filings
        if options["verbosity"]:
            self.stdout.write(f"{added[0]} companies and {added[1]} filings added.")

    def seed(self) -> None:
        """The unique CIK and accession number keep what exists from being made again."""
        made = sample.companies()
        Company.objects.bulk_create(made, ignore_conflicts=True)
        stored = Company.objects.in_bulk([company.cik for company in made], field_name="cik")
        filings = [filing for company in stored.values() for filing in sample.filings(company)]
        Filing.objects.bulk_create(filings, batch_size=500, ignore_conflicts=True)
