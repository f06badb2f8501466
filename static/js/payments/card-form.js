// <turnpike-card-form>: Stripe's Payment Element with a button that buys. Card numbers stay in Stripe's frame.
//
//   <turnpike-card-form
//     stripe-js="https://js.stripe.com/dahlia/stripe.js" publishable-key="pk_..." locale="en"
//     mode="subscription" amount="2000" currency="usd"      what is paid today; mode="payment" for what is paid once,
//                                                           "setup", without an amount, for a card to be stored
//     endpoint="/api/stripe/create-subscription/" body='{"plan": "premium", "interval": "month"}' csrf-token="..."
//     sync="/api/stripe/sync-subscription/"                 optional: asked once the bank has answered, yes or no
//     return-url="https://..."                              where a bank that takes the window away sends it back
//     saved-card="pm_..."                                   pay with this one; the fields are hidden
//     version="..."                                         optional: of what is bought, as it is shown; sent as If-Match
//     label="Pay $20.00" label-busy="Paying ..."
//     text-unavailable="..." text-failed="..."              all else that customers read is Stripe's or the server's
//   ></turnpike-card-form>
//
// The endpoint takes `body` with `payment_method_id` added and answers `{client_secret}`, perhaps with a `return_url` that
// comes before the attribute, or `{"error": {"message": ...}}`; sync takes `{}`. Events, all bubbling: `ready`; `paying`,
// which can be cancelled as long as the page lacks something; `paid` (detail: the endpoint's answer); `declined` (detail:
// {message, code}), after which another card may be tried; `unavailable`. The attribute `state` tells where it stands:
// loading, ready, busy, unavailable. `amount` and `currency` may change while it stands on the page.

const LOAD_SECONDS = 20;
const SETTLED = ["succeeded", "processing", "requires_capture"];
let loading;

/** Stripe.js from `url`, once for all forms of a page. A failure is not remembered. */
export function loadStripe(url) {
  loading ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: url, async: true });
    const give = setTimeout(() => script.onerror(), LOAD_SECONDS * 1000);
    script.onload = () => { clearTimeout(give); resolve(window.Stripe); };
    script.onerror = () => { clearTimeout(give); loading = undefined; script.remove(); reject(new Error("Stripe.js")); };
    document.head.append(script);
  });
  return loading;
}

/** Something that the customer can do something about, in a sentence of Stripe's or of the server's. */
class Refusal extends Error {
  constructor({ message, code = "", decline_code: decline = "" }) {
    super(message);
    this.code = decline || code;
  }
}

export class CardForm extends HTMLElement {
  static observedAttributes = ["label", "saved-card", "amount", "currency"];

  connectedCallback() {
    if (!this.button) this.build();
    if (!this.stripe) this.load();
  }

  disconnectedCallback() {
    this.element?.destroy();
    this.stripe = this.element = this.elements = null;
  }

  attributeChangedCallback(name) {
    if (this.button) this.show();
    if (["amount", "currency"].includes(name)) this.elements?.update(this.price);
  }

  // --- What is seen -------------------------------------------------------------------------------------------------

  build() {
    this.fields = make("div", { className: "card-form-fields" });
    this.alert = make("div", { className: "notice notice-error", role: "alert", hidden: true });
    this.button = make("button", { className: "button button-l button-block", type: "button" });
    this.button.addEventListener("click", () => this.pay());
    this.replaceChildren(this.fields, this.alert, this.button);
  }

  /** loading, ready, busy, or unavailable. */
  get state() { return this.getAttribute("state"); }

  set state(state) {
    this.setAttribute("state", state);
    this.show();
  }

  show() {
    const busy = this.state === "busy";
    this.fields.hidden = Boolean(this.savedCard);
    this.button.disabled = this.state !== "ready";
    this.button.hidden = this.state === "unavailable";
    this.button.setAttribute("aria-busy", String(busy || this.state === "loading"));
    this.button.textContent = (busy && this.getAttribute("label-busy")) || this.getAttribute("label");
  }

  say(sentence) {
    this.alert.textContent = sentence;
    this.alert.hidden = !sentence;
  }

