// Beside the card form: a card that was used before, or another one (`billing/saved_cards.html`).

const form = document.querySelector("turnpike-card-form");

for (const choice of document.querySelectorAll("[name=card]")) {
  choice.addEventListener("change", () => choose(choice.value));
}
choose(document.querySelector("[name=card]:checked")?.value);

function choose(card) {
  if (card) form.setAttribute("saved-card", card);
  else form.removeAttribute("saved-card");
}
