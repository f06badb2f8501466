/* Payment and setup intents as Stripe.js handles them: collect a payment method, confirm, authenticate, return. */

const KINDS = {
  pi: { path: "/v1/payment_intents", field: "payment_intent", name: "paymentIntent", lastError: "last_payment_error" },
  seti: { path: "/v1/setup_intents", field: "setup_intent", name: "setupIntent", lastError: "last_setup_error" },
};

class Intents {
  constructor(controller, locale) {
    this._controller = controller;
    this._locale = locale;
  }

  _read(clientSecret, wanted) {
    const match = /^((pi|seti)_\w+?)_secret_\w+$/.exec(clientSecret ?? "");
    if (!match || (wanted && match[2] !== wanted)) {
      throw new IntegrationError(
        `Invalid client secret: it should be of the form ${wanted ?? "pi"}_..._secret_.... You specified: ${clientSecret}.`
      );
    }
    return { ...KINDS[match[2]], id: match[1], clientSecret };
  }

  async retrieve(clientSecret, wanted) {
    const intent = this._read(clientSecret, wanted);
    const answer = await this._controller().ask("request", {
      method: "GET", path: `${intent.path}/${intent.id}`, params: { client_secret: clientSecret },
    });
    return answer.error ? { error: answer.error } : { [intent.name]: answer };
  }

  /* Confirm, and go through the authentication that it asks for. */
  async confirm(clientSecret, wanted, params, handleActions = true) {
    const intent = this._read(clientSecret, wanted);
    const answer = await this._controller().ask("request", {
      method: "POST",
      path: `${intent.path}/${intent.id}/confirm`,
      params: { ...params, client_secret: clientSecret, use_stripe_sdk: "true" },
    });
    if (answer.error) return { error: answer.error };
    return handleActions ? this.act(intent, answer) : { [intent.name]: answer };
  }

  async act(intent, object) {
    if (object.status !== "requires_action") return { [intent.name]: object };
    const action = object.next_action;
    if (action.type === "redirect_to_url") {
      window.location.assign(action.redirect_to_url.url);
      return new Promise(() => {});
    }
    if (action.type !== "use_stripe_sdk") return { [intent.name]: object };
    await authenticate(intent.clientSecret, this._locale);
    const after = await this.retrieve(intent.clientSecret);
    const problem = after[intent.name]?.status === "requires_payment_method" && after[intent.name][intent.lastError];
    return problem ? { error: { ...problem, [intent.field]: after[intent.name] } } : after;
  }

  async handleNextAction(clientSecret, wanted) {
    const intent = this._read(clientSecret, wanted);
    const found = await this.retrieve(clientSecret, wanted);
    if (found.error) return found;
    if (found[intent.name].status === "requires_action") return this.act(intent, found[intent.name]);
    return {
      error: {
        type: "invalid_request_error",
        code: `${intent.field}_unexpected_state`,
        message: `handleNextAction: The ${intent.name} supplied is not in the requires_action state.`,
      },
    };
  }

  /* Where a confirmed intent goes: back to the caller, or to the return URL with what Stripe adds to it. */
  finish(result, clientSecret, returnUrl, redirect) {
    if (result.error || redirect === "if_required") return result;
    const intent = this._read(clientSecret);
    const url = new URL(returnUrl);
    url.searchParams.set(intent.field, intent.id);
    url.searchParams.set(`${intent.field}_client_secret`, clientSecret);
    const status = result[intent.name].status;
    url.searchParams.set("redirect_status", status === "processing" ? "pending" : "succeeded");
    window.location.assign(url);
    return new Promise(() => {});
  }
}
