"""The pages of activation."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import organizations
from accounts.roles import Role
from portal import activation
from portal.models import ActivationCode, Sale
from portal.tests import papers

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture
def sale() -> Sale:
    sold = papers.sale()
    activation.make(sold)
    return sold


@pytest.fixture
def code(sale: Sale) -> str:
    return activation.reveal(sale)


def enter(client: Client, path: str = "/activate", **fields: str) -> Any:
    token = client.get(path).context["csrf_token"]
    return client.post(path, {"csrfmiddlewaretoken": str(token), **fields})


def test_a_guest_is_shown_how_to_sign_in_and_comes_back(client: Client) -> None:
    text = client.get("/activate").content.decode()
    assert "/accounts/login/?next=/activate" in text
    assert "/accounts/signup/?next=/activate" in text
    assert "LinkedIn" in text
    assert client.post("/activate", {"code": "x"}).headers["Location"] == "/accounts/login/?next=/activate"


def test_the_code_makes_the_owner(sale: Sale, code: str, charlie: Any, signed_in: SignIn) -> None:
    client = signed_in(charlie)
    answer = enter(client, code=code.lower())
    assert answer.headers["Location"] == f"/organizations/{sale.organization_id}/"
    assert organizations.role_of(charlie, sale.organization) == Role.OWNER
    assert "is activated" in client.get(answer.headers["Location"]).content.decode()


def test_wrong_and_used_get_the_same_page(
    sale: Sale, code: str, alice: Any, charlie: Any, signed_in: SignIn
) -> None:
    enter(signed_in(alice), code=code)
    pages = []
    for tried in (code, "0000-0000-0000-0000-0000-0000-0000"):
        answer = enter(signed_in(charlie), code=tried)
        assert answer.status_code == 400
        pages.append(answer.context["form"].errors["code"])
    assert pages[0] == pages[1]
    assert "mistyped, used, expired" in str(pages[0])


def test_too_many_tries_are_429_with_the_time_to_wait(sale: Sale, charlie: Any, signed_in: SignIn) -> None:
    client = signed_in(charlie)
    for _try in range(activation.TRIES_PER_USER):
        assert enter(client, code="wrong").status_code == 400
    answer = enter(client, code="wrong")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_looking_uses_nothing(sale: Sale, code: str, charlie: Any, signed_in: SignIn) -> None:
    signed_in(charlie).get("/activate", {"code": code})
    assert ActivationCode.objects.get().is_open


def test_asking_for_a_new_code_answers_the_same_to_everybody(sale: Sale, client: Client) -> None:
    places = []
    for address in ("office@hudson.example", "nobody@else.example"):
        answer = client.post("/activate/new-code", {"email": address}, follow=True)
        places.append((answer.redirect_chain, [str(message) for message in answer.context["messages"]]))
    assert places[0] == places[1]
    assert ActivationCode.objects.count() == 2
