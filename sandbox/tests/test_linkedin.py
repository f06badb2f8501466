"""The pretend LinkedIn, spoken to over HTTP as an application and a browser would."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from sandbox.linkedin import LinkedIn, serve

BACK = "http://127.0.0.1:8000/callback"
ASKED = {
    "client_id": "shop",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid profile email",
    "state": "of-mind",
}


@pytest.fixture
def linkedin() -> Iterator[LinkedIn]:
    with serve("shop", "s3cret") as linkedin:
        yield linkedin


def consent(linkedin: LinkedIn, form: dict[str, str], **asked: str) -> requests.Response:
    url = f"{linkedin.url}/v2/authorization"
    return requests.post(url, params=ASKED | asked, data=form, allow_redirects=False)


def code_for(linkedin: LinkedIn, form: dict[str, str]) -> str:
    return parse_qs(urlsplit(consent(linkedin, form).headers["Location"]).query)["code"][0]


def exchange(linkedin: LinkedIn, code: str, **changes: str) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "client_id": "shop",
        "client_secret": "s3cret",
    }
    return requests.post(f"{linkedin.url}/v2/accessToken", data=form | changes)


def userinfo(linkedin: LinkedIn, form: dict[str, str]) -> Any:
    token = exchange(linkedin, code_for(linkedin, form)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{linkedin.url}/v2/userinfo", headers=headers).json()


def test_it_describes_itself_where_openid_clients_look(linkedin: LinkedIn) -> None:
    said = requests.get(f"{linkedin.url}/.well-known/openid-configuration").json()

    assert said["issuer"] == linkedin.url
    assert said["token_endpoint"] == f"{linkedin.url}/v2/accessToken"


def test_the_consent_page_names_the_application_the_people_and_that_it_is_a_double(
    linkedin: LinkedIn,
) -> None:
    page = requests.get(f"{linkedin.url}/v2/authorization", params=ASKED)

    assert page.status_code == 200
    assert "<b>shop</b> would like to know" in page.text
    assert "A test double" in page.text
    for name in ("Alice", "Bob", "Charlie", "never verified", "tells no address", "Cancel"):
        assert name in page.text


def test_consent_leads_back_with_a_code_and_the_state(linkedin: LinkedIn) -> None:
    answer = consent(linkedin, {"person": "alice"})

    back = urlsplit(answer.headers["Location"])
    assert answer.status_code == 303
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    assert parse_qs(back.query)["state"] == ["of-mind"]


def test_a_cancelled_sign_in_comes_back_in_linkedins_own_words(linkedin: LinkedIn) -> None:
    back = parse_qs(urlsplit(consent(linkedin, {"cancel": "1"}).headers["Location"]).query)

    assert back["error"] == ["user_cancelled_login"]
    assert back["state"] == ["of-mind"]
    assert "code" not in back


def test_the_id_token_verifies_with_the_published_key(linkedin: LinkedIn) -> None:
    token = exchange(linkedin, code_for(linkedin, {"person": "alice"})).json()["id_token"]

    key = jwt.PyJWKClient(f"{linkedin.url}/openid/jwks").get_signing_key_from_jwt(token).key
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="shop", issuer=linkedin.url)
    assert claims["email"] == "alice@acme.example"
    assert claims["exp"] > time.time()


def test_a_code_works_once(linkedin: LinkedIn) -> None:
    code = code_for(linkedin, {"person": "alice"})

    assert exchange(linkedin, code).status_code == 200
    assert exchange(linkedin, code).json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "guessed"}, 401, "invalid_client"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"code_verifier": "pkce"}, 401, "invalid_client"),
        ({"redirect_uri": "http://127.0.0.1:8000/other"}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "invalid_request"),
    ],
)
def test_a_code_is_only_exchanged_as_it_was_given(
    linkedin: LinkedIn, changes: dict[str, str], status: int, error: str
) -> None:
    answer = exchange(linkedin, code_for(linkedin, {"person": "alice"}), **changes)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize(
    "asked",
    [
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"client_id": "another"},
        {"scope": "profile"},
        {"response_type": "token"},
    ],
)
def test_a_wrong_question_is_not_answered_with_a_redirect(linkedin: LinkedIn, asked: dict[str, str]) -> None:
    assert requests.get(f"{linkedin.url}/v2/authorization", params=ASKED | asked).status_code == 400
    answer = consent(linkedin, {"person": "alice"}, **asked)

    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("form", "verified"),
    [
        ({"person": "alice"}, True),
        ({"person": "bob"}, "true"),
        ({"person": "unverified"}, "false"),
        ({"name": "Dora", "email": "dora@example.com", "verified": "on"}, True),
        ({"name": "Dora", "email": "dora@example.com", "as_string": "on"}, "false"),
        ({"name": "Dora", "email": "dora@example.com"}, False),
    ],
)
def test_a_verified_address_is_said_as_a_boolean_or_a_string(
    linkedin: LinkedIn, form: dict[str, str], verified: bool | str
) -> None:
    said = userinfo(linkedin, form)["email_verified"]

    assert said == verified
    assert type(said) is type(verified)


def test_somebody_without_an_address_has_none(linkedin: LinkedIn) -> None:
    said = userinfo(linkedin, {"person": "no-address"})

    assert said["name"] == "Nemo"
    assert "email" not in said


def test_the_same_person_is_known_by_the_same_id_every_time(linkedin: LinkedIn) -> None:
    first, second = userinfo(linkedin, {"person": "alice"}), userinfo(linkedin, {"person": "alice"})

    assert first["sub"] == second["sub"]
    assert first["sub"] != userinfo(linkedin, {"person": "unverified"})["sub"]


def test_userinfo_needs_a_token_that_was_given(linkedin: LinkedIn) -> None:
    headers = {"Authorization": "Bearer guessed"}

    assert requests.get(f"{linkedin.url}/v2/userinfo", headers=headers).status_code == 401


def test_switched_off_it_answers_503_until_it_is_switched_on(linkedin: LinkedIn) -> None:
    discovery = f"{linkedin.url}/.well-known/openid-configuration"

    page = requests.post(f"{linkedin.url}/switch")
    assert "Switch the pretend LinkedIn on" in page.text
    assert requests.get(discovery).status_code == 503
    requests.post(f"{linkedin.url}/switch")
    assert requests.get(discovery).status_code == 200


def test_a_test_may_let_it_lie(linkedin: LinkedIn) -> None:
    linkedin.lies = {"aud": "another", "exp": None}

    token = exchange(linkedin, code_for(linkedin, {"person": "alice"})).json()["id_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["aud"] == "another"
    assert "exp" not in claims


def test_it_does_not_start_without_a_secret() -> None:
    command = [sys.executable, "-m", "sandbox.linkedin", "--port", "0", "--client-secret", ""]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30)

    assert ended.returncode == 2
    assert "LINKEDIN_CLIENT_SECRET" in ended.stderr
