"""What a credit note credits: an amount of the whole, parts of the invoice's lines, or lines of its own.

https://docs.stripe.com/api/credit_notes/create
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox import errors, identifiers, skeletons
from sandbox.objects.invoices.pricing import round_half_up
from sandbox.store import Record
from sandbox.world import World


def make_all(world: World, invoice: Record, params: dict[str, Any]) -> list[Record]:
    """The lines that `amount` or `lines` ask for; exactly one of them."""
    if ("amount" in params) == ("lines" in params):
        raise errors.invalid("You must provide exactly one of `amount` or `lines`.", "amount")
    if "amount" in params:
        amount = params["amount"]
        if amount < 1:
            raise errors.invalid(
                "This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer"
            )
        return [_build(amount, "custom_line_item", quantity=1, unit_amount=amount)]
    return [_make(invoice, given, f"lines[{index}]") for index, given in enumerate(params["lines"])]


def _make(invoice: Record, given: dict[str, Any], param: str) -> Record:
    for name in ("tax_amounts", "tax_rates", "unit_amount_decimal"):
        if given.get(name):
            raise errors.not_played(f"`{param}[{name}]` on a credit note")
    if given["type"] == "custom_line_item":
        for name in ("unit_amount", "quantity", "description"):
            if name not in given:
                raise errors.parameter_missing(f"{param}[{name}]")
        known = {name: given[name] for name in ("unit_amount", "quantity", "description")}
        return _build(given["unit_amount"] * given["quantity"], "custom_line_item", **known)
    line = next((line for line in invoice["_lines"] if line["id"] == given.get("invoice_line_item")), None)
    if line is None:
        raise errors.missing("line_item", given.get("invoice_line_item", ""), f"{param}[invoice_line_item]")
    if ("amount" in given) == ("quantity" in given):
        raise errors.invalid("You must provide exactly one of `amount` or `quantity` for a line.", param)
    share = _share(line, given, param)
    return _of_line(line, share, given.get("quantity"))


def _share(line: Record, given: dict[str, Any], param: str) -> Decimal:
    """How much of the line is credited."""
    name, whole = ("amount", line["amount"]) if "amount" in given else ("quantity", line["quantity"])
    if not 0 < given[name] <= (whole or 0):
        raise errors.invalid(
            f"The {name} to credit must be between 1 and that of the line, {whole}.", f"{param}[{name}]"
        )
    return Decimal(given[name]) / whole


def _of_line(line: Record, share: Decimal, quantity: int | None) -> Record:
    """The same share of the line's amount, discounts and taxes."""
    discounts = [
        part | {"amount": round_half_up(part["amount"] * share)} for part in line["discount_amounts"]
    ]
    taxes = [
        tax
        | {
            "amount": round_half_up(tax["amount"] * share),
            "taxable_amount": round_half_up(tax["taxable_amount"] * share),
        }
        for tax in line["taxes"]
    ]
    return _build(
        round_half_up(line["amount"] * share),
        "invoice_line_item",
        description=line["description"],
        discount_amount=sum(part["amount"] for part in discounts),
        discount_amounts=discounts,
        invoice_line_item=line["id"],
        quantity=quantity,
        taxes=taxes,
    )


def _build(amount: int, kind: str, **fields: Any) -> Record:
    return skeletons.build(
        "credit_note_line_item",
        id=identifiers.new_id("credit_note_line_item"),
        amount=amount,
        type=kind,
        **{"metadata": {}, "taxes": []} | fields,
    )


def tax_of(line: Record, behavior: str) -> int:
    """The tax of a line that is on top of its amount (exclusive) or within it (inclusive)."""
    return sum(tax["amount"] for tax in line["taxes"] if tax["tax_behavior"] == behavior)


def total_of(line: Record) -> int:
    """What a line takes back in all."""
    return int(line["amount"]) - int(line["discount_amount"]) + tax_of(line, "exclusive")
