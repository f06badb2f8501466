"""Who has an account at the pretend LinkedIn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Person:
    """Somebody with an account at LinkedIn. LinkedIn says `verified` as a boolean or as a string."""

    name: str
    email: str = ""
    verified: bool | str = True

    @property
    def claims(self) -> dict[str, Any]:
        given, _, family = self.name.partition(" ")
        subject = hashlib.sha256(f"{self.name}\n{self.email}".encode()).hexdigest()[:10]
        claims = {"sub": subject, "name": self.name, "given_name": given, "family_name": family}
        return claims | ({"email": self.email, "email_verified": self.verified} if self.email else {})


PEOPLE = {
    "alice": Person("Alice", "alice@acme.example"),
    "bob": Person("Bob", "bob@acme.example", verified="true"),
    "charlie": Person("Charlie", "charlie@outside.example"),
    "unverified": Person("Mallory", "alice@acme.example", verified="false"),
    "no-address": Person("Nemo"),
}


def chosen(params: dict[str, str]) -> Person:
    """The person that a form of the consent page names or describes."""
    if params.get("person") in PEOPLE:
        return PEOPLE[params["person"]]
    verified: bool | str = "verified" in params
    if "as_string" in params:
        verified = str(verified).lower()
    return Person(params.get("name") or "Somebody", params.get("email", "").strip(), verified)


def describe(person: Person) -> str:
    """What tells them apart on the consent page."""
    if not person.email:
        return "tells no address"
    return (
        person.email if str(person.verified).lower() == "true" else "somebody else's address, never verified"
    )
