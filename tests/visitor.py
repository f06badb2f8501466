"""Somebody with a browser at a house: a window with its cookies, that runs no scripts."""

from typing import Any

import requests
from django.test import Client

from accounts.models import User
from portal.tests.visiting import path
from tests.house import CSRF, House


class Visitor:
    """A guest, or a user who is signed in. Addresses may be those of mails, which name another host."""

    def __init__(self, home: House, user: User | None = None) -> None:
        self._home = home
        self._session = requests.Session()
        self._session.cookies.set("csrftoken", CSRF)
        # A server that is about to close a connection does not say so.
        self._session.headers.update({"X-CSRFToken": CSRF, "Connection": "close"})
        if user is not None:
            session = Client()
            session.force_login(user)
            self._session.cookies.set("sessionid", session.cookies["sessionid"].value)

    def get(self, url: str) -> requests.Response | None:
        """The page; None without an answer."""
        return self._ask("GET", url)

    def post(self, url: str, entries: dict[str, Any] | None = None) -> str:
        """Where the answer leads; empty if nowhere, or if there is none."""
        answer = self._ask("POST", url, entries)
        return "" if answer is None else answer.headers.get("Location", "")

    def _ask(self, method: str, url: str, entries: dict[str, Any] | None = None) -> requests.Response | None:
        try:
            return self._session.request(
                method, self._home.url + path(url), data=entries, allow_redirects=False, timeout=60
            )
        except requests.ConnectionError:
            return None
