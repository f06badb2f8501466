"""Driving Stripe.js on the shop's page: mount an Element, type a card, begin a call, wait for what it comes to."""

from __future__ import annotations

from typing import Any

from sandbox.testing import Stage

FRAME = "iframe[title='Secure payment input frame']"
DIALOG = "iframe[title='Secure 3-D Secure frame']"
DEFERRED = {"mode": "subscription", "amount": 2000, "currency": "usd"}


def mount(
    page: Any, options: dict[str, Any], kind: str = "payment", element: dict[str, Any] | None = None
) -> None:
    """Mount an Element, and note its events on the page."""
    page.evaluate(
        """([options, kind, given]) => {
            window.elements ??= stripe.elements(options);
            const element = elements.create(kind, given ?? {});
            window.element = element;
            window.changes = [];
            element.on("change", (event) => window.changes.push(event));
            return new Promise((resolve) => {
                element.on("ready", resolve);
                element.on("loaderror", (event) => { window.loadError = event.error; resolve(); });
                element.mount(kind === "address" ? "#address" : "#payment");
            });
        }""",
        [options, kind, element],
    )


def type_card(
    page: Any, number: str = "4242424242424242", expiry: str = "12 / 34", cvc: str = "123", frame: str = FRAME
) -> None:
    inside = page.frame_locator(frame)
    inside.locator("[name=number]").fill(number)
    inside.locator("[name=expiry]").fill(expiry)
    inside.locator("[name=cvc]").fill(cvc)
    inside.locator("[name=postalCode]").fill("94103")


def intent(stage: Stage, **params: Any) -> Any:
    """A payment intent for a customer, as an application would make it."""
    customer = stage.customer()["id"]
    return stage.client.v1.payment_intents.create(
        {"amount": 2000, "currency": "usd", "customer": customer, **params}  # type: ignore[typeddict-item]
    )


def begin(page: Any, call: str) -> None:
    """Begin a call of Stripe.js; what it comes to lands in `window.result`."""
    page.evaluate(
        """(call) => {
            document.body.dataset.done = "";
            const [name, ...rest] = JSON.parse(call);
            const given = rest.map((one) => (one?.elements ? {...one, elements} : one));
            stripe[name](...given).then((result) => {
                window.result = result;
                document.body.dataset.done = "yes";
            });
        }""",
        call,
    )


def confirm(
    page: Any, call: str = '["confirmPayment", {"elements": true, "redirect": "if_required"}]'
) -> None:
    begin(page, call)


def result(page: Any) -> Any:
    page.locator("body[data-done=yes]").wait_for()
    return page.evaluate("window.result")
