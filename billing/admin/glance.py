"""Everything about one organization at a glance, as sections of a page: what it has, why, and what became of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from accounts.tiers import Access
from billing import access, dashboard, money
from billing.models import Event, MirroredObject, StripeInvoice, StripeSubscription

# So many rows of a section; all of them are in its list.
MOST = 10

Cell = str | SafeString | Promise


@dataclass(frozen=True, slots=True)
class Section:
    """A table. `headings` are as many as a row has cells."""

    title: str | Promise
    headings: list[str | Promise]
    rows: list[list[Any]]


def sections(organization: Organization) -> list[Section]:
    """What the page shows, in order."""
    return [
        _access(organization),
        _subscriptions(organization),
        _invoices(organization),
        _ways_to_pay(organization),
        _grants(organization),
        _payments(organization),
        _attempts(organization),
        _events(organization),
        _mails(organization),
        _differences(organization),
    ]


def is_current(organization: Organization) -> bool:
    """Whether the stored decision is what the rows give now."""
    now = timezone.now()
    held = [one for one in map(Access.from_json, organization.access) if one.until is None or one.until > now]
    return held == access.decide(organization, now)


def at_stripe(kind: str, stripe_id: str) -> SafeString | str:
    """An id, with a link to Stripe's dashboard where it has a page."""
    if not stripe_id:
        return ""
    url = dashboard.url(kind, stripe_id)
    return format_html('<a href="{}">{}</a>', url, stripe_id) if url else stripe_id


def _section(
    title: Cell, headings: Iterable[Cell], rows: Iterable[Any], cells: Callable[[Any], list[Any]]
) -> Section:
    return Section(title, list(headings), [cells(row) for row in rows])


def _access(organization: Organization) -> Section:
    unlimited = _("unlimited")
    return _section(
        _("Access"),
        [_("Tier"), _("Until"), _("Why"), _("Features"), _("Limits")],
        [*map(Access.from_json, organization.access)] or [organization.current_access()],
        lambda one: [
            one.tier.label,
            _time(one.until) or _("without end"),
            one.why,
            ", ".join(sorted(one.features)),
            ", ".join(
                f"{name}: {unlimited if limit is None else limit}" for name, limit in one.limits.items()
            ),
        ],
    )


def _subscriptions(organization: Organization) -> Section:
    guard = MirroredObject.objects.filter(stripe_id=OuterRef("stripe_id"))
    held = organization.subscriptions.newest().annotate(as_of=Subquery(guard.values("as_of")[:1]))
    return _section(
        _("Subscriptions"),
        [_("Subscription"), _("Status"), _("Items"), _("Ends"), _("As of")],
        held.prefetch_related("items")[:MOST],
        lambda one: [
            at_stripe("subscription", one.stripe_id),
            one.get_status_display(),
            _items(one),
            _time(one.ends_at),
            _time(one.as_of),
        ],
    )


def _items(subscription: StripeSubscription) -> SafeString:
    lines = (
        (str(item), _money(item.amount, item.currency), item.interval, _time(item.period_end))
        for item in subscription.items.all()
    )
    return format_html_join("", "<div>{} · {} / {} · {}</div>", lines)


def _invoices(organization: Organization) -> Section:
    return _section(
        _("Invoices"),
        [_("Invoice"), _("Status"), _("Total"), _("Open"), _("Tries"), _("Created")],
        organization.invoices.order_by("-created")[:MOST],
        lambda one: [
            at_stripe("invoice", one.stripe_id),
            _state_of_invoice(one),
            _money(one.total, one.currency),
            _money(one.amount_remaining, one.currency),
            one.attempt_count,
            _time(one.created),
        ],
    )


def _state_of_invoice(invoice: StripeInvoice) -> str | Promise:
    return _("Deleted") if invoice.deleted else invoice.get_status_display()


def _ways_to_pay(organization: Organization) -> Section:
    return _section(
        _("Ways to pay"),
        [_("Payment method"), _("Card"), _("Expires"), _("Attached")],
        organization.payment_methods.order_by("-attached", "-pk")[:MOST],
        lambda one: [
            one.stripe_id,
            str(one),
            f"{one.exp_month}/{one.exp_year}" if one.exp_month else "",
            _("yes") if one.attached else _("no"),
        ],
    )


def _grants(organization: Organization) -> Section:
    return _section(
        _("Gifts"),
        [_("Gift"), _("Until"), _("Why"), _("By"), _("Withdrawn")],
        organization.grants.with_machines().select_related("by")[:MOST],
        lambda one: [
            one.gift,
            _time(one.until) or _("without end"),
            one.why,
            str(one.by or ""),
            _time(one.withdrawn),
        ],
    )


def _payments(organization: Organization) -> Section:
    kinds = ("payment_intent", "refund", "dispute", "checkout.session")
    moved = MirroredObject.objects.filter(organization=organization, kind__in=kinds).exclude(as_of=None)
    return _section(
        _("Payments"),
        [_("Object"), _("Kind"), _("Status"), _("Amount"), _("As of")],
        moved.order_by("-as_of", "-pk")[:MOST],
        lambda one: [
            at_stripe(one.kind, one.stripe_id),
            one.kind,
            one.data.get("status") or "",
            _money(one.data.get("amount", one.data.get("amount_total")), one.data.get("currency")),
            _time(one.as_of),
        ],
    )


def _attempts(organization: Organization) -> Section:
    return _section(
        _("Attempts"),
        [_("Attempt"), _("Kind"), _("Plan"), _("Status"), _("Made"), _("Error"), _("Created")],
        organization.attempts.all()[:MOST],
        lambda one: [
            _here(one, one.key[:8]),
            one.get_kind_display(),
            f"{one.plan} {one.interval}".strip(),
            one.get_state_display(),
            at_stripe(one.kind, one.result),
            one.error,
            _time(one.created),
        ],
    )


def _events(organization: Organization) -> Section:
    return _section(
        _("Events"),
        [_("Event"), _("Type"), _("Status"), _("Tries"), _("Error"), _("Received"), _("At Stripe")],
        Event.objects.filter(object__organization=organization)[:MOST],
        lambda one: [
            _here(one, one.stripe_id),
            one.type,
            one.get_reason_display() or one.get_state_display(),
            one.attempts,
            one.error,
            _time(one.received),
            format_html('<a href="{}">{}</a>', dashboard.url("event", one.stripe_id), _("See")),
        ],
    )


def _mails(organization: Organization) -> Section:
    return _section(
        _("Mails"),
        [_("About"), _("Status"), _("Sent"), _("Error")],
        organization.mails.all()[:MOST],
        lambda one: [_here(one, one.fact), one.get_state_display(), _time(one.sent), one.error],
    )


def _differences(organization: Organization) -> Section:
    return _section(
        _("Differences from Stripe"),
        [_("What"), _("Kind"), _("Which"), _("Found"), _("Mended"), _("Error")],
        organization.differences.order_by("-pk")[:MOST],
        lambda one: [
            one.get_what_display(),
            one.kind,
            _here(one, one.subject),
            _time(one.found),
            _time(one.mended),
            one.error,
        ],
    )


def _here(row: Model, text: str) -> SafeString:
    """A link to the row's own page in the admin."""
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, text)


def _time(moment: Any) -> str:
    return date_format(moment, "Y-m-d H:i") if moment else ""


def _money(amount: Any, currency: Any) -> str:
    return money.display(amount, currency) if isinstance(amount, int) and currency else ""
