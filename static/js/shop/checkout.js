// The checkout: who buys goes into the card form; the order is shown when it is paid. When the cart is another by now,
// the new one is shown before anybody pays for it.

const form = document.querySelector("turnpike-card-form");
const email = document.querySelector("#email");
const CHANGED = ["stale_cart", "price_changed", "empty_cart", "sold_out", "order_over", "already_paid"];

form.addEventListener("paying", (event) => {
  if (!email) return;
  if (email.reportValidity()) setBody({ email: email.value });
  else event.preventDefault();
});

form.addEventListener("paid", ({ detail }) => location.assign(detail.return_url));

form.addEventListener("declined", ({ detail }) => {
  if (CHANGED.includes(detail.code)) show();
});

/** What would be paid now, from a fresh page; the card that was typed stays. */
async function show() {
  const response = await fetch(location.href);
  if (response.redirected) return location.assign(response.url);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of [".checkout > .order", ".page-header"]) {
    document.querySelector(part).replaceWith(page.querySelector(part));
  }
  const fresh = page.querySelector("turnpike-card-form");
  for (const name of ["amount", "currency", "version", "label", "csrf-token"]) {
    form.setAttribute(name, fresh.getAttribute(name));
  }
  setBody(JSON.parse(fresh.getAttribute("body")));
}

function setBody(more) {
  form.setAttribute("body", JSON.stringify({ ...JSON.parse(form.getAttribute("body")), ...more }));
}
