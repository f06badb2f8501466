"""Sales and what follows from them are records; what the states tax is edited here."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet, URLField
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.records import ReadOnlyAdmin, ReadOnlyInline
from billing import money
from billing.admin import glance
from portal import activation, filing, models
from portal.views.receipts import as_pdf


def _pdf(receipt: models.Receipt) -> SafeString:
    return format_html('<a href="{}">PDF</a>', reverse("admin:portal_receipt_pdf", args=[receipt.pk]))


def _money(amount: int | None, sale: models.Sale) -> str:
    """Nothing while Stripe Tax has still to work it out."""
    return "" if amount is None else money.display(amount, sale.currency)


class PaidYearInline(ReadOnlyInline):
    model = models.PaidYear
    show_change_link = True
    fields = ["start", "end", "invoice_id", "subscription_id"]


class ReceiptInline(ReadOnlyInline):
    model = models.Receipt
    show_change_link = True
    fields = ["kind", "number", "issued", "state", "paper"]
    readonly_fields = ["paper"]

    @admin.display(description=_("file"))
    def paper(self, receipt: models.Receipt) -> SafeString:
        return _pdf(receipt)


@admin.register(models.Sale)
class SaleAdmin(ReadOnlyAdmin):
    """With its papers and years, and the certificate of who is exempt."""

    list_display = ["filename", "organization", "status", "state", "sum", "exemption", "created", "paid"]
    list_filter = ["status", ("exemption", admin.EmptyFieldListFilter), "country", "state"]
    search_fields = ["company", "email", "filename", "exemption", "session_id", "subscription_id"]
    list_select_related = ["organization"]
    date_hierarchy = "created"
    inlines = [PaidYearInline, ReceiptInline]
    fieldsets = [
        (None, {"fields": ["organization", "status", "created", "paid", "renews"]}),
        (
            _("Buyer"),
            {
                "fields": [
                    *("company", "contact", "email", "line1", "line2", "city", "state", "postal_code"),
                    *("country", "exemption", "language"),
                ]
            },
        ),
        (_("Price"), {"fields": ["plan", "net", "tax_percentage", "taxes", "sum"]}),
        (_("At Stripe"), {"fields": ["price_id", "session_id", "subscription"]}),
    ]

    @admin.display(description=_("total"), ordering="total")
    def sum(self, sale: models.Sale) -> str:
        return _money(sale.total, sale)

    @admin.display(description=_("subtotal"))
    def net(self, sale: models.Sale) -> str:
        return _money(sale.subtotal, sale)

    @admin.display(description=_("tax"))
    def taxes(self, sale: models.Sale) -> str:
        return _money(sale.tax, sale)

    @admin.display(description=_("Stripe subscription"))
    def subscription(self, sale: models.Sale) -> SafeString | str:
        return glance.at_stripe("subscription", sale.subscription_id)


@admin.register(models.PaidYear)
class PaidYearAdmin(ReadOnlyAdmin):
    list_display = ["organization", "start", "end", "invoice_id", "subscription_id"]
    search_fields = ["organization__name", "invoice_id", "subscription_id"]
    list_select_related = ["organization"]


@admin.register(models.Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    """Every paper as PDF; what could not be filed is tried again."""

    list_display = ["__str__", "kind", "organization", "issued", "state", "attempts", "error", "paper"]
    list_filter = ["kind", "state"]
    search_fields = ["number", "filename", "stripe_id", "organization__name"]
    list_select_related = ["organization"]
    date_hierarchy = "issued"
    exclude = ["facts"]
    actions = ["take_up"]

    @admin.display(description=_("file"))
    def paper(self, receipt: models.Receipt) -> SafeString:
        return _pdf(receipt)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.pdf)
        return [path("<path:object_id>/pdf/", view, name="portal_receipt_pdf"), *super().get_urls()]

    def pdf(self, request: HttpRequest, object_id: str) -> HttpResponse:
        receipt = self.get_object(request, unquote(object_id))
        if receipt is None:
            raise Http404
        if not self.has_view_permission(request, receipt):
            raise PermissionDenied
        return as_pdf(receipt)

    @admin.action(description=_("File the selected receipts that were given up"), permissions=["take_up"])
    def take_up(self, request: HttpRequest, receipts: QuerySet[models.Receipt]) -> None:
        count = filing.take_up(receipts)
        text = ngettext("%(count)s receipt is filed again.", "%(count)s receipts are filed again.", count)
        messages.info(request, text % {"count": count})

    def has_take_up_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("portal.change_receipt")


@admin.register(models.ActivationCode)
class ActivationCodeAdmin(ReadOnlyAdmin):
    """Whether it was shown and used. The code itself is nowhere."""

    list_display = ["organization", "created", "expires", "shown", "withdrawn", "used", "used_by"]
    list_filter = [("used", admin.EmptyFieldListFilter), ("withdrawn", admin.EmptyFieldListFilter)]
    search_fields = ["organization__name", "organization__email"]
    list_select_related = ["organization", "used_by"]
    actions = ["reissue"]

    @admin.action(description=_("Withdraw the selected codes, and mail new ones"), permissions=["reissue"])
    def reissue(self, request: HttpRequest, codes: QuerySet[models.ActivationCode]) -> None:
        count = sum(activation.reissue(one) for one in {code.organization for code in codes})
        text = ngettext("%(count)s new code was mailed.", "%(count)s new codes were mailed.", count)
        messages.info(request, text % {"count": count})

    def has_reissue_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("portal.change_activationcode")


@admin.register(models.Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "organization", "sum", "created", "done", "attempts", "error"]
    list_filter = [("done", admin.EmptyFieldListFilter)]
    search_fields = ["stripe_id", "payment_intent_id", "organization__name"]
    list_select_related = ["organization"]

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, refund: models.Refund) -> str:
        return money.display(refund.amount, refund.currency)


@admin.register(models.StateTaxRate)
class StateTaxRateAdmin(admin.ModelAdmin):
    """A state is no longer sold to when its figure is not verified; none is deleted."""

    list_display = ["name", "percentage", "verified", "source_date", "source", "changed"]
    list_filter = ["verified", "country"]
    search_fields = ["name", "state"]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": [("country", "state"), "name"]}),
        (
            _("Figure"),
            {
                "fields": ["percentage", "verified"],
                "description": _(
                    "The state's own rate on software as a service. Only a verified figure is sold by; sales that "
                    "wait to be paid are not sold at an older one, and running plans renew at the new one."
                ),
            },
        ),
        (_("Source"), {"fields": ["source_url", "source_date", "notes"]}),
    ]

    @admin.display(description=_("source"))
    def source(self, rate: models.StateTaxRate) -> SafeString | str:
        return format_html('<a href="{}">{}</a>', rate.source_url, _now("open")) if rate.source_url else ""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(models.Exemption)
class ExemptionAdmin(admin.ModelAdmin):
    """A certificate that came, or ended, after the order."""

    list_display = ["organization", "number", "changed"]
    search_fields = ["organization__name", "number"]
    autocomplete_fields = ["organization"]
    list_select_related = ["organization"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(models.StripeTaxRate)
class StripeTaxRateAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "country", "state", "percentage", "created"]
    search_fields = ["stripe_id", "state"]
