/* A frame's side of the talk with the page that holds it: only that window, only the origin that it named. */

const parentOrigin = new URLSearchParams(window.location.search).get("parent");

/* Whether a page holds this one and wants to be told. */
export const isHeld = Boolean(parentOrigin) && window.parent !== window;

export function tell(type, value) {
  if (isHeld) window.parent.postMessage({ type, value }, parentOrigin);
}

/* Answer what the page asks: each verb is a function of the value sent, and returns plain data. */
export function serve(verbs) {
  window.addEventListener("message", async (message) => {
    if (message.source !== window.parent || message.origin !== parentOrigin) return;
    const { verb, id, value } = message.data;
    if (!Object.hasOwn(verbs, verb)) return;
    const answer = await verbs[verb](value);
    window.parent.postMessage({ type: "answer", id, value: answer ?? {} }, parentOrigin);
  });
  tell("loaded");
}

/* Tell the page how high the frame wants to be, whenever that changes. */
export function watchHeight(node = document.body) {
  new ResizeObserver(() => tell("resize", { height: Math.ceil(node.getBoundingClientRect().height) })).observe(node);
}

export function watchFocus() {
  window.addEventListener("focus", () => tell("focus"));
  window.addEventListener("blur", () => tell("blur"));
  document.addEventListener("keydown", (event) => event.key === "Escape" && tell("escape"));
}
