/* The fields of a card: they format while one types, check themselves, and give the card. Stripe's sentences and codes.
   Time is the sandbox's (`data-now` on the root), so that a moved clock makes cards expire. */

import { brandOf, group, passesLuhn } from "./brands.js";
import { fillCountries, POSTAL } from "./countries.js";
import { say } from "./words.js";

const SENTENCES = {
  incomplete_number: "Your card number is incomplete.",
  invalid_number: "Your card number is invalid.",
  incomplete_expiry: "Your card's expiration date is incomplete.",
  invalid_expiry_month: "Your card's expiration date is invalid.",
  invalid_expiry_month_past: "Your card's expiration date is in the past.",
  invalid_expiry_year_past: "Your card's expiration year is in the past.",
  incomplete_cvc: "Your card's security code is incomplete.",
  incomplete_zip: "Your postal code is incomplete.",
};

export class CardFields {
  constructor(root, onChange = () => {}) {
    this.root = root;
    this.onChange = onChange;
    this.inputs = {};
    for (const name of ["number", "expiry", "cvc", "country", "postalCode"]) {
      const input = root.querySelector(`[name=${name}]`);
      if (input) this.inputs[name] = input;
    }
    const now = new Date(Number(root.dataset.now) * 1000);
    this.today = { year: now.getUTCFullYear(), month: now.getUTCMonth() + 1 };
    if (this.inputs.country) fillCountries(this.inputs.country);
    for (const [name, input] of Object.entries(this.inputs)) this.watch(name, input);
    for (const button of root.querySelectorAll("[data-card]")) {
      button.addEventListener("click", () => this.fill(button.dataset.card));
    }
    this.showPostal();
  }

  watch(name, input) {
    input.addEventListener("input", () => {
      this.format(name, input);
      this.mark(name, !this.isUnfinished(name) && this.problem(name));
      this.onChange();
    });
    input.addEventListener("change", () => this.onChange());
    input.addEventListener("blur", () => this.mark(name, input.value !== "" && this.problem(name)));
  }

  digits(name) {
    return (this.inputs[name]?.value ?? "").replace(/\D/g, "");
  }

  get brand() {
    return brandOf(this.digits("number"));
  }

  get empty() {
    return ["number", "expiry", "cvc"].every((name) => this.inputs[name].value === "");
  }

  get complete() {
    return !this.firstProblem();
  }

  // -- typing -------------------------------------------------------------------------------------------------------

  format(name, input) {
    if (name === "number") this.rewrite(input, group(this.digits("number").slice(0, Math.max(...this.brand.lengths))));
    if (name === "expiry") this.rewrite(input, formatExpiry(input.value));
    if (name === "cvc") this.rewrite(input, this.digits("cvc").slice(0, this.brand.cvc));
    if (name === "country") this.showPostal();
    if (name === "number") this.showBrand();
  }

  /* Put the formatted text in, with the caret behind the same digit as before. */
  rewrite(input, text) {
    if (input.value === text) return;
    const behind = input.value.slice(input.selectionStart).replace(/\D/g, "").length;
    input.value = text;
    let caret = text.length;
    for (let left = behind; left > 0 && caret > 0; caret -= 1) if (/\d/.test(text[caret - 1])) left -= 1;
    input.setSelectionRange(caret, caret);
  }

  showBrand() {
    const badge = this.root.querySelector("[data-brand]");
    if (!badge) return;
    badge.dataset.brand = this.brand.name;
    badge.textContent = this.brand.label;
  }

  showPostal() {
    const field = this.inputs.postalCode?.closest("[data-field]");
    if (!field || !this.inputs.country) return;
    field.hidden = !POSTAL.includes(this.inputs.country.value);
    field.querySelector("label").textContent = this.inputs.country.value === "US" ? say("ZIP code") : say("Postal code");
  }

  // -- checking -----------------------------------------------------------------------------------------------------

  /* Still being typed: no reason to complain yet. */
  isUnfinished(name) {
    return this.problem(name)?.startsWith("incomplete") ?? false;
  }

  /* The code of what is wrong with a field, or null. */
  problem(name) {
    if (!this.inputs[name]) return null;
    if (name === "number") return this.numberProblem();
    if (name === "expiry") return this.expiryProblem();
    if (name === "cvc") return this.digits("cvc").length < this.brand.cvc ? "incomplete_cvc" : null;
    if (name === "postalCode" && !this.inputs.postalCode.closest("[data-field]")?.hidden) return this.postalProblem();
    return null;
  }

