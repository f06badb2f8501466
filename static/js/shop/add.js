// One more of an item into the cart, without leaving the page. Two windows that add at once both count: each names the
// cart that it has seen, and the one that comes second looks again.

const ROUNDS = 5;

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-adds]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  const { cart, sentence } = await add(form).catch(() => ({ sentence: form.dataset.failed }));
  button.removeAttribute("aria-busy");
  button.disabled = false;
  if (cart) showCount(cart);
  say(form, sentence ?? form.dataset.added, !cart);
});

async function add(form) {
  let cart = await (await fetch(form.dataset.cart)).json();
  for (let round = 0; round < ROUNDS; round += 1) {
    const { response, answer } = await patch(form, cart);
    if (response.ok) return { cart: answer };
    if (!answer.error.cart) return { sentence: answer.error.message };
    cart = answer.error.cart;
  }
  return { sentence: form.dataset.failed };
}

async function patch(form, cart) {
  const item = form.dataset.adds;
  const response = await fetch(form.dataset.cart, {
    method: "PATCH",
    headers: {
      "Content-Type": "application/json",
      "If-Match": `"${cart.version}"`,
      "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
    },
    body: JSON.stringify({ items: { [item]: { qty: (cart.items[item]?.qty ?? 0) + 1 } } }),
  });
  return { response, answer: await response.json() };
}

function showCount({ items }) {
  const count = document.querySelector(".cart-count");
  count.textContent = Object.values(items).reduce((sum, { qty }) => sum + qty, 0);
  count.hidden = count.textContent === "0";
}

function say(form, sentence, refused) {
  const said = form.querySelector("[data-says]");
  said.textContent = sentence;
  said.classList.toggle("error", refused);
  said.hidden = false;
}
