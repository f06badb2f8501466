"""From a tree of strings to typed parameters, by the shapes; what does not fit is refused with Stripe's own error.

Unknown parameters come first, then missing ones, then values. A value that an empty string unsets becomes
None.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox import errors
from sandbox.currencies import CURRENCIES
from sandbox.errors import StripeError
from sandbox.shapes import Operation, Schema, Shapes

INTEGER = re.compile(r"-?\d{1,18}")
DECIMAL = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")
LATEST = 253_402_300_799  # the last second of the year 9999
METADATA_KEYS, METADATA_KEY_LENGTH, METADATA_VALUE_LENGTH = 50, 40, 500


def type_parameters(operation: Operation, tree: dict[str, Any]) -> dict[str, Any]:
    """Check and convert the parameters of a call. Raises StripeError with Stripe's sentence, code and `param`."""
    cleared = {name: None for name, value in tree.items() if value == "" and name in operation.clears}
    rest = {name: value for name, value in tree.items() if name not in cleared}
    return cleared | _object(operation.parameters, rest, "")


def assign(record: dict[str, Any], params: dict[str, Any], *names: str) -> None:
    """Set those of `names` that were passed; None unsets. `metadata` is merged: an empty value removes its key."""
    for name in names:
        if name == "metadata" and name in params:
            record["metadata"] = merge_metadata(record.get("metadata") or {}, params["metadata"])
        elif name in params:
            record[name] = params[name]


def merge_metadata(held: dict[str, str], passed: dict[str, str] | None) -> dict[str, str]:
    """None clears all, an empty value its key. https://docs.stripe.com/metadata"""
    if passed is None:
        return {}
    merged = {key: text for key, text in (held | passed).items() if text != ""}
    if len(merged) > METADATA_KEYS:
        raise metadata_overflow(len(merged))
    return merged


def _convert(schema: Schema, value: Any, path: str) -> Any:
    schema = Shapes.load().resolve(schema)
    if "anyOf" in schema:
        return _any_of(schema["anyOf"], value, path)
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, value, path)
    if kind == "array":
        return _array(schema, value, path)
    if not isinstance(value, str):
        raise errors.invalid(f"Invalid {kind}: {path} must not be a list or an object", path)
    if "enum" in schema:
        return _enum(schema, value, path)
    if value == "":
        if _may_be_blank(path):
            return None
        raise errors.parameter_empty(path)
    return _SCALARS[kind](schema, value, path) if kind in _SCALARS else value


def _any_of(branches: list[Schema], value: Any, path: str) -> Any:
    """Pick the branch by the value's form: '' unsets, a word of an enum is that word, else the first that could fit."""
    branches = [Shapes.load().resolve(branch) for branch in branches]
    if isinstance(value, str):
        if value == "" and any("" in branch.get("enum", ()) for branch in branches):
            return None
        if any(value in branch.get("enum", ()) for branch in branches):
            return value
        fitting = [b for b in branches if b.get("type") not in ("object", "array") and "enum" not in b]
    else:
        fitting = [b for b in branches if b.get("type") in ("object", "array")]
    if len(fitting) > 1 and isinstance(value, dict):
        known = [b for b in fitting if value.keys() <= b.get("properties", {}).keys()]
        fitting = known or fitting
    rest = [b for b in branches if b.get("enum") != [""]]
    return _convert((fitting or rest)[0], value, path)