  numberProblem() {
    const digits = this.digits("number");
    if (!this.brand.lengths.includes(digits.length)) return "incomplete_number";
    return passesLuhn(digits) ? null : "invalid_number";
  }

  expiryProblem() {
    const { month, year } = this.expiry;
    if (this.digits("expiry").length < 4) return "incomplete_expiry";
    if (month < 1 || month > 12) return "invalid_expiry_month";
    if (year < this.today.year) return "invalid_expiry_year_past";
    if (year > this.today.year + 50) return "invalid_expiry_year_past";
    return year === this.today.year && month < this.today.month ? "invalid_expiry_month_past" : null;
  }

  postalProblem() {
    const shortest = this.inputs.country && this.inputs.country.value !== "US" ? 3 : 5;
    return this.inputs.postalCode.value.trim().length < shortest ? "incomplete_zip" : null;
  }

  get expiry() {
    const digits = this.digits("expiry");
    return { month: Number(digits.slice(0, 2)), year: 2000 + Number(digits.slice(2, 4)) };
  }

  firstProblem() {
    return Object.keys(this.inputs).map((name) => this.problem(name)).find(Boolean) ?? null;
  }

  /* Show what is wrong, go there, and say it; null when nothing is. */
  validate() {
    let first = null;
    for (const [name, input] of Object.entries(this.inputs)) {
      const code = this.problem(name);
      this.mark(name, code);
      if (code && !first) {
        first = { type: "validation_error", code, message: say(SENTENCES[code]) };
        input.focus();
      }
    }
    return first;
  }

  /* The error of a Card Element's change event: only of what is finished and wrong. */
  visibleError() {
    const code = Object.keys(this.inputs).map((name) => this.problem(name)).find((one) => one && !one.startsWith("incomplete"));
    return code ? { type: "validation_error", code, message: say(SENTENCES[code]) } : undefined;
  }

  mark(name, code) {
    const input = this.inputs[name];
    const note = this.root.querySelector(`[data-error=${name}]`);
    input.setAttribute("aria-invalid", code ? "true" : "false");
    if (note) note.textContent = code ? say(SENTENCES[code]) : "";
  }

  // -- the card -----------------------------------------------------------------------------------------------------

  /* What the API takes as a card. */
  get card() {
    const { month, year } = this.expiry;
    return { number: this.digits("number"), exp_month: month, exp_year: year, cvc: this.digits("cvc") };
  }

  /* The part of the billing details that stands in these fields. */
  get address() {
    const address = {};
    if (this.inputs.country) address.country = this.inputs.country.value;
    if (this.inputs.postalCode && !this.inputs.postalCode.closest("[data-field]")?.hidden) {
      address.postal_code = this.inputs.postalCode.value.trim();
    }
    return address;
  }

  /* Type a test card. */
  fill(number) {
    const expiry = `12${String((this.today.year + 3) % 100).padStart(2, "0")}`;
    const values = { number, expiry, cvc: number.startsWith("3") ? "1234" : "123", postalCode: "94103" };
    for (const [name, value] of Object.entries(values)) {
      if (!this.inputs[name] || (name === "postalCode" && this.inputs[name].value)) continue;
      this.inputs[name].value = value;
      this.inputs[name].dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  clear() {
    for (const name of ["number", "expiry", "cvc", "postalCode"]) {
      if (!this.inputs[name]) continue;
      this.inputs[name].value = "";
      this.mark(name, null);
    }
    this.showBrand();
    this.onChange();
  }
}

/* "1" -> "1", "4" -> "04 / ", "1234" -> "12 / 34"; four-digit years lose their century. */
function formatExpiry(text) {
  let digits = text.replace(/\D/g, "");
  if (/^[2-9]/.test(digits)) digits = `0${digits}`;
  if (/^\d\d20\d\d$/.test(digits)) digits = digits.slice(0, 2) + digits.slice(4);
  const month = digits.slice(0, 2);
  const year = digits.slice(2, digits.length > 4 && digits.slice(2, 4) === "20" ? 6 : 4);
  if (digits.length > 2) return `${month} / ${year}`;
  return digits.length === 2 && !text.endsWith(" /") ? `${month} / ` : month;
}
