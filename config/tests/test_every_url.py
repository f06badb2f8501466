"""What every address of the product holds to, those included that somebody adds tomorrow."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

# Signed by Stripe, not by a form of ours.
WEBHOOKS = ("api/stripe-webhooks", "integrations/stripe/webhooks", "stripe-webhook")
# The token in the body is what lets in, and no cookie is read: there is nothing to forge.
BEARING = ("/api/token/refresh/", "/api/token/revoke/")
# Something for each kind of argument, that nothing bears.
ARGUMENTS = {"plan": "premium", "interval": "month", "provider_id": "linkedin"}
WRITING = ("post", "put", "patch", "delete")


def paths(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            if getattr(entry, "app_name", "") != "admin":
                yield from paths(entry.url_patterns, before + str(entry.pattern))
        else:
            yield re.sub(
                r"<(?:\w+:)?(\w+)>", lambda found: ARGUMENTS.get(found[1], "1"), before + str(entry.pattern)
            )


ALL = sorted(set(paths(get_resolver().url_patterns)))
OURS = [path for path in ALL if not path.strip("/").startswith(WEBHOOKS)]


@pytest.fixture(params=["guest", "alice"])
def visitor(request: pytest.FixtureRequest, alice: Any, signed_in: Callable[[Any], Client]) -> Client:
    """CSRF is checked as in a browser."""
    return signed_in(alice) if request.param == "alice" else Client(enforce_csrf_checks=True)


def test_the_addresses_are_found() -> None:
    assert {
        "/",
        "/account/",
        "/billing/cancel/",
        "/api/stripe/create-subscription/",
        "/i18n/setlang/",
    } <= set(OURS)
    assert len(ALL) - len(OURS) == 2 * len(WEBHOOKS)


def test_nothing_is_written_without_the_csrf_token(visitor: Client) -> None:
    taken = []
    for path in OURS:
        refused = {401, 403, 404, 405} | ({400} if path in BEARING else set())
        for method in WRITING:
            answer = getattr(visitor, method)(path, {}, content_type="application/json")
            if answer.status_code not in refused:
                taken.append(f"{method} {path} answers {answer.status_code}")
    assert taken == []


def test_who_comes_by_a_method_that_is_not_taken_is_told_so(visitor: Client) -> None:
    """As when the address that a button calls is opened: a page with a way out, or the JSON of the API."""
    answers = {path: visitor.get(path) for path in OURS}
    refused = {path: answer for path, answer in answers.items() if answer.status_code == 405}
    assert {"/billing/resume/", "/billing/check/", "/api/token/refresh/"} <= set(refused)
    assert [path for path, answer in refused.items() if not answer.headers["Allow"]] == []
    assert [path for path, answer in refused.items() if not is_told(answer)] == []


def is_told(answer: Any) -> bool:
    if answer.headers["Content-Type"] == "application/json":
        return bool(answer.json()["error"]["code"] == "method_not_allowed")
    page = answer.content.decode()
    return '<p class="eyebrow">405</p>' in page and '<a class="button" href="/">' in page


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/"])
def test_the_api_s_own_pages_refuse_as_its_endpoints_do(db: None, client: Client, path: str) -> None:
    answer = client.post(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["error"]["code"] == "method_not_allowed"


def test_who_reads_no_pages_is_refused_without_one(db: None, client: Client) -> None:
    answer = client.get("/billing/resume/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["Allow"], answer.content) == (405, "POST", b"")


def test_no_answer_may_be_framed_nor_run_what_is_not_ours(visitor: Client) -> None:
    wrong = {path: found for path in OURS if (found := complaints(visitor.get(path)))}
    assert wrong == {}


def complaints(answer: Any) -> list[str]:
    """What is wrong with an answer's headers."""
    policy = answer.headers["Content-Security-Policy"]
    holds = {
        "a failure": answer.status_code != 500,
        "frames": answer.headers["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in policy,
        "sniffing": answer.headers["X-Content-Type-Options"] == "nosniff",
        "no default": "default-src 'none'" in policy,
        "unsafe": "unsafe" not in policy,
        "a source that is everybody": not re.search(r"(?<![\w.:/-])\*(?![\w.])", policy),
    }
    return [name for name, held in holds.items() if not held]


@pytest.mark.parametrize("path", ["/", "/pricing/", "/filings/", "/accounts/login/", "/api/filings/"])
def test_forwarded_headers_of_a_stranger_change_nothing(client: Client, db: None, path: str) -> None:
    poison = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Port": "666",
        "X-Forwarded-For": "evil.example",
        "Forwarded": "host=evil.example;proto=https",
        "X-Original-URL": "/admin/",
    }
    answer = client.get(path, headers=poison)
    assert answer.status_code == 200
    assert b"evil.example" not in answer.content
    assert not answer.wsgi_request.is_secure()
    assert answer.wsgi_request.get_host() == "testserver"


def test_a_host_that_is_not_ours_is_answered_nothing(client: Client, db: None) -> None:
    for path in ALL:
        answer = client.get(path, headers={"Host": "evil.example"})
        assert answer.status_code in (400, 405), path
        assert b"evil.example" not in answer.content, path


def test_stripe_is_the_only_stranger_that_the_policy_admits() -> None:
    """And LinkedIn, to which the sign-in form leads."""
    admitted = {
        source
        for sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values()
        for source in sources
        if str(source).startswith("http")
    }
    assert admitted == {settings.STRIPE_SANDBOX_URL, settings.LINKEDIN_SERVER_URL, "https://www.linkedin.com"}
