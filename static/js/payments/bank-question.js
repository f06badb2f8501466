// <turnpike-bank-question>: lets the bank ask about a payment that was begun on the server, and goes on when it has.
//
//   <turnpike-bank-question
//     stripe-js="https://js.stripe.com/dahlia/stripe.js" publishable-key="pk_..." locale="en"
//     client-secret="pi_..._secret_..."
//     sync="/api/billing/subscription/sync/" csrf-token="..."      asked once the bank has answered, yes or no
//     back="/billing/"                                             where one sees what became of it
//     text-unavailable="..."                                       all else that customers read is Stripe's or the server's
//   >what is seen meanwhile</turnpike-bank-question>

import { loadStripe } from "./card-form.js";

class BankQuestion extends HTMLElement {
  async connectedCallback() {
    if (this.asked) return;
    this.asked = true;
    try {
      const refusal = await this.ask();
      const sentence = (await this.sync()) ?? refusal;
      if (sentence) return this.say(sentence);
      location.assign(this.getAttribute("back"));
    } catch (problem) {
      console.error("The bank could not be asked.", problem);
      this.say(this.getAttribute("text-unavailable"));
    }
  }

  /** Stripe's sentence if the bank said no. */
  async ask() {
    const Stripe = await loadStripe(this.getAttribute("stripe-js"));
    const stripe = Stripe(this.getAttribute("publishable-key"), { locale: this.getAttribute("locale") || "auto" });
    const { error } = await stripe.handleNextAction({ clientSecret: this.getAttribute("client-secret") });
    return error?.message;
  }

  /** What became of the change is the server's to say: its sentence if it was declined. */
  async sync() {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.getAttribute("csrf-token") };
    const response = await fetch(this.getAttribute("sync"), { method: "POST", headers, body: "{}" });
    const { error } = await response.json();
    return error?.message;
  }

  say(sentence) {
    this.replaceChildren(Object.assign(document.createElement("div"), {
      className: "notice notice-error", role: "alert", textContent: sentence,
    }));
  }
}

customElements.define("turnpike-bank-question", BankQuestion);
