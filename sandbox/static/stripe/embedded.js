/* Embedded Checkout: the sandbox's own Checkout page in a frame of the application's page. */

class EmbeddedCheckout {
  constructor(clientSecret, { onComplete } = {}) {
    this._clientSecret = clientSecret;
    this._onComplete = onComplete;
    this._frame = null;
    this._destroyed = false;
  }

  mount(target) {
    if (this._destroyed) throw new IntegrationError("This Checkout has been destroyed; create a new one.");
    if (this._frame) throw new IntegrationError("This Checkout is already mounted.");
    const host = typeof target === "string" ? document.querySelector(target) : target;
    if (!host) throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements.`);
    const path = `/embedded/pay/${encodeURIComponent(this._clientSecret)}`;
    this._frame = new Frame(path, "Secure checkout frame", (type, value) => this._receive(type, value));
    this._frame.node.style.height = "720px";
    host.replaceChildren(this._frame.node);
  }

  _receive(type, value) {
    if (type === "resize") this._frame.node.style.height = `${value.height}px`;
    if (type !== "completed") return;
    if (value.url) window.location.assign(value.url);
    else this._onComplete?.();
  }

  unmount() {
    this._frame?.remove();
    this._frame = null;
  }

  destroy() {
    this.unmount();
    this._destroyed = true;
  }
}

async function createEmbeddedCheckout(options = {}) {
  const clientSecret = options.clientSecret ?? (await options.fetchClientSecret?.());
  if (!/^cs_test_\w+_secret_\w+$/.test(clientSecret ?? "")) {
    throw new IntegrationError("Embedded Checkout needs clientSecret, or fetchClientSecret that returns one: the client_secret of a session.");
  }
  return new EmbeddedCheckout(clientSecret, options);
}
