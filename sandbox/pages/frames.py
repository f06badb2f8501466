"""What Stripe.js puts into frames: the Elements and the controller. Card numbers are typed here, on the sandbox's own origin."""

from __future__ import annotations

from sandbox.engine import Sandbox
from sandbox.pages import card_form, layout
from sandbox.pages.markup import Markup, fill
from sandbox.routing import Request, Response, page

_PAYMENT = """<form novalidate data-now="{now}">
<fieldset class="choices" data-choices hidden>
<label><input type="radio" name="method" value="card" checked> Card</label>
<label hidden><input type="radio" name="method" value="us_bank_account"> US bank account</label>
<label hidden><input type="radio" name="method" value="sepa_debit"> SEPA debit</label>
</fieldset>
<div class="panel" data-panel="card">{card}</div>
<div class="panel" data-panel="us_bank_account sepa_debit" hidden>
<div data-field><label for="account_holder">Name on the account</label><input id="account_holder" name="account_holder"></div>
<div data-field><label for="email">Email</label><input id="email" name="email" type="email"></div>
</div>
<div class="panel" data-panel="us_bank_account" hidden>
<div class="pair">
<div data-field><label for="routing_number">Routing number</label><input id="routing_number" name="routing_number" value="110000000"></div>
<div data-field><label for="account_number">Account number</label><input id="account_number" name="account_number" value="000123456789"></div>
</div>
</div>
<div class="panel" data-panel="sepa_debit" hidden>
<div data-field><label for="iban">IBAN</label><input id="iban" name="iban" value="AT611904300234573201"></div>
</div>
<p class="terms" data-terms hidden>By providing your payment details, you allow <span data-business>this business</span> to
charge you for future payments in accordance with their terms.</p>
{chooser}
</form>"""

_CARD = """<form class="line" novalidate data-now="{now}">
<div class="number" data-field><span class="brand" data-brand></span><label for="number">Card number</label>
<input id="number" name="number" inputmode="numeric" autocomplete="cc-number" placeholder="Card number (test double)"></div>
<div data-field><label for="expiry">Expiration date</label>
<input id="expiry" name="expiry" inputmode="numeric" autocomplete="cc-exp" placeholder="MM / YY"></div>
<div data-field><label for="cvc">Security code</label>
<input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" placeholder="CVC"></div>
<div data-field><label for="postalCode">ZIP code</label>
<input id="postalCode" name="postalCode" autocomplete="billing postal-code" placeholder="ZIP"></div>
</form>"""

_ADDRESS = """<form novalidate data-element="address">
<div data-field><label for="name">Full name</label><input id="name" name="name" autocomplete="name" required></div>
<div data-field><label for="country">Country</label><select id="country" name="country" autocomplete="country" data-countries></select></div>
<div data-field><label for="line1">Address</label><input id="line1" name="line1" autocomplete="address-line1" required></div>
<div data-field><label for="line2">Address, second line</label><input id="line2" name="line2" autocomplete="address-line2"></div>
<div class="pair">
<div data-field><label for="city">City</label><input id="city" name="city" autocomplete="address-level2" required></div>
<div data-field><label for="state">State or region</label><input id="state" name="state" autocomplete="address-level1"></div>
</div>
<div data-field><label for="postal_code">Postal code</label><input id="postal_code" name="postal_code" autocomplete="postal-code" required></div>
<div data-field="phone" hidden><label for="phone">Phone number</label><input id="phone" name="phone" autocomplete="tel" required></div>
<p class="note">Test double: this is not Stripe.</p>
</form>"""

_EMAIL = """<form novalidate data-element="linkAuthentication">
<div data-field><label for="email">Email</label><input id="email" name="email" type="email" autocomplete="email" required></div>
</form>"""

SCRIPTS = {
    "payment": "payment-element",
    "card": "card-element",
    "address": "address-element",
    "linkAuthentication": "address-element",
}


def frame(body: Markup, title: str, script: str, kind: str = "") -> Response:
    return layout.document(
        body,
        title=title,
        styles=("frames/frames.css",),
        scripts=(f"frames/{script}.js",),
        kind=kind,
        framed=True,
    )


@page("GET", "/js/elements/{type}")
def show_element(sandbox: Sandbox, request: Request) -> Response:
    type = request.ids["type"]
    bodies = {
        "payment": fill(_PAYMENT, now=sandbox.now, card=card_form.fields(), chooser=card_form.chooser()),
        "card": fill(_CARD, now=sandbox.now),
        "address": Markup(_ADDRESS),
        "linkAuthentication": Markup(_EMAIL),
    }
    if type not in bodies:
        return frame(Markup("<p>No such Element.</p>"), "No such Element", "controller")
    return frame(bodies[type], f"{type} (test double)", SCRIPTS[type])


@page("GET", "/js/controller")
def show_controller(sandbox: Sandbox, request: Request) -> Response:
    return frame(Markup(""), "Controller (test double)", "controller")
