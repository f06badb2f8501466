"""A paper in words, in the active language: what is printed, in the order of printing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing import money
from portal.models import Receipt

Kind = Receipt.Kind


@dataclass(frozen=True, slots=True)
class Words:
    """`heads`, `lines` and `sums` are pairs of a name and a value; `seller` and `buyer` lines of an address."""

    title: str
    heads: list[tuple[str, str]]
    seller: list[str]
    buyer: list[str]
    lines: list[tuple[str, str]]
    sums: list[tuple[str, str]]
    total: tuple[str, str]
    notes: list[str]
    agreement: list[str]


def of(receipt: Receipt) -> Words:
    """All that is printed of a paper. No query."""
    facts = receipt.facts
    return Words(
        title=str(receipt.get_kind_display()),
        heads=_heads(receipt),
        seller=_seller(facts["seller"]),
        buyer=_buyer(facts["buyer"]),
        lines=_lines(receipt),
        sums=[(_("Subtotal"), _amount(facts, facts["subtotal"])), (_tax_name(facts), _tax(facts))],
        total=_total(receipt),
        notes=_notes(receipt),
        agreement=list(facts.get("agreement", [])),
    )


def _heads(receipt: Receipt) -> list[tuple[str, str]]:
    facts = receipt.facts
    heads = [
        (_("Number"), receipt.number),
        (_("Date"), date_format(receipt.issued, "DATE_FORMAT")),
        (_("For receipt"), facts.get("credits", "")),
        (_("Paid on"), _date(facts.get("paid_at"))),
        (_("Period"), _period(*facts["period"]) if facts["period"] else ""),
        (_("Invoice at Stripe"), facts.get("invoice", "")),
    ]
    return [(name, value) for name, value in heads if value]


def _seller(seller: dict[str, Any]) -> list[str]:
    tax_id = _("Tax number: %(number)s") % {"number": seller["tax_id"]} if seller["tax_id"] else ""
    return [line for line in [seller["name"], *seller["address"], seller["email"], tax_id] if line]


def _buyer(buyer: dict[str, Any]) -> list[str]:
    attention = _("Attn: %(name)s") % {"name": buyer["contact"]}
    return [buyer["company"], attention, *buyer["address"], buyer["email"]]


def _lines(receipt: Receipt) -> list[tuple[str, str]]:
    facts = receipt.facts
    if receipt.kind == Kind.CREDIT_NOTE:
        text = _("%(plan)s: refund of receipt %(number)s") % {
            "plan": facts["plan"],
            "number": facts["credits"],
        }
        return [(text, _amount(facts, facts["subtotal"]))]
    return [(_line(facts["plan"], line), _amount(facts, line["amount"])) for line in facts["lines"]]


def _line(plan: str, line: dict[str, Any]) -> str:
    if not line["start"]:
        return _("%(plan)s, one year, renews automatically") % {"plan": plan}
    ware = line.get("name") or plan
    return _("%(plan)s, %(period)s") % {"plan": ware, "period": _period(line["start"], line["end"])}


def _tax_name(facts: dict[str, Any]) -> str:
    if facts["exemption"]:
        return _("Sales tax (exempt, certificate %(number)s)") % {"number": facts["exemption"]}
    if facts["tax_percentage"] is None:
        return _("Sales tax")
    return _("Sales tax (%(percentage)s%%)") % {"percentage": facts["tax_percentage"]}


def _tax(facts: dict[str, Any]) -> str:
    return _("worked out at payment") if facts["tax"] is None else _amount(facts, facts["tax"])


def _total(receipt: Receipt) -> tuple[str, str]:
    facts = receipt.facts
    names = {Kind.ORDER_FORM: _("Total per year"), Kind.CREDIT_NOTE: _("Credited")}
    name = names.get(Kind(receipt.kind), _("Total"))
    if facts["total"] is None:
        return name, _("%(amount)s plus tax") % {"amount": _amount(facts, facts["subtotal"])}
    return name, _amount(facts, facts["total"])


def _notes(receipt: Receipt) -> list[str]:
    facts = receipt.facts
    notes = []
    if receipt.kind == Kind.ORDER_FORM:
        notes.append(_("This is not a receipt. The numbered receipt follows with each payment."))
    if receipt.kind == Kind.RECEIPT:
        paid = _amount(facts, facts["paid"])
        notes.append(_("%(amount)s was paid. Thank you.") % {"amount": paid})
    if facts.get("code"):
        notes.append(
            _("Activation code: %(code)s. The whole code is in the mail to the contact.")
            % {"code": facts["code"]}
        )
    return notes


def _amount(facts: dict[str, Any], amount: int) -> str:
    return money.display(amount, facts["currency"])


def _period(start: str, end: str) -> str:
    return _("%(start)s to %(end)s") % {"start": _date(start), "end": _date(end)}


def _date(moment: str | None) -> str:
    return date_format(datetime.fromisoformat(moment), "DATE_FORMAT") if moment else ""
