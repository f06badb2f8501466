// An order whose payment is being confirmed: lets the server ask Stripe, and shows what became of it. After a while it
// stops asking and says what can be done.

const PAUSES = [0, 1, 2, 3, 5, 8].map((seconds) => seconds * 1000);

const order = () => document.getElementById("order");

async function wait() {
  for (const pause of PAUSES) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    await ask().catch(() => {});
    if (!("waits" in order().dataset)) return;
  }
  for (const part of document.querySelectorAll("[data-while]")) part.hidden = true;
  for (const part of document.querySelectorAll("[data-after]")) part.hidden = false;
}

async function ask() {
  const form = document.querySelector("[data-asks]");
  const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of ["#order", ".cart-link"]) {
    const fresh = page.querySelector(part);
    if (fresh) document.querySelector(part).replaceWith(fresh);
  }
}

wait();
