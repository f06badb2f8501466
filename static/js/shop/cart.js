// The cart's page: what is changed goes to the API by itself, naming the cart that this window shows. If another window
// was quicker, nothing is overwritten: the page shows the cart as it is now, and says so.
//
// The page comes from the server only: after every change it is asked for anew, and its parts take the place of ours.

const PATIENCE = 350; // ms without another click, before what was clicked is sent
let wanted = {};
let timer;
let sending = Promise.resolve();

const cart = () => document.getElementById("cart");

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  const remove = event.target.closest("[name=remove]");
  const leave = event.target.closest("[data-leaves]");
  if (step) count(step.parentElement.querySelector("input"), Number(step.dataset.step));
  if (remove) {
    event.preventDefault();
    want(remove.value, 0, 0);
  }
  if (leave && Object.keys(wanted).length) {
    event.preventDefault();
    send().then((taken) => taken && location.assign(leave.href));
  }
});

document.addEventListener("change", ({ target }) => {
  if (target.closest(".quantity")) count(target, 0);
});

document.addEventListener("submit", (event) => {
  if (!event.target.closest("#cart")) return;
  event.preventDefault();
  send();
});

function count(field, step) {
  field.value = Math.min(Math.max(Number(field.value) + step, 0), Number(field.max));
  if (field.checkValidity()) want(field.closest("[data-item]").dataset.item, Number(field.value), PATIENCE);
  else field.reportValidity();
}

function want(item, quantity, patience) {
  wanted[item] = { qty: quantity };
  clearTimeout(timer);
  timer = setTimeout(send, patience);
}

/** Send what is wanted, one change after the other; whether the server took it. */
function send() {
  clearTimeout(timer);
  sending = sending.then(change);
  return sending;
}

async function change() {
  const items = wanted;
  wanted = {};
  if (!Object.keys(items).length) return true;
  cart().setAttribute("aria-busy", "true");
  try {
    const { taken, sentence } = await patch(items);
    await show();
    say(sentence);
    return taken;
  } catch {
    say(cart().dataset.failed);
    return false;
  } finally {
    cart().removeAttribute("aria-busy");
  }
}

async function patch(items) {
  const { dataset } = cart();
  const response = await fetch(dataset.cart, {
    method: "PATCH",
    headers: {
      "Content-Type": "application/json",
      "If-Match": `"${dataset.version}"`,
      "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value,
    },
    body: JSON.stringify({ items }),
  });
  if (response.ok) return { taken: true, sentence: "" };
  const { error } = await response.json();
  return { taken: false, sentence: response.status === 409 ? dataset.changed : error.message };
}

/** The cart and its count as the server has them now; the focus stays where it was. */
async function show() {
  const response = await fetch(cart().dataset.page);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const focused = selectorOf(document.activeElement);
  for (const part of ["#cart", ".cart-link", ".page-header"]) {
    document.querySelector(part).replaceWith(page.querySelector(part));
  }
  if (focused) (document.querySelector(focused) ?? cart().querySelector("a, button"))?.focus();
}

function selectorOf(element) {
  const line = element?.closest("[data-item]");
  if (!line) return "";
  const control = element.dataset.step ? `[data-step="${element.dataset.step}"]` : element.localName;
  return `[data-item="${line.dataset.item}"] ${control}`;
}

function say(sentence) {
  const notice = cart().querySelector("[data-says]");
  notice.textContent = sentence;
  notice.hidden = !sentence;
}
