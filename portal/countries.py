"""Where the portal sells: each country with its regions, and who works out the tax.

`PORTAL_COUNTRIES` says which, and how they are taxed: `us=table,ca=stripe`. The code begins the paths of its pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from babel.core import Locale, UnknownLocaleError
from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import get_language, gettext, to_locale

from portal import state_names
from portal.models import StateTaxRate


class TaxBy(TextChoices):
    """Who works out the tax."""

    TABLE = "table"  # our table of states
    STRIPE = "stripe"  # Stripe Tax, from the address that is entered on Stripe's page


@dataclass(frozen=True, slots=True)
class Country:
    """One that is sold to. `code` is ISO's, in lower case."""

    code: str
    tax_by: TaxBy

    @property
    def name(self) -> str:
        """In the active language."""
        return name_of(self.code)

    @property
    def regions(self) -> Mapping[str, str]:
        """What a state of an address may be: code to name, in the order of the names that people there know. Empty
        where any is taken. At most one query."""
        if self.code == "us":
            return {code: gettext(name) for code, name in state_names.NAMES.items()}
        rates = StateTaxRate.objects.filter(country=self.code).order_by("name")
        return dict(rates.values_list("state", "name"))


def find(code: str) -> Country | None:
    """The country, if it is sold to."""
    tax_by = settings.PORTAL_COUNTRIES.get(code)
    return Country(code, TaxBy(tax_by)) if tax_by in TaxBy.values else None


def name_of(code: str) -> str:
    """A country's name in the active language; the code itself where Babel has no name for it."""
    try:
        names = Locale.parse(to_locale(get_language() or "en")).territories
    except (UnknownLocaleError, ValueError):
        names = Locale("en").territories
    return str(names.get(code.upper(), code.upper()))


class Converter:
    """A country in a path. Any other does not match."""

    regex = "[a-z]{2}"

    def to_python(self, value: str) -> Country:
        country = find(value)
        if country is None:
            raise ValueError(value)
        return country

    def to_url(self, value: Country | str) -> str:
        return value if isinstance(value, str) else value.code
