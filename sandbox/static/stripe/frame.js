/* One iframe of the sandbox's origin inside the application's page, and the questions put to it.
   Messages go to that origin only and are taken from that very window only. */

const ANSWER_SECONDS = 10;

class IntegrationError extends Error {
  constructor(message) {
    super(message);
    this.name = "IntegrationError";
  }
}

/* The path of a frame that speaks a locale of Stripe's; "auto" or none: the browser's. */
function inLocale(path, locale) {
  return locale ? `${path}${path.includes("?") ? "&" : "?"}locale=${encodeURIComponent(locale)}` : path;
}

class Frame {
  static count = 0;

  constructor(path, title, onEvent = () => {}) {
    this.onEvent = onEvent;
    this.waiting = new Map();
    this.asked = 0;
    this.node = document.createElement("iframe");
    this.node.name = `__privateStripeFrame${(Frame.count += 1)}`;
    this.node.title = title;
    this.node.setAttribute("allow", "payment *");
    const separator = path.includes("?") ? "&" : "?";
    this.node.src = `${ORIGIN}${path}${separator}parent=${encodeURIComponent(window.location.origin)}`;
    Object.assign(this.node.style, {
      border: "0", width: "100%", display: "block", colorScheme: "light only", background: "transparent",
    });
    this.listener = (message) => this.receive(message);
    window.addEventListener("message", this.listener);
    this.loaded = new Promise((resolve, reject) => {
      this.resolveLoaded = resolve;
      this.timer = setTimeout(() => reject(new Error("The frame did not load.")), ANSWER_SECONDS * 1000);
    });
    this.loaded.catch(() => {});
  }

  receive(message) {
    if (message.source !== this.node.contentWindow || message.origin !== ORIGIN) return;
    const { type, id, value } = message.data;
    if (type === "loaded") {
      clearTimeout(this.timer);
      this.resolveLoaded();
    } else if (type === "answer") {
      this.waiting.get(id)?.(value);
      this.waiting.delete(id);
    } else {
      this.onEvent(type, value);
    }
  }

  /* Ask the frame to do something; the answer is plain data, `{error}` when it failed. */
  async ask(verb, value = {}) {
    try {
      await this.loaded;
    } catch (error) {
      return { error: { type: "api_connection_error", message: error.message } };
    }
    this.asked += 1;
    const id = this.asked;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.node.contentWindow.postMessage({ verb, id, value }, ORIGIN);
    });
  }

  remove() {
    clearTimeout(this.timer);
    window.removeEventListener("message", this.listener);
    this.node.remove();
  }
}
