/* Stripe(key): what an application's page sees. */

const NOT_PLAYED = [
  "collectBankAccountForPayment", "collectBankAccountForSetup", "collectBankAccountToken", "collectFinancialConnectionsAccounts",
  "confirmAcssDebitPayment", "confirmAlipayPayment", "confirmBancontactPayment", "confirmIdealPayment", "confirmSepaDebitPayment",
  "confirmSepaDebitSetup", "confirmUsBankAccountPayment", "confirmUsBankAccountSetup", "createConfirmationToken", "createSource",
  "createToken", "initCheckout", "initCheckoutElementsSdk", "initCustomCheckout", "paymentRequest", "retrieveSource", "verifyIdentity",
];

class StripeInstance {
  constructor(key, options = {}) {
    checkKey(key);
    this._key = key;
    this._options = options;
    this._controllerFrame = null;
    this._intents = new Intents(() => this._controller(), options.locale);
  }

  /* A hidden frame that talks to the API for the page. */
  _controller() {
    if (!this._controllerFrame) {
      this._controllerFrame = new Frame(inLocale("/js/controller", this._options.locale), "Secure controller frame");
      Object.assign(this._controllerFrame.node.style, { display: "none" });
      this._controllerFrame.node.setAttribute("aria-hidden", "true");
      document.body.append(this._controllerFrame.node);
      this._controllerFrame.ask("configure", { key: this._key });
    }
    return this._controllerFrame;
  }

  elements(options = {}) {
    return new Elements(this._key, () => this._controller(), { locale: this._options.locale, ...options });
  }

  registerAppInfo() {}

  redirectToCheckout() {
    throw new IntegrationError(
      "stripe.redirectToCheckout was removed from Stripe.js. Create a Checkout Session on your server and redirect to its `url`."
    );
  }

  initEmbeddedCheckout(options) { return createEmbeddedCheckout(options); }
  createEmbeddedCheckoutPage(options) { return createEmbeddedCheckout(options); }

  // -- intents ------------------------------------------------------------------------------------------------------

  confirmPayment(options) { return this._confirmElements("pi", options, "confirmPayment"); }
  confirmSetup(options) { return this._confirmElements("seti", options, "confirmSetup"); }

  async _confirmElements(wanted, { elements, clientSecret, confirmParams = {}, redirect = "always" }, name) {
    const secret = clientSecret ?? elements?._options.clientSecret;
    if (!secret) throw new IntegrationError(`${name}(): pass elements made with a clientSecret, or a clientSecret.`);
    if (elements?._options.mode && !elements._submitted) {
      throw new IntegrationError(`elements.submit() must be called before stripe.${name}().`);
    }
    if (redirect === "always" && !confirmParams.return_url) {
      throw new IntegrationError(`${name}(): confirmParams.return_url is required unless redirect is 'if_required'.`);
    }
    const { payment_method_data: data = {}, ...params } = confirmParams;
    if (elements && !params.payment_method) {
      const made = await this._collect(elements, data);
      if (made.error) return made;
      params.payment_method = made.paymentMethod.id;
    }
    if (wanted === "pi" && elements?._shipping() && !params.shipping) params.shipping = elements._shipping();
    const result = await this._intents.confirm(secret, wanted, params);
    return this._intents.finish(result, secret, confirmParams.return_url, redirect);
  }

  /* Validate the Elements and make a payment method of them. */
  async _collect(elements, data) {
    const checked = await elements.submit();
    if (checked.error) return checked;
    const element = elements.getElement("payment") ?? elements.getElement("card");
    return element ? this._make(element, data, elements._billingDetails()) : missing("payment");
  }

  async _make(element, data, billingDetails = {}) {
    if (!element._frame) return missing(element._elementType);
    const billing = { ...billingDetails, ...data.billing_details };
    const answer = await element._frame.ask("collect", { params: { ...data, billing_details: billing } });
    return answer.error ? { error: answer.error } : { paymentMethod: answer };
  }

  confirmCardPayment(clientSecret, data, options) { return this._confirmCard("pi", clientSecret, data, options); }
  confirmCardSetup(clientSecret, data, options) { return this._confirmCard("seti", clientSecret, data, options); }

  async _confirmCard(wanted, clientSecret, data = {}, { handleActions = true } = {}) {
    const params = { ...data };
    if (params.payment_method && typeof params.payment_method === "object") {
      const made = await this.createPaymentMethod({ type: "card", ...params.payment_method });
      if (made.error) return made;
      params.payment_method = made.paymentMethod.id;
    }
    return this._intents.confirm(clientSecret, wanted, params, handleActions);
  }

  /* Either `{elements, params}` or `{type: "card", card: element, billing_details}`. */
  async createPaymentMethod(given = {}) {
    if (given.elements) {
      if (!given.elements._submitted) {
        throw new IntegrationError("elements.submit() must be called before stripe.createPaymentMethod().");
      }
      return this._collect(given.elements, given.params ?? {});
    }
    const { type, card, ...data } = given;
    if (type !== "card" || !(card instanceof StripeElement)) {
      throw new IntegrationError("createPaymentMethod(): pass elements, or type 'card' and a Card Element; raw card numbers are refused.");
    }
    const checked = card._frame ? await card._frame.ask("validate") : missing("card");
    return checked.error ? { error: checked.error } : this._make(card, data);
  }

  retrievePaymentIntent(clientSecret) { return this._intents.retrieve(clientSecret, "pi"); }
  retrieveSetupIntent(clientSecret) { return this._intents.retrieve(clientSecret, "seti"); }
  handleNextAction({ clientSecret }) { return this._intents.handleNextAction(clientSecret); }
  handleCardAction(clientSecret) { return this._intents.handleNextAction(clientSecret, "pi"); }
}

for (const name of NOT_PLAYED) {
  StripeInstance.prototype[name] = () => {
    throw new IntegrationError(`The sandbox does not play stripe.${name}(); see docs/sandbox.md.`);
  };
}

function missing(type) {
  return {
    error: {
      type: "validation_error",
      message: `We could not retrieve data from the specified Element. Please make sure the ${type} Element is still mounted.`,
    },
  };
}

function checkKey(key) {
  if (typeof key !== "string" || key === "") {
    throw new IntegrationError("Please call Stripe() with your publishable key. You used an empty string.");
  }
  if (/^(sk|rk)_/.test(key)) {
    throw new IntegrationError("You should not use your secret key with Stripe.js. Please pass a publishable key instead.");
  }
  if (!/^pk_test_\w+$/.test(key)) {
    throw new IntegrationError("Invalid publishable key: the sandbox is a test double of Stripe and takes keys that begin with pk_test_.");
  }
}

window.Stripe = Object.assign((key, options) => new StripeInstance(key, options), { version: "dahlia" });
