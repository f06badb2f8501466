"""What an invoice comes to: discounts, then taxes, then the customer's balance.

https://docs.stripe.com/invoicing/overview, https://docs.stripe.com/tax/tax-rates
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox import skeletons
from sandbox.objects.invoices.pricing import round_half_up
from sandbox.store import Record
from sandbox.world import World

TAX = "billing_bill_resource_invoicing_taxes_tax"


def compute(world: World, invoice: Record) -> None:
    """Work out everything that follows from the lines, the discounts and the balance."""
    lines: list[Record] = invoice["_lines"]
    _discount(world, invoice, lines)
    for line in lines:
        line["taxes"] = _taxes(world, invoice, line)
    subtotal = sum(line["amount"] for line in lines)
    discounted = sum(_discounted(line) for line in lines)
    exclusive = sum(
        tax["amount"] for line in lines for tax in line["taxes"] if tax["tax_behavior"] == "exclusive"
    )
    inclusive = sum(
        tax["amount"] for line in lines for tax in line["taxes"] if tax["tax_behavior"] == "inclusive"
    )
    total = subtotal - discounted + exclusive
    invoice |= {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - inclusive,
        "total": total,
        "total_excluding_tax": total - exclusive - inclusive,
        "total_discount_amounts": _sum_discounts(lines),
        "total_taxes": sum_taxes(lines),
        "total_pretax_credit_amounts": [],
    }
    apply_balance(invoice)


def apply_balance(invoice: Record) -> None:
    """A credit (negative) is used up to the total, a debt is added to it; a negative total becomes credit."""
    due = invoice["total"] + invoice["starting_balance"]
    invoice["amount_due"] = max(due, 0)
    invoice["amount_remaining"] = max(invoice["amount_due"] - invoice["amount_paid"], 0)


def ending_balance(invoice: Record) -> int:
    """What the customer's balance will be when the invoice is final."""
    return min(invoice["total"] + invoice["starting_balance"], 0)


# -- discounts -----------------------------------------------------------------------------------------------------


def _discount(world: World, invoice: Record, lines: list[Record]) -> None:
    """Each discount takes from what the ones before it have left: a line's own first, then the invoice's."""
    for line in lines:
        line["discount_amounts"] = []
        line["_left"] = line["amount"] if line["discountable"] else 0
        for discount_id in line["discounts"]:
            _take(world, discount_id, [line])
    for discount_id in invoice["discounts"]:
        _take(world, discount_id, [line for line in lines if line["discountable"]])
    for line in lines:
        del line["_left"]


def _take(world: World, discount_id: str, lines: list[Record]) -> None:
    discount = world.peek(discount_id) or {}
    coupon = world.peek(discount["source"]["coupon"]) or {}
    covered = [line for line in lines if _covers(coupon, line) and line["_left"] > 0]
    base = sum(line["_left"] for line in covered)
    if coupon.get("percent_off"):
        wanted = round_half_up(base * Decimal(str(coupon["percent_off"])) / 100)
    else:
        wanted = min(base, _amount_off(coupon, lines))
    for line, share in zip(covered, spread(wanted, [line["_left"] for line in covered]), strict=True):
        line["_left"] -= share
        line["discount_amounts"].append({"amount": share, "discount": discount_id})


def _covers(coupon: Record, line: Record) -> bool:
    products = (coupon.get("applies_to") or {}).get("products")
    pricing = line["pricing"] or {"price_details": {"product": None}}
    return not products or pricing["price_details"]["product"] in products


def _amount_off(coupon: Record, lines: list[Record]) -> int:
    currency = lines[0]["currency"] if lines else coupon.get("currency")
    if currency == coupon.get("currency"):
        return int(coupon.get("amount_off") or 0)
    option = (coupon.get("currency_options") or {}).get(currency)
    return int(option["amount_off"]) if option else 0


def spread(amount: int, weights: list[int]) -> list[int]:
    """Share an amount out by weight, to the cent; the last rounding falls where most is left."""
    total = sum(weights)
    shares, given, seen = [], 0, 0
    for weight in weights:
        seen += weight
        upto = round_half_up(Decimal(amount) * seen / total)
        shares.append(upto - given)
        given = upto
    return shares


def _discounted(line: Record) -> int:
    return sum(part["amount"] for part in line["discount_amounts"])


def _sum_discounts(lines: list[Record]) -> list[Record]:
    sums: dict[str, int] = {}
    for line in lines:
        for part in line["discount_amounts"]:
            sums[part["discount"]] = sums.get(part["discount"], 0) + part["amount"]
    return [{"amount": amount, "discount": discount} for discount, amount in sums.items()]


# -- taxes ---------------------------------------------------------------------------------------------------------


def _taxes(world: World, invoice: Record, line: Record) -> list[Record]:
    """One entry per rate, of what is left after discounts; the line's own rates, else the invoice's."""
    names = line["_tax_rates"] or invoice["_default_tax_rates"]
    rates = [rate for name in names if (rate := world.peek(name))]
    taxable = line["amount"] - _discounted(line)
    within = sum((percent(rate) for rate in rates if rate["inclusive"]), Decimal(0))
    net = Decimal(taxable) / (1 + within / 100)
    return [_tax(invoice, rate, net) for rate in rates]


def percent(rate: Record) -> Decimal:
    return Decimal(str(rate["percentage"]))


def _tax(invoice: Record, rate: Record, net: Decimal) -> Record:
    exempt = invoice["customer_tax_exempt"] in ("exempt", "reverse")
    reason = {"exempt": "customer_exempt", "reverse": "reverse_charge"}.get(invoice["customer_tax_exempt"])
    return skeletons.build(
        TAX,
        amount=0 if exempt else round_half_up(net * percent(rate) / 100),
        tax_behavior="inclusive" if rate["inclusive"] else "exclusive",
        tax_rate_details={"tax_rate": rate["id"]},
        taxability_reason=reason or "not_available",
        taxable_amount=round_half_up(net),
        type="tax_rate_details",
    )


def sum_taxes(lines: list[Record]) -> list[Record]:
    sums: dict[str, dict[str, Any]] = {}
    for line in lines:
        for tax in line["taxes"]:
            rate = tax["tax_rate_details"]["tax_rate"]
            if rate in sums:
                sums[rate]["amount"] += tax["amount"]
                sums[rate]["taxable_amount"] += tax["taxable_amount"]
            else:
                sums[rate] = skeletons.copy(tax)
    return list(sums.values())
