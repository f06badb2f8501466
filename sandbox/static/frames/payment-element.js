/* The Payment Element: a card, or a test bank debit where the intent allows one. */

import { request } from "./api.js";
import { applyAppearance } from "./appearance.js";
import { CardFields } from "./card.js";
import { serve, tell, watchFocus, watchHeight } from "./channel.js";
import { say } from "./words.js";

const TERMINAL = ["succeeded", "canceled", "requires_capture", "processing"];
const PATHS = { pi: "/v1/payment_intents", seti: "/v1/setup_intents" };

const root = document.querySelector("form");
const fields = new CardFields(root, changed);
const settings = { key: "", elements: {}, options: {} };
let last = "";

function changed() {
  const state = { empty: fields.empty, complete: fields.complete, collapsed: false, value: { type: chosen() } };
  if (chosen() !== "card") Object.assign(state, { empty: false, complete: bankProblem() === null });
  if (JSON.stringify(state) === last) return;
  last = JSON.stringify(state);
  tell("change", state);
}

// -- which method ---------------------------------------------------------------------------------------------------

function chosen() {
  return root.querySelector("[name=method]:checked")?.value ?? "card";
}

function offer(types) {
  const choices = root.querySelector("[data-choices]");
  let offered = 0;
  for (const choice of choices.querySelectorAll("[name=method]")) {
    const open = types.includes(choice.value);
    choice.closest("label").hidden = !open;
    offered += open ? 1 : 0;
  }
  choices.hidden = offered < 2;
  if (!types.includes("card")) choices.querySelector("label:not([hidden]) [name=method]")?.click();
}

function showPanel() {
  for (const panel of root.querySelectorAll("[data-panel]")) panel.hidden = !panel.dataset.panel.split(" ").includes(chosen());
  changed();
}

function bankProblem() {
  const open = [...root.querySelectorAll("[data-panel]:not([hidden]) input")];
  const missing = open.find((input) => !input.value.trim());
  if (!missing) return null;
  return { type: "validation_error", code: "incomplete_payment_details", message: say("Your bank details are incomplete."), input: missing };
}

// -- the intent -----------------------------------------------------------------------------------------------------

async function load() {
  const { clientSecret, paymentMethodTypes, mode, setupFutureUsage, setup_future_usage: usage } = settings.elements;
  if (!clientSecret) {
    offer(paymentMethodTypes ?? settings.elements.payment_method_types ?? ["card"]);
    showTerms(mode !== "payment" || setupFutureUsage || usage);
    return {};
  }
  const id = clientSecret.split("_secret_")[0];
  const intent = await request(settings.key, "GET", `${PATHS[id.split("_")[0]]}/${id}`, { client_secret: clientSecret });
  if (intent.error) return { error: intent.error };
  if (TERMINAL.includes(intent.status)) {
    const name = intent.object === "payment_intent" ? "PaymentIntent" : "SetupIntent";
    const message = `This ${name} is in a terminal state and cannot be used to initialize Elements.`;
    return { error: { type: "invalid_request_error", code: `${intent.object}_unexpected_state`, message } };
  }
  offer(intent.payment_method_types);
  showTerms(intent.object === "setup_intent" || intent.setup_future_usage);
  return {};
}

function showTerms(saved) {
  root.querySelector("[data-terms]").hidden = !saved || settings.options.terms?.card === "never";
}

function applyOptions() {
  applyAppearance(settings.elements.appearance);
  const billing = settings.options.fields?.billingDetails;
  const address = billing === "never" ? "never" : billing?.address;
  for (const name of ["country", "postalCode"]) {
    const hidden = address === "never" || address?.[name] === "never";
    if (!hidden || !fields.inputs[name]) continue;
    fields.inputs[name].closest("[data-field]").remove();
    delete fields.inputs[name];
  }
  const known = settings.options.defaultValues?.billingDetails?.address ?? {};
  if (known.country && fields.inputs.country) fields.inputs.country.value = known.country;
  if (known.postal_code && fields.inputs.postalCode) fields.inputs.postalCode.value = known.postal_code;
  fields.showPostal();
  const business = settings.options.business?.name;
  if (business) root.querySelector("[data-business]").textContent = business;
}

// -- collecting -----------------------------------------------------------------------------------------------------

function validate() {
  const problem = chosen() === "card" ? fields.validate() : bankProblem();
  if (!problem) return {};
  const { input, ...error } = problem;
  input?.focus();
  return { error };
}

function billing(given = {}) {
  const defaults = settings.options.defaultValues?.billingDetails ?? {};
  const typed = { address: { ...defaults.address, ...(chosen() === "card" ? fields.address : {}) } };
  const merged = { ...defaults, ...typed, ...given };
  merged.address = { ...typed.address, ...given.address };
  return merged;
}

function collect({ params }) {
  const type = chosen();
  const data = { ...params, type, billing_details: billing(params.billing_details) };
  data[type] = type === "card" ? fields.card : bankAccount(data.billing_details);
  return request(settings.key, "POST", "/v1/payment_methods", data);
}

function bankAccount(details) {
  const typed = Object.fromEntries(new FormData(root));
  details.name ||= typed.account_holder;
  details.email ||= typed.email;
  if (chosen() === "sepa_debit") return { iban: typed.iban };
  const { account_number: number, routing_number: routing } = typed;
  return { account_holder_type: "individual", account_number: number, routing_number: routing };
}

root.addEventListener("submit", (event) => event.preventDefault());
root.addEventListener("input", changed);
for (const choice of root.querySelectorAll("[name=method]")) choice.addEventListener("change", showPanel);
watchHeight();
watchFocus();

serve({
  configure: (given) => {
    Object.assign(settings, given);
    applyOptions();
    return load();
  },
  update: (given) => {
    Object.assign(settings.options, given.options);
    Object.assign(settings.elements, given.elements);
    applyOptions();
  },
  refresh: load,
  validate,
  collect,
  focus: () => fields.inputs.number.focus(),
  blur: () => document.activeElement?.blur(),
  clear: () => fields.clear(),
});
