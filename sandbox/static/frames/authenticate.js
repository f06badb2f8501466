/* The authentication dialog: tell the sandbox what the card holder did, and the page that it is over.
   As a page of its own it needs no script: the form leads back. */

import { isHeld, serve, tell } from "./channel.js";

const form = document.querySelector("form[method=post]");

async function answer(event) {
  event.preventDefault();
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  const body = new URLSearchParams(new FormData(form));
  body.set("outcome", event.submitter.value);
  try {
    await fetch(form.action, { method: "POST", body });
  } finally {
    tell("authenticated");
  }
}

if (isHeld) form?.addEventListener("submit", answer);
serve({});
