"""What mirrors Stripe is read-only here; the inbox can be replayed."""

import json

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.records import ReadOnlyAdmin, ReadOnlyInline
from accounts.models import Organization
from billing import models
from billing.webhooks import process


@admin.register(models.StripeProduct)
class StripeProductAdmin(ReadOnlyAdmin):
    list_display = ["name", "key", "stripe_id", "active"]
    list_filter = ["active"]
    search_fields = ["name", "key", "stripe_id"]


@admin.register(models.StripePrice)
class StripePriceAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "lookup_key", "amount", "currency", "interval", "active", "created"]
    list_filter = ["active", "interval"]
    search_fields = ["stripe_id", "lookup_key"]


@admin.register(models.StripeCustomer)
class StripeCustomerAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "organization", "delinquent", "deleted"]
    list_filter = ["delinquent", "deleted"]
    search_fields = ["stripe_id", "organization__name"]
    list_select_related = ["organization"]


class ItemInline(ReadOnlyInline):
    model = models.StripeSubscriptionItem


@admin.register(models.StripeSubscription)
class StripeSubscriptionAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "organization", "status", "cancel_at", "created"]
    list_filter = ["status", "cancel_at_period_end"]
    search_fields = ["stripe_id", "organization__name"]
    list_select_related = ["organization"]
    inlines = [ItemInline]


@admin.register(models.StripeInvoice)
class StripeInvoiceAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "number", "organization", "status", "total", "currency", "created"]
    list_filter = ["status", "billing_reason"]
    search_fields = ["stripe_id", "number", "organization__name"]
    list_select_related = ["organization"]


@admin.register(models.StripePaymentMethod)
class StripePaymentMethodAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "organization", "kind", "brand", "last4", "attached"]
    list_filter = ["attached", "kind"]
    search_fields = ["stripe_id", "organization__name"]
    list_select_related = ["organization"]


@admin.register(models.MirroredObject)
class MirroredObjectAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "kind", "organization", "as_of", "sequence", "gone"]
    list_filter = ["kind", "gone"]
    search_fields = ["stripe_id", "organization__name"]
    list_select_related = ["organization"]


@admin.register(models.Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["key", "kind", "organization", "plan", "interval", "state", "result", "error", "created"]
    list_filter = ["kind", "state"]
    search_fields = ["key", "result", "organization__name"]
    list_select_related = ["organization"]


@admin.register(models.Reversal)
class ReversalAdmin(ReadOnlyAdmin):
    list_display = ["fact", "organization", "act", "subscription_id", "attempts", "error", "created", "done"]
    list_filter = ["act", ("done", admin.EmptyFieldListFilter)]
    search_fields = ["fact", "subscription_id", "organization__name"]
    list_select_related = ["organization"]


@admin.register(models.Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ["fact", "organization", "state", "attempts", "next_try", "error", "sent"]
    list_filter = ["state", "template"]
    search_fields = ["fact", "organization__name"]
    list_select_related = ["organization"]


@admin.register(models.Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["stripe_id", "type", "organization", "state", "reason", "attempts", "error", "received"]
    list_filter = ["state", "reason", "type"]
    search_fields = ["stripe_id", "object__stripe_id", "error", "object__organization__name"]
    date_hierarchy = "received"
    actions = ["replay"]
    fields = [
        "stripe_id",
        "type",
        "object_id",
        "organization",
        "state",
        "reason",
        "error",
        "attempts",
        "next_try",
        "leased_until",
        "created",
        "received",
        "copied",
        "body",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Event]:
        return super().get_queryset(request).select_related("object__organization")

    @admin.display(description=_("organization"), ordering="object__organization")
    def organization(self, event: models.Event) -> Organization | None:
        """Whose the object is, if it is mirrored."""
        return event.object.organization if event.object else None

    @admin.display(description=_("payload"))
    def body(self, event: models.Event) -> SafeString | str:
        """The payload to be read; as it came, if it is no JSON. What is not ours has none."""
        try:
            text = json.dumps(json.loads(event.payload), indent=2, ensure_ascii=False)
        except ValueError:
            text = event.payload
        return format_html("<pre>{}</pre>", text) if text else ""

    @admin.action(description=_("Process the selected events again"), permissions=["replay"])
    def replay(self, request: HttpRequest, events: QuerySet[models.Event]) -> None:
        outcomes = [process.replay(event) for event in events.order_by("pk")]
        failed = sum(not outcome.is_settled for outcome in outcomes)
        done = len(outcomes) - failed
        text = ngettext("%(count)s event was processed.", "%(count)s events were processed.", done)
        messages.info(request, text % {"count": done})
        if failed:
            text = ngettext("%(count)s event failed again.", "%(count)s events failed again.", failed)
            messages.warning(request, text % {"count": failed})

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Whoever may see all payloads may have them processed."""
        return request.user.has_perm("billing.change_event")
