"""The lines of an invoice that is not written yet, in words: Stripe's own are English, so others read ours."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing import catalogue, gateway, locales
from billing.catalogue import Ware
from billing.mirror.fields import moment
from billing.models import InstanceType

Invoiced = Mapping[str, Any]


def words(lines: Iterable[Invoiced]) -> list[str]:
    """Of each line. At most one query."""
    if locales.current() == "en":
        return [line["description"] or "" for line in lines]
    wares: list[Ware] = [*catalogue.PLANS, *InstanceType.objects.all()]
    names = {gateway.catalogue.product_id(ware.code): ware.label for ware in wares}
    return [_of(line, names) for line in lines]


def _of(line: Invoiced, names: Mapping[str, str]) -> str:
    """A line about what we do not sell keeps Stripe's words."""
    priced, parent = line.get("pricing") or {}, line.get("parent") or {}
    details = parent.get(parent.get("type") or "") or {}
    name = names.get((priced.get("price_details") or {}).get("product", ""))
    if name is None:
        return line["description"] or ""
    what = f"{line['quantity']} × {name}" if line["quantity"] != 1 else name
    if not details.get("proration"):
        return what
    date = date_format(moment(line["period"]["start"]), "DATE_FORMAT")
    if line["amount"] < 0:
        return _("%(what)s, not used from %(date)s on") % {"what": what, "date": date}
    return _("%(what)s, from %(date)s on") % {"what": what, "date": date}
