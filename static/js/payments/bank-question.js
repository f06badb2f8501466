// <turnpike-bank-question>: lets the bank ask about a payment that was begun on the server, and goes on when it has.
//
//   <turnpike-bank-question
//     stripe-js="https://js.stripe.com/dahlia/stripe.js" publishable-key="pk_..." locale="en"
//     client-secret="pi_..._secret_..."
//     sync="/api/billing/subscription/sync/" csrf-token="..."      asked once the bank has answered, yes or no
//     back="/billing/"                                             where one sees what became of it
//     text-unchanged="..." text-unavailable="..."                  all else that customers read is the server's
//   >what is seen meanwhile</turnpike-bank-question>

import { loadStripe } from "./card-form.js";

const PAYMENT_REQUIRED = 402;

class BankQuestion extends HTMLElement {
  async connectedCallback() {
    if (this.asked) return;
    this.asked = true;
    try {
      await this.ask();
    } catch (problem) {
      console.error("The bank could not be asked.", problem);
      return this.say(this.getAttribute("text-unavailable"));
    }
    const declined = await this.sync();
    if (declined) this.say(declined);
    else location.assign(this.getAttribute("back"));
  }

  async ask() {
    const Stripe = await loadStripe(this.getAttribute("stripe-js"));
    const stripe = Stripe(this.getAttribute("publishable-key"), { locale: this.getAttribute("locale") || "auto" });
    await stripe.handleNextAction({ clientSecret: this.getAttribute("client-secret") });
  }

  /** What became of the change is the server's to say: its sentence if it was declined. If it cannot be heard now, the
   *  billing page says how things stand: the bank may have said yes. */
  async sync() {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.getAttribute("csrf-token") };
    try {
      const response = await fetch(this.getAttribute("sync"), { method: "POST", headers, body: "{}" });
      return response.status === PAYMENT_REQUIRED ? (await response.json()).error.message : null;
    } catch (problem) {
      console.error("What became of the change is not known yet.", problem);
      return null;
    }
  }

  say(sentence) {
    const heading = Object.assign(document.createElement("h1"), { textContent: this.getAttribute("text-unchanged") });
    const notice = Object.assign(document.createElement("p"), {
      className: "notice notice-error", role: "alert", textContent: sentence,
    });
    this.replaceChildren(heading, notice);
  }
}

customElements.define("turnpike-bank-question", BankQuestion);
