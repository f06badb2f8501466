/* An Element: a frame mounted into a node of the page, with Stripe's events and class names. */

const TITLES = {
  payment: "Secure payment input frame",
  card: "Secure card payment input frame",
  address: "Secure address input frame",
  linkAuthentication: "Secure email input frame",
};
const EVENTS = [
  "ready", "change", "focus", "blur", "escape", "loaderror", "loaderstart", "networkschange",
  "savedpaymentmethodremove", "savedpaymentmethodupdate",
];

class StripeElement {
  constructor(type, options, elements) {
    this._elementType = type;
    this._options = options;
    this._elements = elements;
    this._listeners = new Map();
    this._value = null;
    this._frame = null;
    this._destroyed = false;
  }

  mount(target) {
    this._refuseIfDestroyed();
    const host = typeof target === "string" ? document.querySelector(target) : target;
    if (!host) {
      throw new IntegrationError(
        `The selector you specified (${target}) applies to no DOM elements that are currently on the page. ` +
        "Make sure the element exists on the page before calling mount()."
      );
    }
    if (this._frame) {
      if (this._host === host && host.contains(this._frame.node)) return this;
      throw new IntegrationError("This Element is already mounted. Use `unmount()` to unmount the Element before re-mounting.");
    }
    this._host = host;
    const path = inLocale(`/js/elements/${this._elementType}`, this._elements._options.locale);
    this._frame = new Frame(path, TITLES[this._elementType], (type, value) => this._receive(type, value));
    this._frame.node.style.height = this._elementType === "card" ? "40px" : "220px";
    host.replaceChildren(this._frame.node);
    host.classList.add("StripeElement", "StripeElement--empty");
    this._emit("loaderstart", {});
    this._configure(this._frame);
    return this;
  }

  async _configure(frame) {
    const answer = await frame.ask("configure", { ...this._elements._settings(), options: plain(this._options) });
    if (frame !== this._frame) return;
    if (answer.error) this._emit("loaderror", { error: answer.error });
    else this._emit("ready", {});
  }

  unmount() {
    this._refuseIfDestroyed();
    this._frame?.remove();
    this._frame = null;
    this._value = null;
    for (const state of ["", "--empty", "--complete", "--focus", "--invalid"]) {
      this._host?.classList.remove(`StripeElement${state}`);
    }
    return this;
  }

  destroy() {
    if (this._destroyed) return this;
    this.unmount();
    this._destroyed = true;
    this._elements._forget(this);
    return this;
  }

  update(options) {
    this._refuseIfDestroyed();
    this._options = { ...this._options, ...options };
    this._frame?.ask("update", { options: plain(options) });
    return this;
  }

  on(event, handler) {
    if (!EVENTS.includes(event)) throw new IntegrationError(`Invalid event name: ${event}.`);
    if (typeof handler !== "function") throw new IntegrationError("The handler of an event must be a function.");
    this._listeners.set(event, [...(this._listeners.get(event) ?? []), handler]);
    return this;
  }

  once(event, handler) {
    const once = (value) => {
      this.off(event, once);
      handler(value);
    };
    return this.on(event, once);
  }

  off(event, handler) {
    const left = handler ? (this._listeners.get(event) ?? []).filter((known) => known !== handler) : [];
    this._listeners.set(event, left);
    return this;
  }

  focus() { this._frame?.ask("focus"); }
  blur() { this._frame?.ask("blur"); }
  clear() { this._frame?.ask("clear"); }
  collapse() { return this; }

  /* Of an Address Element: what stands in it. */
  async getValue() {
    if (!this._frame) throw new IntegrationError("The Element must be mounted before its value can be read.");
    return this._frame.ask("value");
  }

  _refuseIfDestroyed() {
    if (this._destroyed) {
      throw new IntegrationError("This Element has already been destroyed. Please create a new one.");
    }
  }

  _receive(type, value) {
    if (type === "resize") {
      this._frame.node.style.height = `${value.height}px`;
      return;
    }
    if (type === "change") {
      this._value = value;
      this._mark("empty", value.empty);
      this._mark("complete", value.complete);
      this._mark("invalid", Boolean(value.error));
    }
    if (type === "focus" || type === "blur") this._mark("focus", type === "focus");
    this._emit(type, value ?? {});
  }

  _mark(state, on) {
    this._host.classList.toggle(`StripeElement--${state}`, on);
  }

  _emit(event, value) {
    for (const handler of this._listeners.get(event) ?? []) handler({ elementType: this._elementType, ...value });
  }
}

/* Options as plain data: what a message cannot carry (functions) is left out. */
function plain(value) {
  return JSON.parse(JSON.stringify(value ?? {}));
}
