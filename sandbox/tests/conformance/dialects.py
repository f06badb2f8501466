"""Stripe's OpenAPI schemas as JSON Schema: of answers, with nothing but the known fields; and of the forms of
requests, where every leaf is a string and a list is an object with numbers for keys.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from sandbox.shapes import FORM, Schema, Shapes

KEPT = ("type", "required", "pattern", "maxLength", "minimum", "maximum", "$ref")
FORMATS: dict[str, Schema] = {
    "currency": {"pattern": "^[a-z]{3}$"},
    "decimal": {"pattern": r"^-?(\d+(\.\d*)?|\.\d+)$"},
    "unix-time": {"minimum": 1, "maximum": 5_000_000_000},
}
LEAVES: dict[str, Schema] = {
    "integer": {"pattern": r"^-?\d+$"},
    "number": {"pattern": r"^-?(\d+(\.\d*)?|\.\d+)$"},
    "boolean": {"enum": ["true", "false"]},
    "string": {"minLength": 1},
}
METADATA: Schema = {
    "type": "object",
    "maxProperties": 50,
    "propertyNames": {"maxLength": 40},
    "additionalProperties": {"type": "string", "maxLength": 500},
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


# --- Answers --------------------------------------------------------------------------------------------------------


def of_answer(schema: Schema) -> Schema:
    """What an answer of this schema may look like: unknown fields are not allowed."""
    result = {name: schema[name] for name in KEPT if name in schema}
    result |= FORMATS.get(schema.get("format", ""), {})
    if "enum" in schema and not schema.get("x-stripeBypassValidation"):
        result["enum"] = schema["enum"]
    if "properties" in schema:
        result["properties"] = {name: of_answer(field) for name, field in schema["properties"].items()}
    extra = schema.get("additionalProperties", not schema.get("properties"))
    if schema.get("type") == "object" or "properties" in schema:
        result["additionalProperties"] = of_answer(extra) if isinstance(extra, dict) else extra
    if "items" in schema:
        result["items"] = of_answer(schema["items"])
    if "anyOf" in schema:
        result["anyOf"] = [of_answer(branch) for branch in schema["anyOf"]]
    return {"anyOf": [result, {"type": "null"}]} if schema.get("nullable") else result


@cache
def _answers() -> Schema:
    schemas = Shapes.load().schemas
    return {"components": {"schemas": {name: of_answer(schema) for name, schema in schemas.items()}}}


# --- Requests -------------------------------------------------------------------------------------------------------


def of_form(schema: Schema, name: str = "") -> Schema:
    """What the form of a request of this schema may look like."""
    if "anyOf" in schema:
        return {"anyOf": [of_form(branch, name) for branch in schema["anyOf"]]}
    kind = schema.get("type")
    if kind == "object":
        return _form_object(schema, name)
    if kind == "array":
        items = of_form(schema.get("items", {}))
        return {"type": "object", "propertyNames": {"pattern": r"^\d+$"}, "additionalProperties": items}
    if "enum" in schema:
        return {"type": "string"} | (
            {} if schema.get("x-stripeBypassValidation") else {"enum": [str(word) for word in schema["enum"]]}
        )
    leaf = LEAVES.get(kind or "string", {}) | (
        {} if kind == "integer" else FORMATS.get(schema.get("format", ""), {})
    )
    limit = {"maxLength": schema["maxLength"]} if "maxLength" in schema else {}
    return {"type": "string"} | leaf | limit


def _form_object(schema: Schema, name: str) -> Schema:
    extra = schema.get("additionalProperties", False)
    if isinstance(extra, dict) and name == "metadata":
        return METADATA
    properties = schema.get("properties", {})
    return {
        "type": "object",
        "properties": {key: of_form(field, key) for key, field in properties.items()},
        "required": schema.get("required", []),
        "additionalProperties": of_form(extra) if isinstance(extra, dict) else extra,
    }


def parameters(operation: Schema) -> Schema:
    """Query and form parameters of an operation of the document, as one object schema."""
    query = [parameter for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
    body = operation.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
    return {
        "type": "object",
        "properties": {p["name"]: p["schema"] for p in query} | body.get("properties", {}),
        "required": [p["name"] for p in query if p.get("required")] + body.get("required", []),
    }


# --- Validators -----------------------------------------------------------------------------------------------------


@cache
def answer_validator(reference: str) -> Draft202012Validator:
    """For a schema of the components, by name; for the answer of an operation, by "GET /v1/products"."""
    method, _, path = reference.partition(" ")
    if path:
        document = Shapes.load().document["paths"][path][method.lower()]
        schema = of_answer(document["responses"]["200"]["content"]["application/json"]["schema"])
    else:
        schema = {"$ref": f"#/components/schemas/{reference}"}
    return _validator({**_answers(), "allOf": [schema]})


@cache
def form_validator(operation: str) -> Draft202012Validator:
    method, _, path = operation.partition(" ")
    return _validator(of_form(parameters(Shapes.load().document["paths"][path][method.lower()])))


def _validator(schema: Schema) -> Any:
    schema = {"$schema": DIALECT, **schema}
    return validator_for(schema)(schema)
