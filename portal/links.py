"""Addresses of the portal's pages that prove by themselves who may open them: signed, and some expire."""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core.signing import BadSignature, Signer, TimestampSigner
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare

from accounts.models import Organization
from portal import countries
from portal.models import Sale

# How long a link in a mail opens the page on which a plan is renewed.
RENEWAL_DAYS = 30

_SALES = Signer(salt="portal.sale")
_RENEWALS = TimestampSigner(salt="portal.renewal")


def checkout_page(sale: Sale) -> str:
    """The order, where it is paid."""
    query = urlencode({"sigma": sigma(sale), **_names(sale)})
    return f"{settings.BASE_URL}{reverse('portal-checkout', args=[sale.country])}?{query}"


def order_form_page(sale: Sale) -> str:
    """The order form as PDF, for whoever has the address of the order."""
    return f"{reverse('portal-order-form', args=[sale.country])}?{urlencode(_names(sale))}"


def sigma(sale: Sale) -> str:
    """The state that taxes the sale, by its English name; `NA` where no tax is charged on top."""
    if sale.tax_percentage == 0 or not sale.state:
        return "NA"
    country = countries.find(sale.country)
    with translation.override("en"):
        return country.regions.get(sale.state, sale.state) if country else sale.state


def success_page(sale: Sale, session: str = "{CHECKOUT_SESSION_ID}") -> str:
    """Where Checkout leads back to; by default for Stripe to put the session in."""
    return f"{settings.BASE_URL}{reverse('portal-success')}?{urlencode(_names(sale))}&session_id={session}"


def receipt_page(sale: Sale) -> str:
    """The receipt of its first year as PDF, for the contact, who may have no account; empty before it was paid."""
    if not (sale.is_paid and sale.session_id):
        return ""
    query = urlencode({**_names(sale), "session_id": sale.session_id})
    return f"{settings.BASE_URL}{reverse('portal-receipt')}?{query}"


def renewal_page(organization: Organization, country: str) -> str:
    """For a mail: opens without signing in, for some days."""
    return open_renewal_page(organization.pk, country, _RENEWALS.sign(str(organization.pk)))


def open_renewal_page(domain: int, country: str, key: str = "") -> str:
    """With the key that a mail's link had, if it had one."""
    query = urlencode({"domain": domain, **({"key": key} if key else {})})
    return f"{settings.BASE_URL}{reverse('portal-renew', args=[country])}?{query}"


def sale_of(query: QueryDict) -> Sale:
    """The sale that a signed address is about. Raises `Sale.DoesNotExist` for a wrong one, and for one that is not
    signed, without telling which."""
    domain, signature = query.get("domain", ""), query.get("signature", "")
    if not is_number(domain):
        raise Sale.DoesNotExist
    sales = Sale.objects.select_related("organization")
    sale = sales.get(organization=int(domain), filename=query.get("filename", "")[:255].replace("\0", ""))
    if not constant_time_compare(_SALES.signature(sale.reference), signature):
        raise Sale.DoesNotExist
    return sale


def opens_renewal_of(key: str, domain: str) -> bool:
    """Whether a mail's link is about this organization, and not too old."""
    try:
        return str(_RENEWALS.unsign(key, max_age=timedelta(days=RENEWAL_DAYS))) == domain
    except BadSignature:
        return False


def is_number(text: str) -> bool:
    """One that the database can look for."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def read_twice_asked(query: str) -> QueryDict:
    """A query as the first version of the portal wrote it, with another `?` before the session, as it was meant."""
    return QueryDict(query.replace("?", "&"))


def _names(sale: Sale) -> dict[str, str]:
    signature = _SALES.signature(sale.reference)
    return {"filename": sale.filename, "domain": str(sale.organization_id), "signature": signature}
