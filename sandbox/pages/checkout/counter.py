"""The routes of the Checkout page: show it, pay, come back from the authentication, type a code, change a quantity."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.engine import Sandbox
from sandbox.errors import StripeError
from sandbox.objects import checkout
from sandbox.pages import names, words
from sandbox.pages.checkout import form, summary, till
from sandbox.pages.checkout.till import Till
from sandbox.pages.layout import redirect
from sandbox.pages.markup import Templates
from sandbox.pages.operations import perform
from sandbox.pages.words import say, translate
from sandbox.routing import Request, Response, page
from sandbox.store import Record

html = Templates("checkout")
Counter = Callable[[Till], Response]


def counter(method: str, below: str = "") -> Callable[[Counter], Counter]:
    """Register a route of the till, at both its addresses."""

    def register(serve: Counter) -> Counter:
        for root, embedded in (("/c/pay", False), ("/embedded/pay", True)):
            page(method, f"{root}/{{session}}{below}")(_answer(serve, embedded))
        return serve

    return register


def _answer(serve: Counter, embedded: bool) -> Callable[[Sandbox, Request], Response]:
    def answer(sandbox: Sandbox, request: Request) -> Response:
        found = till.find(sandbox, request, embedded=embedded)
        if found is None:
            with words.speaking("auto", request.headers.get("accept-language", "")):
                return till.document(html("gone"), say("No such session"), embedded=embedded, status=404)
        with words.speaking(found.session["locale"], request.headers.get("accept-language", "")):
            return serve(found) if found.session["status"] == "open" else leave(found)

    return answer


def leave(one: Till) -> Response:
    """The session is over: the buyer goes back to the application, or is told what became of it."""
    session = one.session
    if session["status"] == "expired":
        return one.respond(html("expired"), say("Expired"))
    stays = session.get("redirect_on_completion") == "never"
    target = "" if stays else checkout.return_address(session)
    if one.embedded or not target:
        return one.respond(html("completed", url=target), say("Done"))
    return redirect(target)


def display(one: Till, typed: Mapping[str, str], status: int = 200) -> Response:
    with one.sandbox.work() as world:
        body = html("page", summary=summary.show(world, one), form=form.show(world, one, typed))
        title = names.of_account(world)
    return one.respond(body, title, status)


@counter("GET")
def show(one: Till) -> Response:
    return display(one, {})


@counter("POST")
def pay(one: Till) -> Response:
    typed = one.request.form
    try:
        given = form.read_method(one.session, typed)
        if isinstance(given, dict):
            given = perform(one.sandbox, "POST", "/v1/payment_methods", given, publishable=True)["id"]
        intent = _complete(one, typed, given)
    except StripeError as error:
        one.problem = translate(str(error))
        return display(one, typed)
    return _go_on(one, intent, typed)


def _complete(one: Till, typed: Mapping[str, str], method: str | None) -> Record | None:
    """Try to complete the session. The intent that it was tried with."""
    buyer = form.read_buyer(typed)
    buyer.payment_method = method
    buyer.return_url = one.sandbox.base_url + one.path("/back")
    with one.sandbox.store.lock:
        one.sandbox.run_due()
        with one.sandbox.work() as world:
            session = world.get("checkout.session", one.session_id)
            checkout.complete(world, session, buyer)
            intent = checkout.find_intent(world, session)
            return world.render(intent) if intent else None


def _go_on(one: Till, intent: Record | None, typed: Mapping[str, str]) -> Response:
    """To the application, to the authentication, or back to the form with what went wrong."""
    if one.session["status"] != "open" or intent is None:
        return leave(one)
    action = (intent["next_action"] or {}).get("redirect_to_url")
    if intent["status"] == "requires_action" and action:
        return redirect(f"{action['url']}&locale={words.spoken()}")
    error = intent.get("last_payment_error") or intent.get("last_setup_error") or {}
    one.problem = translate(error.get("message") or "Your payment was not completed. Please try again.")
    return display(one, typed)


@counter("GET", "/back")
def come_back(one: Till) -> Response:
    """From the authentication, which the session did not survive as complete: say why."""
    with one.sandbox.work() as world:
        intent = checkout.find_intent(world, world.get("checkout.session", one.session_id))
        shown = world.render(intent) if intent else None
    return _go_on(one, shown, {})


def _change(one: Till, change: Callable[[Record], None]) -> Response:
    try:
        change(one.session)
    except StripeError as error:
        one.problem = translate(str(error))
        return display(one, {})
    return redirect(one.path())


@counter("POST", "/promotion")
def enter_code(one: Till) -> Response:
    """Apply the code that was typed, or remove the one that counts."""
    code = one.request.form.get("code", "").strip()

    def change(_: Record) -> None:
        with one.sandbox.work() as world:
            session = world.get("checkout.session", one.session_id)
            if code:
                checkout.apply_promotion_code(world, session, code)
            else:
                checkout.remove_promotion_code(world, session)

    return _change(one, change)


@counter("POST", "/quantity")
def change_quantity(one: Till) -> Response:
    typed = one.request.form

    def change(_: Record) -> None:
        with one.sandbox.work() as world:
            session = world.get("checkout.session", one.session_id)
            checkout.change_quantity(world, session, typed.get("item", ""), typed.whole("quantity", 0))

    return _change(one, change)
