"""What opens something by being in a URL does not get into the logs."""

import io
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from django.test import Client

TOKEN = "3ZzW0vW1S8y_-n4Jx2kQ7g"


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """All that the console would show."""
    console = logging.getLogger().handlers[0]
    text = io.StringIO()
    copy = logging.StreamHandler(text)
    copy.setFormatter(console.formatter)
    logging.getLogger().addHandler(copy)
    yield text.getvalue
    logging.getLogger().removeHandler(copy)


@pytest.mark.django_db
@pytest.mark.parametrize("path", [f"/invitations/{TOKEN}/", f"/nowhere/{TOKEN}"])
def test_the_link_of_a_mail_is_not_logged(client: Client, logged: Callable[[], str], path: str) -> None:
    client.get(path)

    assert "request_finished" in logged()
    assert "***" in logged()
    assert TOKEN not in logged()


def test_other_parts_of_a_path_are_logged(logged: Callable[[], str]) -> None:
    structlog.get_logger("test").info("seen", request="GET /filings/0000012345-26-000001/")

    assert "GET /filings/0000012345-26-000001/" in logged()
