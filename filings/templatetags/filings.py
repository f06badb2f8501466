"""What the home page and the closed gates show of the product: real rows, real limits, an invented chart."""

import json
from collections.abc import Mapping

from django import template
from django.core.serializers.json import DjangoJSONEncoder

from accounts.tiers import BY_TIER, Access
from filings import charts
from filings.api import FilingSerializer
from filings.charts import Chart
from filings.figures import Comparison, compare
from filings.models import Filing, FormType

register = template.Library()


@register.simple_tag
def latest_filings(number: int) -> list[Filing]:
    """The newest reports that have figures."""
    reports = Filing.objects.with_company().filter(revenue_cents__isnull=False)
    return list(reports[:number])


@register.simple_tag
def as_json(filing: Filing) -> str:
    """The filing as the API answers it."""
    return json.dumps(FilingSerializer(filing).data, indent=2, cls=DjangoJSONEncoder)


@register.simple_tag
def tiers() -> Mapping[str, Access]:
    """Every tier's baseline by its name, so that no page repeats a limit."""
    return {tier.value: access for tier, access in BY_TIER.items()}


@register.simple_tag
def form_types() -> type[FormType]:
    return FormType


@register.simple_tag
def sample_chart() -> Chart:
    """A chart of invented numbers, to be seen through frosted glass."""
    return charts.draw(charts.invent(quarters=20))


@register.simple_tag
def comparison(filing: Filing) -> list[Comparison]:
    """The filing's figures beside those of a year before; empty when there are none. One query."""
    return compare(filing, Filing.objects.year_before(filing))
