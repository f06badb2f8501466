"""Alarms: what staff should look at, until somebody has."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.records import ReadOnlyAdmin
from cart.models import Alarm


@admin.register(Alarm)
class AlarmAdmin(ReadOnlyAdmin):
    list_display = ["kind", "fact", "order_link", "told", "created", "seen"]
    list_filter = [("seen", admin.EmptyFieldListFilter), "kind"]
    search_fields = ["fact", "order__email"]
    list_select_related = ["order"]
    date_hierarchy = "created"
    fields = ["kind", "fact", "order_link", "told", "created", "seen"]
    actions = ["mark_seen"]

    @admin.display(description=_("order"), ordering="order")
    def order_link(self, alarm: Alarm) -> SafeString | str:
        if alarm.order is None:
            return "-"
        url = reverse("admin:cart_order_change", args=[alarm.order_id])
        return format_html('<a href="{}">{}</a>', url, alarm.order)

    @admin.display(description=_("details"))
    def told(self, alarm: Alarm) -> str:
        return ", ".join(f"{name}: {_written(value)}" for name, value in alarm.details.items()) or "-"

    @admin.action(description=_("Mark the selected alarms as seen"), permissions=["see"])
    def mark_seen(self, request: HttpRequest, alarms: QuerySet[Alarm]) -> None:
        alarms.filter(seen=None).update(seen=timezone.now())

    def has_see_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("cart.change_alarm")


def _written(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