  tell(type, detail) {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, cancelable: type === "paying" }));
  }

  get savedCard() { return this.getAttribute("saved-card"); }

  get mode() { return this.getAttribute("mode") || "subscription"; }

  /** What Stripe's fields know of the price: Stripe offers ways to pay by it. */
  get price() {
    const amount = this.mode === "setup" ? {} : { amount: Number(this.getAttribute("amount")) };
    return { ...amount, currency: this.getAttribute("currency") };
  }

  // --- Loading ------------------------------------------------------------------------------------------------------

  async load() {
    this.state = "loading";
    try {
      const Stripe = await loadStripe(this.getAttribute("stripe-js"));
      if (!this.isConnected || this.stripe) return;
      this.stripe = Stripe(this.getAttribute("publishable-key"), { locale: this.getAttribute("locale") || "auto" });
      await this.mount();
      this.state = "ready";
      this.tell("ready");
    } catch (problem) {
      this.giveUp(problem);
    }
  }

  mount() {
    this.elements = this.stripe.elements({
      mode: this.mode, ...this.price, paymentMethodCreation: "manual", appearance: this.appearance(),
    });
    this.element = this.elements.create("payment");
    return new Promise((resolve, reject) => {
      this.element.on("ready", resolve);
      this.element.on("loaderror", ({ error }) => reject(new Error(error.message)));
      this.element.mount(this.fields);
    });
  }

  giveUp(problem) {
    console.error("The card form could not be loaded.", problem);
    this.state = "unavailable";
    this.say(this.getAttribute("text-unavailable"));
    this.tell("unavailable");
  }

  /** The page's own colours and letters, so that Stripe's fields look like its own. */
  appearance() {
    const fields = getComputedStyle(this.fields);
    return {
      theme: matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe",
      variables: {
        colorPrimary: getComputedStyle(this.button).backgroundColor,
        colorBackground: fields.backgroundColor,
        colorText: fields.color,
        fontFamily: fields.fontFamily,
        borderRadius: fields.borderRadius,
      },
    };
  }

  // --- Paying -------------------------------------------------------------------------------------------------------

  /** The card to Stripe, the order to the server, the authentication if the bank asks for one. */
  async pay() {
    if (this.state !== "ready" || !this.tell("paying")) return;
    this.state = "busy";
    this.say("");
    try {
      const method = this.savedCard || (await this.createPaymentMethod());
      const answer = await this.post("endpoint", { ...JSON.parse(this.getAttribute("body") || "{}"), payment_method_id: method });
      if (answer.client_secret) await this.finish(answer, method);
      this.tell("paid", answer);
    } catch (problem) {
      this.refuse(problem);
    }
  }

  refuse(problem) {
    const known = problem instanceof Refusal;
    if (!known) console.error("The payment could not be made.", problem);
    this.say(known ? problem.message : this.getAttribute("text-failed"));
    this.state = "ready";
    this.tell("declined", { message: this.alert.textContent, code: problem.code ?? "" });
  }

  async createPaymentMethod() {
    refuseOn(await this.elements.submit());
    const made = refuseOn(await this.stripe.createPaymentMethod({ elements: this.elements }));
    return made.paymentMethod.id;
  }

  async post(name, body) {
    const response = await fetch(this.getAttribute(name), {
      method: "POST",
      headers: this.headers(),
      body: JSON.stringify(body),
    });
    return refuseOn(await response.json());
  }

  headers() {
    const version = this.getAttribute("version");
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.getAttribute("csrf-token") };
    return version ? { ...headers, "If-Match": `"${version}"` } : headers;
  }

  async finish(answer, method) {
    try {
      await this.confirm(answer, method);
    } finally {
      // What the server makes of it is seen on the next page; here the bank's word counts.
      if (this.hasAttribute("sync")) await this.post("sync", {}).catch(() => {});
    }
  }

  /** What is left to do for a payment that was begun: nothing, its confirmation, or the bank's question. */
  async confirm({ client_secret: clientSecret, return_url: returnUrl }, method) {
    const setup = clientSecret.startsWith("seti_");
    const read = setup ? this.stripe.retrieveSetupIntent(clientSecret) : this.stripe.retrievePaymentIntent(clientSecret);
    const { status } = intentOf(refuseOn(await read));
    if (SETTLED.includes(status)) return;
    // The server gave a subscription's invoice this very card; what asks in a payment may be a card of an earlier try.
    if (status === "requires_action" && this.mode === "subscription") {
      return void refuseOn(await this.stripe.handleNextAction({ clientSecret }));
    }
    const confirmParams = { payment_method: method, return_url: returnUrl ?? this.getAttribute("return-url") };
    const options = { clientSecret, confirmParams, redirect: "if_required" };
    refuseOn(await (setup ? this.stripe.confirmSetup(options) : this.stripe.confirmPayment(options)));
  }
}

function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

function intentOf({ paymentIntent, setupIntent }) {
  return paymentIntent ?? setupIntent;
}

function refuseOn(result) {
  if (result.error) throw new Refusal(result.error);
  return result;
}

customElements.define("turnpike-card-form", CardForm);
