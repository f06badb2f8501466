// The page after a payment: lets the server ask Stripe until the plan is on, and then shows itself anew.
// A bank debit takes days, so after a while it stops asking and says so.

const PAUSES = [0, 1, 2, 3, 5, 8].map((seconds) => seconds * 1000);
const section = document.querySelector("[data-asks]");

async function wait() {
  for (const pause of PAUSES) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const { subscription_status: status, error } = await ask();
    if (status === "active") return location.reload();
    if (error?.code === "payment_declined") return showDecline(error.message);
  }
  show("after");
}

async function ask() {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": section.dataset.csrf };
  try {
    return await (await fetch(section.dataset.asks, { method: "POST", headers, body: "{}" })).json();
  } catch {
    return {};
  }
}

function showDecline(sentence) {
  section.querySelector("[data-sentence]").textContent = sentence;
  show("declined");
}

function show(part) {
  for (const other of section.querySelectorAll("[data-while]")) other.hidden = true;
  section.querySelector(`[data-${part}]`).hidden = false;
}

wait();
