"""What plans and gifts hold, in words for whoever has them: features, limits, machines."""

from collections.abc import Mapping

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FEATURES: Mapping[str, str | Promise] = {
    "charts": gettext_lazy("Trends: charts of filing activity"),
    "export": gettext_lazy("Export of any search as CSV"),
}


def of_feature(key: str) -> str:
    """A feature that has no words yet stands for itself."""
    return str(FEATURES.get(key, key))


def of_requests(limit: int | None) -> str:
    """How many requests to the API; None is unlimited."""
    if limit is None:
        return _("Unlimited API requests")
    return _("%(limit)s API requests a day") % {"limit": _number(limit)}


def of_machines(name: str, limit: int | None) -> str:
    """How many machines of a type, by its name as it is stored; None is unlimited."""
    name = _(name)
    if limit is None:
        return _("Any number of %(machines)s") % {"machines": name}
    return f"{_number(limit)} × {name}"


def of_limit(name: str, limit: int | None) -> str:
    """Any other limit, and how much of it. One that has no words of its own is its name."""
    if name == "api_requests_per_day":
        return of_requests(limit)
    return f"{name}: {_number(limit)}" if limit is not None else _("%(name)s: unlimited") % {"name": name}


def _number(number: int) -> str:
    return number_format(number, force_grouping=True)
