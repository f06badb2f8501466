"""One question, asked by pages, endpoints and templates: the answers agree and cost nothing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client, RequestFactory

from accounts import gates, organizations, signals, tiers
from accounts.models import Organization, User
from accounts.tiers import BY_TIER, Access, Tier

pytestmark = [pytest.mark.django_db, pytest.mark.urls("accounts.tests.urls")]
SignIn = Callable[[User], Client]


@pytest.fixture
def closings() -> Iterator[list[dict[str, Any]]]:
    """The gates that stayed closed."""
    heard: list[dict[str, Any]] = []

    def hear(**kwargs: Any) -> None:
        heard.append(kwargs)

    signals.gate_closed.connect(hear)
    yield heard
    signals.gate_closed.disconnect(hear)


def render(source: str, user: Any) -> str:
    request = RequestFactory().get("/")
    request.user = user
    return Template("{% load gates %}" + source).render(
        Context({"request": request, "access": gates.access_of(user)})
    )


# --- The question ---------------------------------------------------------------------------------------------------


def test_what_somebody_may_use_is_what_their_current_organization_may(
    alice: User, bob: User, charlie: User
) -> None:
    assert gates.access_of(alice).tier == Tier.PREMIUM
    assert gates.access_of(bob).tier == Tier.FREE
    assert gates.access_of(charlie) is tiers.FREE
    assert gates.access_of(AnonymousUser()) is tiers.GUEST


def test_bob_has_acmes_access_once_he_acts_for_acme(bob: User, acme: Organization) -> None:
    organizations.switch(bob, acme)

    assert gates.access_of(bob).tier == Tier.PREMIUM


def test_a_user_without_an_organization_is_free() -> None:
    assert gates.access_of(User(email="dora@example.com")) is tiers.FREE


@pytest.mark.parametrize("tier", Tier)
def test_page_endpoint_template_and_function_agree(signed_in: SignIn, charlie: User, tier: Tier) -> None:
    organization = charlie.current_organization
    assert organization is not None
    organizations.set_access(organization, [BY_TIER[tier]])
    client, opens = signed_in(charlie), tier.includes(Tier.PREMIUM)

    assert gates.allows(gates.access_of(charlie), tier=Tier.PREMIUM) is opens
    assert (client.get("/test/page/premium/").status_code == 200) is opens
    assert (client.get("/test/premium/").status_code == 200) is opens
    assert (render('{% if access|includes:"premium" %}yes{% endif %}', charlie) == "yes") is opens
    assert (render('{% gate "premium" %}yes{% endgate %}', charlie) == "yes") is opens


def test_a_gate_closes_by_itself_when_the_segment_ends(signed_in: SignIn, charlie: User) -> None:
    organization = charlie.current_organization
    assert organization is not None
    end = datetime(2027, 6, 1, tzinfo=UTC)
    with time_machine.travel(end - timedelta(seconds=1), tick=False) as clock:
        organizations.set_access(organization, [Access(Tier.PREMIUM, end, "ending")])
        client = signed_in(charlie)
        assert client.get("/test/premium/").status_code == 200
        clock.move_to(end)
        assert client.get("/test/premium/").status_code == 402


# --- What it costs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/test/open/", "/test/premium/", "/test/export/", "/test/page/premium/"])
def test_a_signed_in_request_costs_two_queries_gated_or_not(
    signed_in: SignIn, alice: User, path: str, django_assert_num_queries: Any
) -> None:
    client = signed_in(alice)
    with django_assert_num_queries(2):  # session, and user with organization
        assert client.get(path).status_code == 200


def test_a_guests_request_costs_no_query(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/test/open/").status_code == 200
        assert client.get("/test/premium/").status_code == 401


# --- Endpoints ------------------------------------------------------------------------------------------------------


def test_a_closed_endpoint_says_what_opens_it(
    signed_in: SignIn, bob: User, settings: Any, closings: list[dict[str, Any]]
) -> None:
    answer = signed_in(bob).get("/test/premium/")

    assert answer.status_code == 402
    error = answer.json()["error"]
    assert {name: error[name] for name in error if name not in ("plan", "price")} == {
        "code": "payment_required",
        "message": "This is part of Premium.",
        "tier": "premium",
        "upgrade_url": f"{settings.BASE_URL}/pricing/",
    }
    assert (closings[0]["tier"], closings[0]["organization"]) == (Tier.PREMIUM, bob.current_organization)


def test_a_feature_names_the_tier_that_has_it(signed_in: SignIn, bob: User) -> None:
    assert signed_in(bob).get("/test/export/").json()["error"]["tier"] == "premium"


def test_with_nothing_on_sale_there_is_no_way_up(signed_in: SignIn, bob: User, settings: Any) -> None:
    settings.UPGRADE_URL = ""

    assert "upgrade_url" not in signed_in(bob).get("/test/premium/").json()["error"]


@pytest.mark.parametrize("path", ["/test/premium/", "/test/export/", "/test/signed-in/"])
def test_a_guest_is_asked_to_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer.json()["error"]["code"] == "not_authenticated"


def test_writing_needs_the_csrf_token_from_guests_too(signed_in: SignIn, alice: User) -> None:
    for client in (Client(enforce_csrf_checks=True), signed_in(alice)):
        answer = client.post("/test/open/", {}, content_type="application/json")
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "permission_denied"


@pytest.mark.parametrize("claim", ["X-User", "X-Organization", "X-Tier", "Tier", "Authorization"])
def test_no_header_makes_somebody_of_a_guest(client: Client, alice: User, claim: str) -> None:
    assert client.get("/test/premium/", headers={claim: "premium"}).status_code == 401


# --- Pages ----------------------------------------------------------------------------------------------------------


def test_a_closed_page_says_what_is_missing_and_where_to_get_it(
    signed_in: SignIn, bob: User, closings: list[dict[str, Any]]
) -> None:
    answer = signed_in(bob).get("/test/page/premium/")

    assert answer.status_code == 402
    page = answer.content.decode()
    assert "This is part of Premium." in page
    assert "You have Free." in page
    assert 'href="/pricing/"' in page
    assert closings[0]["request"].path == "/test/page/premium/"


def test_a_closed_page_says_when_nothing_is_on_sale(signed_in: SignIn, bob: User, settings: Any) -> None:
    settings.UPGRADE_URL = ""
    page = signed_in(bob).get("/test/page/premium/").content.decode()
    assert "Nothing is on sale here at the moment." in page
    assert "See the plans" not in page


def test_a_guest_may_sign_in_and_come_back(client: Client) -> None:
    answer = client.get("/test/page/export/?a=1&b=2")

    assert answer.status_code == 402
    assert "?next=/test/page/export/%3Fa%3D1%26b%3D2" in answer.content.decode()


def test_a_page_for_everybody_with_an_account_asks_a_guest_only_to_sign_in(client: Client) -> None:
    assert "Sign in to use this." in client.get("/test/page/free/").content.decode()


def test_a_feature_of_no_tier_is_simply_not_in_the_plan(signed_in: SignIn, alice: User) -> None:
    assert "not part of your plan" in signed_in(alice).get("/test/page/unknown/").content.decode()


def test_an_organization_is_named_and_its_name_escaped(
    signed_in: SignIn, bob: User, acme: Organization
) -> None:
    acme.name = "<script>alert(1)</script>"
    acme.save()
    organizations.set_access(acme, [])
    organizations.switch(bob, acme)
    page = signed_in(bob).get("/test/page/premium/").content.decode()

    assert "You act for &lt;script&gt;alert(1)&lt;/script&gt;, which has Free." in page
    assert "<script>alert" not in page


# --- Templates ------------------------------------------------------------------------------------------------------


def test_a_closed_gate_in_a_template_may_show_something_else(alice: User, charlie: User) -> None:
    source = '{% gate "premium" %}chart{% closed %}teaser{% endgate %}'

    assert render(source, alice) == "chart"
    assert render(source, charlie) == "teaser"
    assert render('{% gate "premium" %}chart{% endgate %}', AnonymousUser()) == ""


def test_a_feature_is_asked_with_a_filter(alice: User, charlie: User) -> None:
    source = '{% if access|can:"export" %}yes{% else %}no{% endif %}'

    assert (render(source, alice), render(source, charlie)) == ("yes", "no")


def test_a_gate_takes_one_tier() -> None:
    with pytest.raises(TemplateSyntaxError, match="takes one tier"):
        Template("{% load gates %}{% gate %}{% endgate %}")


def test_every_page_knows_access_and_organization_and_asks_only_when_it_needs_them(
    alice: User, django_assert_num_queries: Any
) -> None:
    from accounts import context

    request = RequestFactory().get("/")
    request.user = User.objects.select_related("current_organization").get(pk=alice.pk)
    with django_assert_num_queries(0):
        known = context.access(request)
        assert known["access"].tier == Tier.PREMIUM
        assert known["organization"].name == "Acme"
