"""Companies and filings for staff."""

from django.contrib import admin

from filings.models import Company, Filing


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):
    list_display = ["name", "ticker", "cik", "industry", "state"]
    list_filter = ["industry"]
    search_fields = ["name", "ticker", "cik"]


@admin.register(Filing)
class FilingAdmin(admin.ModelAdmin):
    list_display = ["accession", "company", "form_type", "filed", "period_end"]
    list_filter = ["form_type"]
    list_select_related = ["company"]
    search_fields = ["accession", "company__name", "company__ticker"]
    autocomplete_fields = ["company"]
    date_hierarchy = "filed"
