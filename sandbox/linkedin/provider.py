"""The provider: consent, codes, tokens, and what it says about people."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.linkedin.people import PEOPLE, Person, chosen, describe

PAGE = Template(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))
CODE_SECONDS = 30 * 60
TOKEN_SECONDS = 60 * 24 * 60 * 60
KEY_ID = "pretend-linkedin"
MISMATCH = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. "
    "Or authorization code expired. Or external member binding exists"
)


@dataclass
class Answer:
    status: int
    body: Any = ""
    location: str = ""


@dataclass
class Grant:
    """A person's consent, on its way to an access token."""

    person: Person
    redirect_uri: str
    expires: float


@dataclass
class LinkedIn:
    """The provider. Tests may switch it off (`down`) and let it lie.

    `lies` are claims that go into every ID token; None leaves a claim out.
    """

    client_id: str
    client_secret: str
    redirect_hosts: frozenset[str]
    url: str = ""
    down: bool = False
    lies: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Person] = field(default_factory=dict)

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def answer(self, method: str, path: str, params: dict[str, str], bearer: str) -> Answer:
        if (method, path) == ("POST", "/switch"):
            self.down = not self.down
            return Answer(303, location="/")
        if (method, path) == ("GET", "/"):
            return self._page("", "")
        if self.down:
            return Answer(503, {"message": "The pretend LinkedIn is switched off.", "status": 503})
        match method, path:
            case "GET", "/.well-known/openid-configuration":
                return Answer(200, self.discovery())
            case "GET", "/openid/jwks":
                return Answer(200, self.keys())
            case "GET", "/v2/authorization":
                return self.ask(params)
            case "POST", "/v2/authorization":
                return self.consent(params)
            case "POST", "/v2/accessToken":
                return self.exchange(params)
            case "GET", "/v2/userinfo":
                return self.userinfo(bearer)
        return Answer(404, {"message": "No virtual resource found", "status": 404})

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/v2/authorization",
            "token_endpoint": f"{self.url}/v2/accessToken",
            "userinfo_endpoint": f"{self.url}/v2/userinfo",
            "jwks_uri": f"{self.url}/openid/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "email"],
        }

    def keys(self) -> dict[str, Any]:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**key, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}

    def ask(self, params: dict[str, str]) -> Answer:
        """The page that asks who is there and whether they agree."""
        if complaint := self._complaint(params):
            return Answer(400, f"<h1>Bummer, something went wrong.</h1><p>{escape(complaint)}</p>")
        return self._page(urlencode(params), params["client_id"])

    def _page(self, query: str, application: str) -> Answer:
        button = '<button name="person" value="{}"><b>{}</b> {}</button>'
        people = "".join(
            button.format(key, escape(person.name), escape(describe(person)))
            for key, person in PEOPLE.items()
        )
        asking = "asking" if application else "idle"
        switch = "Switch the pretend LinkedIn on" if self.down else "Switch the pretend LinkedIn off"
        values = {"application": escape(application), "people": people, "asking": asking, "switch": switch}
        return Answer(200, PAGE.substitute(values, action=escape(f"/v2/authorization?{query}")))

    def consent(self, params: dict[str, str]) -> Answer:
        """Sends the browser back, with a code or with LinkedIn's own words for a cancelled sign-in."""
        if self._complaint(params):
            return self.ask(params)
        if "cancel" in params:
            back = {"error": "user_cancelled_login", "error_description": "The user cancelled LinkedIn login"}
        else:
            code = secrets.token_urlsafe(24)
            self.codes[code] = Grant(chosen(params), params["redirect_uri"], time.time() + CODE_SECONDS)
            back = {"code": code}
        query = urlencode({**back, **({"state": params["state"]} if params.get("state") else {})})
        return Answer(303, location=f"{params['redirect_uri']}?{query}")

    def _complaint(self, params: dict[str, str]) -> str:
        if params.get("client_id") != self.client_id:
            return "You need to pass the client_id of an application."
        target = urlsplit(params.get("redirect_uri", ""))
        if target.scheme not in ("http", "https") or target.hostname not in self.redirect_hosts:
            return "The redirect_uri does not match the registered value"
        if params.get("response_type") != "code" or "openid" not in params.get("scope", "").split():
            return "Only the authorization code flow with the scope openid is pretended here."
        return ""

    def exchange(self, params: dict[str, str]) -> Answer:
        """A code for tokens, once."""
        # LinkedIn answers an ordinary application that sends a PKCE verifier as if its secret were wrong.
        secret = params.get("client_secret", "")
        if (
            params.get("client_id") != self.client_id
            or not secrets.compare_digest(secret.encode(), self.client_secret.encode())
            or "code_verifier" in params
        ):
            return _refusal(401, "invalid_client", "Client authentication failed")
        grant = self.codes.pop(params.get("code", ""), None)
        if (
            grant is None
            or grant.expires < time.time()
            or grant.redirect_uri != params.get("redirect_uri")
            or params.get("grant_type") != "authorization_code"
        ):
            return _refusal(400, "invalid_request", MISMATCH)
        token = secrets.token_urlsafe(32)
        self.tokens[token] = grant.person
        body = {"access_token": token, "expires_in": TOKEN_SECONDS, "scope": "email,openid,profile"}
        return Answer(200, {**body, "token_type": "Bearer", "id_token": self.id_token(grant.person)})

    def id_token(self, person: Person) -> str:
        """Signed. There is no nonce in it, even when one was sent: LinkedIn leaves it out."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.client_id, "iat": now, "exp": now + 3600, **person.claims}
        said = {name: value for name, value in {**claims, **self.lies}.items() if value is not None}
        return jwt.encode(said, self.key, algorithm="RS256", headers={"kid": KEY_ID})

    def userinfo(self, bearer: str) -> Answer:
        person = self.tokens.get(bearer)
        if person is None:
            return Answer(401, {"message": "Invalid access token", "serviceErrorCode": 65600, "status": 401})
        return Answer(200, {**person.claims, "locale": {"country": "US", "language": "en"}})


def _refusal(status: int, error: str, description: str) -> Answer:
    return Answer(status, {"error": error, "error_description": description})
