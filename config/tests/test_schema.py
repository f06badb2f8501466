"""The API's description: complete, valid, and with examples that are what it says they are."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.validation import validate_schema

from config import refusals
from config.schema import SHOP

WRITTEN_OTHERWISE = {"/cart/", "/create-payment-intent/"}  # the same with a slash
NOT_FOR_CLIENTS = {
    "/api/schema/",
    "/api/docs/",
    "/api/docs/errors/",
    "/api/stripe-webhooks",
    "/api/stripe-webhooks/",
}


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def bodies(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body that is sent or answered, by its operation and status."""
    for name, operation in operations(described):
        for where, side in (("body", operation.get("requestBody", {})), *operation["responses"].items()):
            if "content" in side:
                yield f"{name} {where}", side["content"]["application/json"]


def endpoints(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from endpoints(entry.url_patterns, path)
        elif path.startswith(("/api/", *SHOP)):
            yield path, entry.callback


def plain(path: str) -> str:
    """An address of Django's as OpenAPI writes it: without converters."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)


def test_every_endpoint_is_described_and_nothing_else(described: dict[str, Any]) -> None:
    there = set()
    for path, callback in endpoints(get_resolver().url_patterns):
        if path in NOT_FOR_CLIENTS | WRITTEN_OTHERWISE:
            continue
        view = callback.cls(**callback.initkwargs)
        there |= {f"{method} {plain(path)}" for method in set(view.allowed_methods) - {"OPTIONS", "HEAD"}}
    assert there == {name for name, _operation in operations(described)}


@pytest.mark.slow
def test_it_is_valid(described: dict[str, Any]) -> None:
    validate_schema(described)


def test_every_operation_says_what_it_does(described: dict[str, Any]) -> None:
    found = dict(operations(described))
    assert [name for name, one in found.items() if not one.get("summary") or not one.get("description")] == []
    ids = [one["operationId"] for one in found.values()]
    assert len(set(ids)) == len(ids)
    assert {tag for one in found.values() for tag in one["tags"]} <= {
        tag["name"] for tag in described["tags"]
    }


def test_every_body_has_an_example_that_is_one(described: dict[str, Any]) -> None:
    checked = 0
    for name, content in bodies(described):
        assert content.get("examples"), f"{name} has no example"
        for example in content["examples"].values():
            whole = {**content["schema"], "components": described["components"]}
            errors = list(jsonschema.Draft202012Validator(whole).iter_errors(example["value"]))
            assert not errors, f"{name}: {errors[0].message}"
            checked += 1
    assert checked > 200


def test_every_refusal_names_its_codes(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        for status, response in operation["responses"].items():
            codes = refusals.codes_of(response)
            assert bool(codes) == (status >= "400"), f"{name} {status}"
            assert all(f"`{code}`" in response["description"] for code in codes)


def test_what_needs_signing_in_and_what_writes_says_so(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        method, path = name.split()
        names = [parameter["name"] for parameter in operation.get("parameters", [])]
        writes = method != "GET" and path not in SHOP and not path.startswith("/api/token/")
        assert ("Idempotency-Key" in names) == writes, name
        tokens = method != "GET" and path.startswith("/api/token/")
        assert ("no `Idempotency-Key`" in operation["description"]) == tokens, name
        guests = {} in operation.get("security", [{}]) or not operation.get("security")
        answers = operation["responses"]
        assert guests or "not_authenticated" in refusals.codes_of(answers["401"]), name


# What examples show; a field's label, and the mark that is made of the labels of choices.
LABELS = ("examples", "title", "x-spec-enum-id")


def said(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """All that stands in a description, by where it stands."""
    children = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in children:
        if isinstance(child, dict | list) and key not in LABELS:
            yield from said(child, f"{path}/{key}")
        elif key not in LABELS:
            yield f"{path}/{key}", child


@pytest.mark.slow
@pytest.mark.django_db
def test_a_chinese_reader_gets_the_same_in_chinese(client: Client, described: dict[str, Any]) -> None:
    answer = client.get("/api/schema/", headers={"Accept-Language": "zh-CN"})
    assert "Accept-Language" in answer.headers["Vary"]
    english, chinese = dict(said(described)), dict(said(answer.json()))
    assert english.keys() == chinese.keys()
    words = {path for path in english if path.endswith(("/summary", "/description"))}
    assert [path for path in english.keys() - words if english[path] != chinese[path]] == []
    assert len(words) > 400
    left = {english[path] for path in words if not re.search(r"[\u4e00-\u9fff]", chinese[path])}
    assert {text for text in left if not re.fullmatch(r"`[^`]*`", text)} == set()
