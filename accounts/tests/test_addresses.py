"""Where a request comes from, whatever it claims."""

from typing import Any

import pytest
from django.test import RequestFactory

from accounts.addresses import client_address, network_of


def address(settings: Any, proxies: int, forwarded: str | None, remote: str = "192.0.2.1") -> str:
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers))


@pytest.mark.parametrize(
    "claim", [None, "", "203.0.113.7", "203.0.113.7, 198.51.100.9", "<script>", "127.0.0.1"]
)
def test_without_proxies_of_ours_the_header_has_no_effect(settings: Any, claim: str | None) -> None:
    assert address(settings, 0, claim) == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 198.51.100.9", "203.0.113.7"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_behind_proxies_of_ours_what_they_appended_counts(
    settings: Any, proxies: int, forwarded: str, seen: str
) -> None:
    assert address(settings, proxies, forwarded) == seen


@pytest.mark.parametrize("forwarded", [None, "", "nonsense", "203.0.113.7:4711"])
def test_a_header_that_no_proxy_of_ours_wrote_is_not_read(settings: Any, forwarded: str | None) -> None:
    assert address(settings, 1, forwarded) == "192.0.2.1"


def test_too_few_entries_mean_that_a_proxy_was_passed_by(settings: Any) -> None:
    assert address(settings, 3, "203.0.113.7, 198.51.100.9") == "192.0.2.1"


def test_a_socket_without_address_is_still_somebody(settings: Any) -> None:
    assert address(settings, 0, None, remote="") == "unknown"


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_visitor_is_a_whole_network(one: str, same: str) -> None:
    assert network_of(one) == same
