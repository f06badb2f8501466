/* The authentication dialog: tell the sandbox what the card holder did, and the page that it is over. */

import { serve, tell } from "./channel.js";

const form = document.querySelector("form");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  const body = new URLSearchParams(new FormData(form));
  body.set("outcome", event.submitter.value);
  try {
    await fetch(form.action, { method: "POST", body });
  } finally {
    tell("authenticated");
  }
});

serve({});
