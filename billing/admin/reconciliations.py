"""What was compared with Stripe, and what was found and mended."""

from django.contrib import admin

from accounts.admin.records import ReadOnlyAdmin
from billing import models


@admin.register(models.Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    list_display = ["begun", "finished", "organization", "since", "mends", "check_name", "compared"]
    list_filter = ["mends"]
    search_fields = ["organization__name", "check_name"]
    list_select_related = ["organization"]


@admin.register(models.Difference)
class DifferenceAdmin(ReadOnlyAdmin):
    list_display = ["subject", "kind", "what", "organization", "found", "mended", "error"]
    list_filter = ["kind", "what", ("mended", admin.EmptyFieldListFilter)]
    search_fields = ["subject", "organization__name"]
    list_select_related = ["organization"]
    date_hierarchy = "found"