def _object(schema: Schema, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise errors.invalid("Invalid object", path)
    properties, extra = schema.get("properties", {}), schema.get("additionalProperties")
    if isinstance(extra, dict):
        return _metadata(value, path) if _last(path) == "metadata" else _map(extra, value, path)
    unknown = [_join(path, name) for name in value if name not in properties]
    if unknown and extra is not True:
        raise errors.parameter_unknown(unknown)
    for name in schema.get("required", ()):
        if name not in value:
            raise errors.parameter_missing(_join(path, name))
    return {
        name: _convert(properties[name], item, _join(path, name)) if name in properties else item
        for name, item in value.items()
    }


def _map(schema: Schema, value: dict[str, Any], path: str) -> dict[str, Any]:
    return {name: _convert(schema, item, _join(path, name)) for name, item in value.items()}


def _array(schema: Schema, value: Any, path: str) -> list[Any]:
    if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
        raise errors.invalid("Invalid array", path)
    ordered = sorted(value.items(), key=lambda item: int(item[0]))
    return [_convert(schema["items"], item, f"{path}[{index}]") for index, item in ordered]


def _enum(schema: Schema, value: str, path: str) -> Any:
    choices = [str(choice) for choice in schema["enum"]]
    if value in choices:
        return value or None
    if value == "":
        raise errors.parameter_empty(path)
    if schema.get("x-stripeBypassValidation"):
        return value
    words = [choice for choice in choices if choice]
    listed = ", ".join(words[:-1]) + " or " + words[-1] if len(words) > 1 else words[0]
    raise errors.invalid(f"Invalid {path}: must be one of {listed}", path)


def _integer(schema: Schema, value: str, path: str) -> int:
    if not INTEGER.fullmatch(value) or not value.isascii():
        raise errors.invalid(f"Invalid integer: {value}", path, "parameter_invalid_integer")
    if schema.get("format") == "unix-time" and not 0 <= int(value) <= LATEST:
        raise errors.invalid(f"Invalid timestamp: {value}", path)
    return int(value)


def _number(schema: Schema, value: str, path: str) -> float:
    if not DECIMAL.fullmatch(value):
        raise errors.invalid(f"Invalid decimal: {value}", path)
    return float(value)


def _boolean(schema: Schema, value: str, path: str) -> bool:
    if value not in ("true", "false"):
        raise errors.invalid(f"Invalid boolean: {value}", path)
    return value == "true"


def _string(schema: Schema, value: str, path: str) -> str:
    limit, form = schema.get("maxLength"), schema.get("format")
    if limit and len(value) > limit:
        shown = f"{value[:3]}...{value[-3:]}"
        raise errors.invalid(f"Invalid string: {shown}; must be at most {limit} characters", path)
    if form == "currency":
        if value.lower() not in CURRENCIES:
            supported = ", ".join(CURRENCIES)
            raise errors.invalid(
                f"Invalid currency: {value}. Stripe currently supports these currencies: {supported}", path
            )
        return value.lower()
    if form == "decimal" and not DECIMAL.fullmatch(value):
        raise errors.invalid(f"Invalid decimal: {value}", path)
    return value


_SCALARS = {"integer": _integer, "number": _number, "boolean": _boolean, "string": _string}


def _metadata(value: dict[str, Any], path: str) -> dict[str, str]:
    if len(value) > METADATA_KEYS:
        raise metadata_overflow(len(value), path)
    for key, text in value.items():
        if len(key) > METADATA_KEY_LENGTH:
            raise errors.invalid(
                f"Metadata keys can have up to {METADATA_KEY_LENGTH} characters, but you passed in a key "
                f"that is {len(key)} characters. Invalid key: {key}",
                path,
            )
        if not isinstance(text, str):
            raise errors.invalid(
                f"Invalid val: {text} must be a string under {METADATA_VALUE_LENGTH} characters", path
            )
        if len(text) > METADATA_VALUE_LENGTH:
            raise errors.invalid(
                f"Metadata values can have up to {METADATA_VALUE_LENGTH} characters, but you passed in a "
                f"value that is {len(text)} characters. Invalid value: {text}",
                path,
            )
    return value


def metadata_overflow(count: int, path: str = "metadata") -> StripeError:
    return errors.invalid(
        f"Metadata can have up to {METADATA_KEYS} keys, but you've set {count}. Email us at "
        "support+metadata@stripe.com for more information.",
        path,
    )


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _last(path: str) -> str:
    return path.rsplit("[", 1)[-1].rstrip("]")


def _may_be_blank(path: str) -> bool:
    """A line of an address that a form leaves blank is no attempt to unset anything."""
    return "[" in path and _last(path.rsplit("[", 1)[0]) == "address"
