"""Items: what is sold, for how much in which currency, and how many are left."""

from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing import money
from cart import drafts, pictures
from cart.admin.careful import CarefulForm
from cart.models import Item, ItemPrice


class PriceForm(CarefulForm):
    """An amount, in the smallest unit, and its currency."""

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).lower()
        if currency.upper() not in list_currencies():
            raise ValidationError(_("There is no such currency."))
        return currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        amount = "price" if "price" in self.fields else "amount"
        if amount in cleaned and "currency" in cleaned:
            self._refuse_unpayable(amount, cleaned[amount], cleaned["currency"])
        return cleaned

    def _refuse_unpayable(self, name: str, amount: int, currency: str) -> None:
        if amount > drafts.MOST:
            self.add_error(name, _("Stripe charges at most %(most)s at once.") % {"most": drafts.MOST})
        if amount % (step := money.step(currency)):
            text = _("In this currency Stripe takes multiples of %(step)s only.")
            self.add_error(name, text % {"step": step})


class ItemForm(PriceForm):
    """The picture is one of the files in static/img/shop/."""

    picture = forms.ChoiceField(label=_("Picture"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("picture")  # not there for whoever may only look
        if isinstance(field, forms.ChoiceField):
            known = sorted({*pictures.names(), self.instance.picture} - {""})
            field.choices = [("", "---------"), *((name, name) for name in known)]


class PriceFormSet(forms.BaseInlineFormSet):
    """The other currencies: not the item's own."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            said = form.cleaned_data
            if said.get("currency") == self.instance.currency and not said.get("DELETE"):
                form.add_error("currency", _("The item's own price is in this currency."))

    def save_existing(self, form: Any, obj: ItemPrice, commit: bool = True) -> ItemPrice:
        """Only what was changed."""
        obj.save(update_fields=form.changed_data)
        return obj


class PriceInline(admin.TabularInline):
    model = ItemPrice
    form = PriceForm
    formset = PriceFormSet
    extra = 0


@admin.register(Item)
class ItemAdmin(admin.ModelAdmin):
    """None is deleted, since orders and carts hang on it: take it off sale."""

    form = ItemForm
    list_display = ["name", "slug", "prices_shown", "stock", "active", "position"]
    list_filter = ["active"]
    search_fields = ["name", "slug"]
    fields = [
        ("name", "slug"),
        "description",
        ("picture", "preview"),
        ("price", "currency"),
        "stock",
        ("active", "position"),
    ]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [PriceInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("prices")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["preview", "slug"] if obj else ["preview"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Item, form: Any, change: bool) -> None:
        """Only what was changed, so that a sale between loading and saving is not undone."""
        obj.save(update_fields=form.changed_data if change else None)

    @admin.display(description=_("price"), ordering="price")
    def prices_shown(self, item: Item) -> SafeString:
        shown = ((money.display(amount, code),) for code, amount in item.amounts.items())
        return format_html_join(", ", "{}", shown)

    @admin.display(description=_("preview"))
    def preview(self, item: Item) -> SafeString | str:
        address = pictures.url(item.picture)
        return format_html('<img src="{}" width="160" height="120" alt="">', address) if address else "-"
