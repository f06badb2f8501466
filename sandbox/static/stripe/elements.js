/* A group of Elements that belong to one payment: with a client secret, or deferred with mode, amount and currency. */

const MODES = ["payment", "setup", "subscription"];

class Elements {
  constructor(key, controller, options = {}) {
    this._key = key;
    this._controller = controller;
    this._options = options;
    this._created = [];
    this._submitted = false;
    this._check(options);
  }

  _check({ mode, amount, currency, clientSecret }) {
    if (clientSecret !== undefined && !/^(pi|seti)_\w+_secret_\w+$/.test(clientSecret)) {
      throw new IntegrationError(
        "Invalid value for elements(): clientSecret should be a client secret of the form ${id}_secret_${secret}. " +
        `You specified: ${clientSecret}.`
      );
    }
    if (mode === undefined) return;
    if (clientSecret) throw new IntegrationError("elements(): pass either clientSecret or mode, not both.");
    if (!MODES.includes(mode)) throw new IntegrationError(`elements(): mode should be one of ${MODES.join(", ")}.`);
    if (!currency) throw new IntegrationError("elements(): currency is required with mode.");
    if (mode !== "setup" && !Number.isInteger(amount)) {
      throw new IntegrationError("elements(): amount must be an integer in the currency's smallest unit.");
    }
  }

  create(type, options = {}) {
    if (!(type in TITLES)) {
      throw new IntegrationError(`The sandbox does not play the Element '${type}'; it plays ${Object.keys(TITLES).join(", ")}.`);
    }
    if (this.getElement(type)) {
      throw new IntegrationError(`Can only create one Element of type ${type} through this elements().`);
    }
    if (type === "payment" && !this._options.clientSecret && !this._options.mode) {
      throw new IntegrationError(
        "In order to create a payment element, you must pass a clientSecret or mode when creating the Elements group."
      );
    }
    const element = new StripeElement(type, options, this);
    this._created.push(element);
    return element;
  }

  getElement(type) {
    return this._created.find((element) => element._elementType === type) ?? null;
  }

  update(options) {
    this._check({ ...this._options, ...options });
    this._options = { ...this._options, ...options };
    for (const element of this._created) element._frame?.ask("update", { elements: plain(options) });
  }

  /* Read the intent again, after the server changed it. */
  async fetchUpdates() {
    const answers = await Promise.all(this._created.map((element) => element._frame?.ask("refresh")));
    return answers.find((answer) => answer?.error) ?? {};
  }

  /* Validate every Element, showing what is wrong in it. */
  async submit() {
    for (const element of this._created.filter((one) => one._frame)) {
      const answer = await element._frame.ask("validate");
      if (answer.error) return { error: answer.error };
    }
    this._submitted = true;
    return { selectedPaymentMethod: this.getElement("payment")?._value?.value?.type ?? "card" };
  }

  on() { return this; }

  _settings() {
    return { key: this._key, elements: plain(this._options) };
  }

  _forget(element) {
    this._created = this._created.filter((one) => one !== element);
  }

  /* What the Address and Link Authentication Elements add to the billing details. */
  _billingDetails() {
    const address = this.getElement("address");
    const details = {};
    if (address?._value && address._options.mode === "billing") Object.assign(details, address._value.value);
    const email = this.getElement("linkAuthentication")?._value?.value.email;
    if (email) details.email = email;
    return details;
  }

  _shipping() {
    const address = this.getElement("address");
    return address?._value?.complete && address._options.mode === "shipping" ? address._value.value : null;
  }
}
