"""/api/docs/errors/: all codes of errors, gathered from the code itself."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts import errors as of_accounts
from billing import errors as of_billing
from cart import errors as of_cart
from config import error_list
from config.api import ApiError
from portal import errors as of_portal

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "billing", "cart", "config", "filings", "portal")


Listed = dict[tuple[int, str], error_list.Entry]


@pytest.fixture
def listed(described: dict[str, Any]) -> Listed:
    return {(entry.status, entry.code): entry for entry in error_list.of(described)}


def test_every_class_of_errors_is_on_it(listed: Listed) -> None:
    modules = (of_accounts, of_billing, of_cart, of_portal)
    classes = {
        one
        for module in modules
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, ApiError) and one.__module__ == module.__name__
    }
    codes = {(one.status_code, one.default_code) for one in classes if "default_code" in vars(one)}
    assert len(codes) > 50
    assert codes - {(400, error_list.FAMILY)} <= listed.keys()


def test_what_is_raised_without_a_class_is_on_it_too(listed: Listed) -> None:
    """`ApiError(402, "payment_required", ...)`: found in the sources."""
    raised = set()
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            if "tests" not in file.parts and "ApiError(" in (source := file.read_text()):
                raised |= {_constants(node) for node in ast.walk(ast.parse(source))}
    assert (402, "payment_required") in raised
    assert raised - {None} <= listed.keys()


def _constants(node: ast.AST) -> tuple[Any, Any] | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "ApiError":
        return None
    values = [value.value for value in node.args[:2] if isinstance(value, ast.Constant)]
    return (values[0], values[1]) if len(values) == 2 else None


def test_it_knows_who_answers_what(listed: Listed) -> None:
    assert listed[402, "payment_required"].tags == {"trends"}
    assert listed[409, "stale_cart"].tags == {"shop"}
    assert listed[404, "not_found"].tags >= {"billing", error_list.EVERYWHERE}
    assert listed[409, "withdrawn"].tags == set()  # of the portal's pages


def test_the_page_lists_them_all(client: Client, db: None, listed: Listed) -> None:
    page = client.get("/api/docs/errors/").content.decode()
    assert set(re.findall(r'scope="row"><code[^>]*>(\w+)</code>', page)) == {code for _status, code in listed}
    assert "You already have a subscription." in page
