"""What Stripe.js puts into frames: the Elements, the controller, and the authentication that a card asks for.

Card numbers are typed here, on the sandbox's own origin, and never reach the application's page.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit, urlunsplit

from sandbox.engine import Sandbox
from sandbox.errors import StripeError
from sandbox.objects import authentication
from sandbox.pages import card_form, layout, money, names, words
from sandbox.pages.markup import Markup, Templates
from sandbox.pages.words import say, translate
from sandbox.routing import Request, Response, page
from sandbox.store import Record
from sandbox.world import World

html = Templates("frames")
SCRIPTS = {
    "payment": "payment-element",
    "card": "card-element",
    "address": "address-element",
    "linkAuthentication": "address-element",
}


def frame(body: Markup, title: str, script: str, kind: str = "", status: int = 200) -> Response:
    return layout.document(
        body,
        title=layout.title_of_double(title),
        styles=("fields.css", "frames/frames.css"),
        scripts=(f"frames/{script}.js",),
        kind=kind,
        status=status,
        framed=True,
    )


Frame = Callable[[Sandbox, Request], Response]


def framed(method: str, path: str) -> Callable[[Frame], Frame]:
    """Register a frame, in the language that Stripe.js asks for by `locale`; without one, the browser's."""

    def register(serve: Frame) -> Frame:
        @page(method, path)
        def answer(sandbox: Sandbox, request: Request) -> Response:
            locale = request.form.get("locale") or "auto"
            with words.speaking(locale, request.headers.get("accept-language", "")):
                return serve(sandbox, request)

        return serve

    return register


@framed("GET", "/js/elements/{name}")
def show_element(sandbox: Sandbox, request: Request) -> Response:
    name = request.ids["name"]
    if name not in SCRIPTS:
        return frame(Markup("<p>No such Element.</p>"), "No such Element", "controller", status=404)
    filled = {"payment": {"card": card_form.fields(), "chooser": card_form.chooser(), "now": sandbox.now}}
    return frame(html(name, **filled.get(name, {"now": sandbox.now})), name, SCRIPTS[name])


@framed("GET", "/js/controller")
def show_controller(sandbox: Sandbox, request: Request) -> Response:
    return frame(Markup(), "Controller", "controller")


# -- 3-D Secure ----------------------------------------------------------------------------------------------------


def _find(world: World, request: Request) -> Record | None:
    """The intent that the client secret in the form opens."""
    intent = world.find(request.ids["intent"])
    secret = request.form.get("client_secret")
    return intent if intent and secret and intent.get("client_secret") == secret else None


@framed("GET", "/3d_secure/{intent}")
def show_authentication(sandbox: Sandbox, request: Request) -> Response:
    """The card holder's bank asks: in Stripe.js's dialog, or as a page of its own that leads back."""
    with sandbox.work() as world:
        intent = _find(world, request)
        if intent is None or intent["status"] != "requires_action":
            body = html("nothing_to_authenticate")
        else:
            amount = intent.get("amount")
            body = html(
                "authenticate",
                intent=intent["id"],
                client_secret=intent["client_secret"],
                amount=money.show(amount, intent["currency"]) if amount else say("Save this card"),
                account=names.of_account(world),
                locale=words.spoken(),
            )
    return frame(body, "3-D Secure", "authenticate", kind="dialog")


@framed("POST", "/3d_secure/{intent}")
def answer_authentication(sandbox: Sandbox, request: Request) -> Response:
    """What the card holder did; then back to where the application wants him, if it was a page of its own."""
    with sandbox.work() as world:
        intent = _find(world, request)
        if intent is None:
            return frame(html("nothing_to_authenticate"), "3-D Secure", "authenticate", "dialog", 404)
        action = (intent.get("next_action") or {}).get("redirect_to_url") or {}
        try:
            authentication.authenticate(world, intent, request.form.get("outcome") == "complete")
        except StripeError as error:
            return frame(
                html("refused", message=translate(str(error))),
                "3-D Secure",
                "authenticate",
                "dialog",
                error.status,
            )
        target = return_address(intent, action.get("return_url"))
    return layout.redirect(target) if target else Response(204, {}, b"")


def return_address(intent: Record, return_url: str | None) -> str | None:
    """The return URL with what Stripe adds to it."""
    if not return_url:
        return None
    name = intent["object"]
    failed = intent["status"] == "requires_payment_method"
    added = urlencode(
        {
            name: intent["id"],
            f"{name}_client_secret": intent["client_secret"],
            "redirect_status": "failed" if failed else "succeeded",
        }
    )
    parts = urlsplit(return_url)
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
