"""Sales and what follows from them are records; what the states tax is edited here."""

from django.contrib import admin

from billing.admin.rows import ReadOnlyAdmin
from portal import models


@admin.register(models.Sale)
class SaleAdmin(ReadOnlyAdmin):
    list_display = ["filename", "organization", "status", "state", "total", "currency", "created", "paid"]
    list_filter = ["status", "country", "state"]
    search_fields = ["company", "email", "filename", "session_id", "subscription_id"]
    list_select_related = ["organization"]
    date_hierarchy = "created"


@admin.register(models.PaidYear)
class PaidYearAdmin(ReadOnlyAdmin):
    list_display = ["organization", "start", "end", "invoice_id", "subscription_id"]
    search_fields = ["organization__name", "invoice_id", "subscription_id"]
    list_select_related = ["organization"]


@admin.register(models.StateTaxRate)
class StateTaxRateAdmin(admin.ModelAdmin):
    list_display = ["name", "percentage", "verified", "source_date", "changed"]
    list_filter = ["verified", "country"]
    search_fields = ["name", "state"]


@admin.register(models.StripeTaxRate)
class StripeTaxRateAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "country", "state", "percentage", "created"]
