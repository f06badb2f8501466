"""Money for people. Everywhere else an amount is an integer in the smallest unit that Stripe uses for its currency."""

from decimal import Decimal

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_symbol
from django.utils.translation import get_language, to_locale

# How many decimals Stripe gives a currency; all others have two. Not always what the currency has: Stripe keeps two
# for ISK and UGX. https://docs.stripe.com/currencies#minor-units
_NONE = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
_THREE = "bhd jod kwd omr tnd"
_DECIMALS = dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_THREE.split(), 3)
# Of these Stripe takes no more than two decimals, or none, and still counts with all. (Same source.)
_STEPS = dict.fromkeys(_THREE.split(), 10) | dict.fromkeys(("isk", "ugx"), 100)


def decimals(currency: str) -> int:
    """How many decimals an amount of Stripe's in that currency (`usd`) has."""
    return _DECIMALS.get(currency.lower(), 2)


def step(currency: str) -> int:
    """Of what an amount that Stripe charges in that currency must be a multiple."""
    return _STEPS.get(currency.lower(), 1)


def to_decimal(amount: int, currency: str) -> Decimal:
    """2000 cents -> 20.00 dollars; 500 yen -> 500."""
    return Decimal(amount).scaleb(-decimals(currency))


def from_decimal(amount: Decimal, currency: str) -> int:
    """20.00 dollars -> 2000 cents; 500 yen -> 500. What is smaller than the smallest unit must not come here."""
    return int(amount.scaleb(decimals(currency)))


def display(amount: int, currency: str, language: str | None = None, *, short: bool = False) -> str:
    """An amount in the smallest unit as people write it, in the active language: `$20.00`, `¥500`, `-$3.50`.

    Whole amounts keep their decimals, so that columns line up; `short` leaves them out: `$20`.
    """
    locale = _locale(language or get_language() or "en")
    pattern = str(locale.currency_formats["standard"].pattern)
    # The locale's pattern with Stripe's decimals; Babel by itself would round to those of the currency.
    places = decimals(currency)
    if short and amount % 10**places == 0:
        places = 0
    pattern = pattern.replace(".00", "." + "0" * places if places else "")
    if pattern.startswith("¤") and get_currency_symbol(currency.upper(), locale)[-1].isalpha():
        pattern = pattern.replace("¤", "¤\xa0", 1)
    value = to_decimal(amount, currency)
    return format_currency(value, currency.upper(), pattern, locale, currency_digits=False)


def _locale(language: str) -> Locale:
    """Django's `zh-hans` is Babel's `zh_Hans`; a language that Babel does not know reads as English."""
    try:
        return Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
