/* The Card Element: number, expiry, CVC and postal code in one line. */

import { request } from "./api.js";
import { applyAppearance } from "./appearance.js";
import { CardFields } from "./card.js";
import { serve, tell, watchFocus, watchHeight } from "./channel.js";

const root = document.querySelector("form");
const fields = new CardFields(root, changed);
const settings = { key: "", elements: {}, options: {} };
let last = "";

function changed() {
  const state = {
    brand: fields.brand.name,
    empty: fields.empty,
    complete: fields.complete,
    error: fields.visibleError(),
    value: { postalCode: fields.inputs.postalCode?.value ?? "" },
  };
  if (JSON.stringify(state) === last) return;
  last = JSON.stringify(state);
  tell("change", state);
}

function applyOptions() {
  const { hidePostalCode, disabled, style, value } = settings.options;
  applyAppearance(settings.elements.appearance);
  if (hidePostalCode && fields.inputs.postalCode) {
    fields.inputs.postalCode.closest("[data-field]").remove();
    delete fields.inputs.postalCode;
  }
  for (const input of Object.values(fields.inputs)) {
    input.disabled = Boolean(disabled);
    if (style?.base?.color) input.style.color = style.base.color;
    if (style?.base?.fontSize) input.style.fontSize = style.base.fontSize;
    if (style?.base?.fontFamily) input.style.fontFamily = style.base.fontFamily;
  }
  if (value?.postalCode && fields.inputs.postalCode) fields.inputs.postalCode.value = value.postalCode;
}

function collect({ params }) {
  const billing = { ...params.billing_details };
  billing.address = { ...fields.address, ...billing.address };
  return request(settings.key, "POST", "/v1/payment_methods", {
    ...params, type: "card", card: fields.card, billing_details: billing,
  });
}

function validate() {
  const error = fields.validate();
  return error ? { error } : {};
}

root.addEventListener("submit", (event) => event.preventDefault());
watchHeight();
watchFocus();

serve({
  configure: (given) => {
    Object.assign(settings, given);
    applyOptions();
  },
  update: (given) => {
    Object.assign(settings.options, given.options);
    Object.assign(settings.elements, given.elements);
    applyOptions();
  },
  validate,
  collect,
  focus: () => fields.inputs.number.focus(),
  blur: () => document.activeElement?.blur(),
  clear: () => fields.clear(),
});
