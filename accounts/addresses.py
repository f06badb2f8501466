"""Where a request comes from, whatever its headers claim."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# A household or a server has a whole /64, so that is what counts as one visitor.
IPV6_PREFIX = 64


def client_address(request: HttpRequest) -> str:
    """The visitor's address. Of `X-Forwarded-For` only what our own proxies wrote counts."""
    proxies: int = settings.TRUSTED_PROXIES
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < proxies <= len(forwarded) and (address := _parse(forwarded[-proxies])):
        return str(address)
    return request.META.get("REMOTE_ADDR") or "unknown"


def network_of(address: str) -> str:
    """What limits count as one visitor: an IPv4 address, or the /64 of an IPv6 one."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network(f"{parsed}/{IPV6_PREFIX}", strict=False))
    return str(parsed or address)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
