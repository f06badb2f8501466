// The page after a payment: asks the server to ask Stripe, until the plan is on; then the page is shown anew.
// A bank debit takes days, so after a while it stops asking and says that a mail will come.

const PAUSES = [0, 1, 2, 3, 5, 8].map((seconds) => seconds * 1000);
const waiting = document.querySelector("[data-asks]");

async function ask() {
  for (const pause of PAUSES) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (await isOn()) return location.reload();
  }
  waiting.querySelector("[data-while]").hidden = true;
  waiting.querySelector("[data-after]").hidden = false;
}

async function isOn() {
  try {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": waiting.dataset.csrf };
    const response = await fetch(waiting.dataset.asks, { method: "POST", headers, body: "{}" });
    return response.ok && (await response.json()).subscription_status === "active";
  } catch {
    return false;
  }
}

if (waiting) ask();
