/* The Address Element and the Link Authentication Element: plain fields whose value goes to the page with each change. */

import { applyAppearance } from "./appearance.js";
import { serve, tell, watchFocus, watchHeight } from "./channel.js";
import { fillCountries } from "./countries.js";
import { say } from "./words.js";

const root = document.querySelector("form");
const isEmail = root.dataset.element === "linkAuthentication";
let options = {};
let last = "";

function read() {
  const typed = Object.fromEntries(new FormData(root));
  if (isEmail) return { email: typed.email.trim() };
  const { name, phone, ...address } = typed;
  return { name, address, ...(options.fields?.phone === "always" ? { phone } : {}) };
}

function isComplete() {
  return [...root.elements].every((input) => input.closest("[data-field]")?.hidden || input.checkValidity());
}

function state() {
  const empty = [...root.querySelectorAll("input")].every((input) => input.value === "");
  const shown = { empty, complete: isComplete(), value: read() };
  return isEmail ? shown : { ...shown, elementMode: options.mode, isNewAddress: true };
}

function changed() {
  const now = state();
  if (JSON.stringify(now) === last) return;
  last = JSON.stringify(now);
  tell("change", now);
}

function applyOptions() {
  const known = options.defaultValues ?? {};
  const values = { ...known, ...known.address };
  for (const [name, value] of Object.entries(values)) {
    const input = root.elements.namedItem(name);
    if (input && typeof value === "string" && !input.value.trim()) input.value = value;
    if (name === "country" && input) input.value = value;
  }
  const phone = root.querySelector("[data-field=phone]");
  if (phone) phone.hidden = options.fields?.phone !== "always";
}

function validate() {
  for (const input of root.elements) {
    const wrong = !input.closest("[data-field]")?.hidden && !input.checkValidity();
    input.setAttribute("aria-invalid", String(wrong));
    if (!wrong) continue;
    input.focus();
    const message = isEmail ? say("Your email is incomplete.") : say("Your address is incomplete.");
    return { error: { type: "validation_error", code: isEmail ? "incomplete_email" : "incomplete_address", message } };
  }
  return {};
}

for (const select of root.querySelectorAll("[data-countries]")) fillCountries(select);
root.addEventListener("submit", (event) => event.preventDefault());
root.addEventListener("input", changed);
watchHeight();
watchFocus();

serve({
  configure: (given) => {
    options = given.options;
    applyAppearance(given.elements.appearance);
    applyOptions();
    changed();
  },
  update: (given) => {
    options = { ...options, ...given.options };
    applyOptions();
  },
  validate,
  value: state,
  focus: () => root.elements[0].focus(),
  blur: () => document.activeElement?.blur(),
  clear: () => {
    root.reset();
    changed();
  },
});
