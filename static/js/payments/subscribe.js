// The page that sells a plan: the saved card or another one, and on to the page that says it is done.

const form = document.querySelector("turnpike-card-form");

for (const choice of document.querySelectorAll("[name=card]")) {
  choice.addEventListener("change", () => choose(choice.value));
}
choose(document.querySelector("[name=card]:checked")?.value);

function choose(card) {
  if (card) form.setAttribute("saved-card", card);
  else form.removeAttribute("saved-card");
}

form.addEventListener("paid", () => location.assign(form.getAttribute("return-url")));
