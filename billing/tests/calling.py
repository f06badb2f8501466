"""Somebody who calls the API as a browser does, but for CSRF, which has tests of its own."""

from typing import Any

from django.test import Client

from accounts.models import User


class Caller:
    """Signed in as somebody; answers are what Django's test client gives."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(path, body, content_type="application/json")

    def patch(self, path: str, **body: Any) -> Any:
        return self.client.patch(path, body, content_type="application/json")

    def put(self, path: str, **body: Any) -> Any:
        return self.client.put(path, body, content_type="application/json")

    def delete(self, path: str) -> Any:
        return self.client.delete(path)


def refused(answer: Any) -> tuple[int, str, str | None]:
    """Status, code, and the field that is to blame."""
    error = answer.json()["error"]
    assert error["message"]
    return answer.status_code, error["code"], error.get("param")
