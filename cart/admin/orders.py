"""Orders, read-only, with their lines, refunds and alarms; and the form that gives money back."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.records import ReadOnlyAdmin, ReadOnlyInline
from billing import dashboard, money
from cart.admin import refunds
from cart.models import Alarm, Order, OrderLine, Refund


class OrderInline(ReadOnlyInline):
    """What hangs on an order, as it is."""

    ordering = ["pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("order")


class LineInline(OrderInline):
    model = OrderLine
    fields = ["name", "quantity", "each", "sum", "reserved"]
    readonly_fields = ["each", "sum"]

    @admin.display(description=_("price"))
    def each(self, line: OrderLine) -> str:
        return money.display(line.price, line.order.currency)

    @admin.display(description=_("amount"))
    def sum(self, line: OrderLine) -> str:
        return money.display(line.amount, line.order.currency)


class RefundInline(OrderInline):
    model = Refund
    fields = ["created", "back", "state", "by", "stripe_id", "error"]
    readonly_fields = ["back"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        return super().get_queryset(request).select_related("by")

    @admin.display(description=_("amount"))
    def back(self, refund: Refund) -> str:
        return money.display(refund.amount, refund.order.currency)


class AlarmInline(OrderInline):
    model = Alarm
    fields = ["created", "kind", "fact", "seen"]
    show_change_link = True


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    change_form_template = "admin/cart/order.html"
    list_display = ["number", "state", "email", "total", "back", "organization", "created", "paid", "dispute"]
    list_filter = ["state", "currency", ("dispute", admin.EmptyFieldListFilter), "reason"]
    search_fields = ["uuid", "email", "payment_intent_id", "organization__name"]
    search_help_text = _("Number, e-mail address, Stripe's id of the payment, or organization")
    list_select_related = ["organization"]
    date_hierarchy = "created"
    fieldsets = [
        (None, {"fields": [("number", "uuid"), ("state", "reason"), ("total", "back")]}),
        (_("Who"), {"fields": ["email", "organization", "language"]}),
        (_("Payment"), {"fields": ["payment", "customer_id", ("failure", "declines"), "dispute", "key"]}),
        (_("When"), {"fields": [("created", "expires"), ("paid", "settled")]}),
        (_("Cart"), {"fields": ["cart_uuid", "purchase"]}),
    ]
    inlines = [LineInline, RefundInline, AlarmInline]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.refund)
        return [path("<path:object_id>/refund/", view, name="cart_order_refund"), *super().get_urls()]

    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give money back: how much, then the question whether that is meant, then the verb."""
        order = self.get_object(request, unquote(object_id))
        if order is None:
            raise Http404
        if not self.has_refund_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        return refunds.answer(request, order, context)

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("cart.change_order")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        order = self.get_object(request, unquote(object_id))
        may = order is not None and order.refundable > 0 and self.has_refund_permission(request)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "may_refund": may})

    @admin.display(description=_("number"), ordering="uuid")
    def number(self, order: Order) -> str:
        return order.number

    @admin.display(description=_("amount"), ordering="amount")
    def total(self, order: Order) -> str:
        return money.display(order.amount, order.currency)

    @admin.display(description=_("refunded"), ordering="refunded")
    def back(self, order: Order) -> str:
        return money.display(order.refunded, order.currency) if order.refunded else "-"

    @admin.display(description=_("Stripe payment"))
    def payment(self, order: Order) -> SafeString | str:
        if not order.payment_intent_id:
            return "-"
        url = dashboard.url("payment_intent", order.payment_intent_id)
        return format_html('<a href="{}">{}</a>', url, order.payment_intent_id)
