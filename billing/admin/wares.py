"""What is sold and is no code: machine types are edited here, and brought to Stripe."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, Model, PositiveIntegerField, QuerySet, When
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import errors, models, money, price_list, products


@admin.register(models.InstanceType)
class InstanceTypeAdmin(admin.ModelAdmin):
    """What is changed here is changed at Stripe by the action, or by `upsert_catalogue`; until then customers see and
    pay what they did before. None is deleted: take it off sale."""

    list_display = ["display_name", "name", "key", "vcpu", "memory_gib", "gpu", "charged", "active"]
    list_filter = ["active"]
    search_fields = ["name", "key", "gpu"]
    actions = ["bring_to_stripe"]

    @admin.display(description=_("price per month"), ordering="amount")
    def charged(self, machine: models.InstanceType) -> str:
        (new,) = machine.prices
        at_stripe: int | None = machine.at_stripe  # type: ignore[attr-defined]  # see get_queryset
        if not machine.active or at_stripe == new.amount:
            return money.display(new.amount, new.currency)
        amount = "" if at_stripe is None else money.display(at_stripe, new.currency)
        values = {"amount": amount or gettext("not sold"), "new": money.display(new.amount, new.currency)}
        return gettext("%(amount)s; %(new)s waits") % values

    @admin.action(description=_("Bring all instance types to Stripe"), permissions=["change"])
    def bring_to_stripe(self, request: HttpRequest, chosen: QuerySet[models.InstanceType]) -> None:
        """As `upsert_stripe_products_for_instances`: all of them, since what left the list is archived with it."""
        try:
            steps = [step for step in products.upsert(products.Kind.INSTANCE) if step.is_change]
        except errors.BillingError as error:
            messages.error(request, str(error.detail))
            return
        for step in steps:
            messages.success(request, str(step))
        if not steps:
            messages.info(request, gettext("Stripe has it all."))

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.InstanceType]:
        """With what each costs at Stripe now."""
        found = super().get_queryset(request)
        types = list(models.InstanceType.objects.all())
        listed = price_list.read(*types)
        amounts = {one.key: listed.at_stripe(one, price) for one in types for price in one.prices}
        known = [When(key=key, then=amount) for key, amount in amounts.items() if amount is not None]
        return found.annotate(at_stripe=Case(*known, output_field=PositiveIntegerField()))

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["key"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        text = _(
            "Saved here. Customers see and pay what they did before until it is brought to Stripe: by the action of "
            "the list, or by manage.py upsert_catalogue."
        )
        messages.info(request, text)
