"""The invoice as its customer sees it: a page with a way to pay, and a PDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.engine import Sandbox
from sandbox.errors import StripeError
from sandbox.pages import card_form, invoice_pdf, layout, money, names, words
from sandbox.pages.markup import Markup, Templates
from sandbox.pages.operations import perform
from sandbox.pages.words import say, translate
from sandbox.routing import Request, Response, page
from sandbox.store import Record

html = Templates("invoices")


def _find(sandbox: Sandbox, request: Request) -> Record | None:
    """The invoice that the token in the path opens."""
    invoice = sandbox.store.records.get(request.ids["invoice"])
    known = invoice is not None and invoice.get("_token") == request.ids["token"]
    return invoice if known else None


def _gone() -> Response:
    return _respond(html("gone"), say("No such invoice"), 404)


def _respond(body: Markup, title: str, status: int = 200) -> Response:
    return layout.document(
        html("frame", notice=layout.notice(), body=body),
        title=layout.title_of_double(title),
        styles=("fields.css", "pages/pages.css", "pages/checkout.css"),
        scripts=("pages/card-page.js",),
        kind="single",
        status=status,
    )


Visit = Callable[[Sandbox, Request, Record], Response]


def invoice_page(method: str) -> Callable[[Visit], Visit]:
    """Register what is done at the address of an invoice, in the language of its customer."""

    def register(visit: Visit) -> Visit:
        @page(method, "/i/{invoice}/{token}")
        def answer(sandbox: Sandbox, request: Request) -> Response:
            invoice = _find(sandbox, request)
            with words.speaking(_locale(sandbox, invoice), request.headers.get("accept-language", "")):
                return visit(sandbox, request, invoice) if invoice else _gone()

        return visit

    return register


def _locale(sandbox: Sandbox, invoice: Record | None) -> str:
    """The customer's preferred language; without one, the browser's."""
    customer = sandbox.store.records.get(invoice["customer"]) if invoice else None
    preferred = (customer or {}).get("preferred_locales")
    return ",".join(preferred) if preferred else "auto"


@invoice_page("GET")
def show(sandbox: Sandbox, request: Request, invoice: Record) -> Response:
    failed = request.form.get("redirect_status") == "failed"
    return _show(sandbox, invoice, _last_error(sandbox, invoice) if failed else "")


def _last_error(sandbox: Sandbox, record: Record) -> str:
    """Why the last attempt to pay came to nothing."""
    intent = sandbox.store.records.get(record["_payment_intent"]) or {}
    return translate((intent.get("last_payment_error") or {}).get("message") or "")


def _show(sandbox: Sandbox, record: Record, problem: str = "") -> Response:
    invoice = perform(sandbox, "GET", f"/v1/invoices/{record['id']}")
    currency = invoice["currency"]
    with sandbox.work() as world:
        account = names.of_account(world)
    body = html(
        "invoice",
        account=account,
        number=invoice["number"] or say("Draft"),
        status=translate(STATUSES[invoice["status"]]),
        amount=money.show(invoice["total"], currency),
        customer=invoice["customer_name"] or invoice["customer_email"] or "",
        date=names.of_day(invoice["effective_at"] or invoice["created"]),
        due=html("due", day=names.of_day(invoice["due_date"])) if invoice["due_date"] else "",
        lines=html.each("line", _lines(sandbox, record)),
        sums=html.each("sum", _sums(invoice)),
        pdf=f"/i/{record['id']}/{record['_token']}/pdf",
        form=_form(sandbox, invoice, problem) if record.get("_payment_intent") else "",
    )
    return _respond(body, say("Invoice {number}", number=invoice["number"] or ""))


def _form(sandbox: Sandbox, invoice: Record, problem: str) -> Markup:
    """A card form, as long as there is something to pay."""
    if invoice["status"] != "open":
        return Markup()
    return html(
        "pay",
        now=sandbox.now,
        problem=html("problem", text=problem) if problem else "",
        card=card_form.fields(),
        chooser=card_form.chooser(),
        amount=money.show(invoice["amount_remaining"], invoice["currency"]),
    )


STATUSES = {
    "draft": "This invoice is a draft.",
    "open": "This invoice is not paid yet.",
    "paid": "This invoice is paid.",
    "void": "This invoice is void: nothing is to be paid.",
    "uncollectible": "This invoice was given up.",
}


def _lines(sandbox: Sandbox, record: Record) -> list[dict[str, str]]:
    """Every line of the invoice, for the page and the PDF."""
    with sandbox.work() as world:
        return [_line(one) for one in world.render(record["_lines"])]


def _line(one: Record) -> dict[str, str]:
    period = one["period"]
    days = f"{names.of_day(period['start'])} – {names.of_day(period['end'])}"
    return {
        "description": one["description"] or "",
        "period": days if period["end"] > period["start"] else names.of_day(period["start"]),
        "quantity": str(one["quantity"] or ""),
        "amount": money.show(one["amount"], one["currency"]),
    }


def _sums(invoice: Record) -> list[dict[str, str]]:
    """What stands below the lines: from the subtotal to what is due."""
    currency = invoice["currency"]
    rows: list[tuple[str, int]] = [("Subtotal", invoice["subtotal"])]
    rows += [("Discount", -discount["amount"]) for discount in invoice["total_discount_amounts"] or ()]
    rows += [("Tax", tax["amount"]) for tax in invoice["total_taxes"] or ()]
    rows.append(("Total", invoice["total"]))
    used = invoice["total"] - invoice["amount_due"]
    if used and invoice["status"] != "draft":
        rows.append(("Applied balance", -used))
    if invoice["amount_paid"]:
        rows.append(("Paid", -invoice["amount_paid"]))
    rows.append(("Amount due", invoice["amount_remaining"]))
    return [{"label": translate(label), "amount": money.show(amount, currency)} for label, amount in rows]


@page("GET", "/i/{invoice}/{token}/pdf")
def show_pdf(sandbox: Sandbox, request: Request) -> Response:
    record = _find(sandbox, request)
    if record is None:
        return _gone()
    invoice = perform(sandbox, "GET", f"/v1/invoices/{record['id']}")
    with sandbox.work() as world:
        account = names.of_account(world)
    body = invoice_pdf.write(invoice, account, _lines(sandbox, record), _sums(invoice))
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'inline; filename="Invoice-{invoice["number"] or "draft"}.pdf"',
        "Cache-Control": "no-store",
    }
    return Response(200, headers, body)


@invoice_page("POST")
def pay(sandbox: Sandbox, request: Request, record: Record) -> Response:
    """Pay with a card; one that wants authentication leads over its page and back here."""
    here = f"{sandbox.base_url}{request.path}"
    try:
        intent = _confirm(sandbox, record, request.form, here)
    except StripeError as error:
        return _show(sandbox, sandbox.store.records[record["id"]], translate(str(error)))
    action: dict[str, Any] = (intent["next_action"] or {}).get("redirect_to_url") or {}
    return layout.redirect(f"{action['url']}&locale={words.spoken()}" if action else here)


def _confirm(sandbox: Sandbox, record: Record, form: dict[str, str], here: str) -> Any:
    method = perform(sandbox, "POST", "/v1/payment_methods", card_form.read(form), publishable=True)
    path = f"/v1/payment_intents/{record['_payment_intent']}/confirm"
    return perform(sandbox, "POST", path, {"payment_method": method["id"], "return_url": here})
