"""What is wrong with the portal's settings, as Django's checks say it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from portal.countries import TaxBy


@register
def countries(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each country is two letters, and its tax is worked out by somebody."""
    wrong = [
        f"{code}={tax_by}"
        for code, tax_by in settings.PORTAL_COUNTRIES.items()
        if not (len(code) == 2 and code.isalpha() and code.islower()) or tax_by not in TaxBy.values
    ]
    if not wrong:
        return []
    hint = f"Write it like us=table,ca=stripe; tax is worked out by one of: {', '.join(TaxBy.values)}."
    return [Error(f"PORTAL_COUNTRIES cannot be read: {', '.join(wrong)}.", hint=hint, id="portal.E001")]
