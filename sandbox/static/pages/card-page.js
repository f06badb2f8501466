/* A card form on one of the sandbox's own pages: it shows the chosen method's fields, formats and checks the card,
   and is sent once. */

import { CardFields } from "../frames/card.js";
import { fillCountries } from "../frames/countries.js";

for (const select of document.querySelectorAll("[data-countries]")) fillCountries(select);
for (const form of document.querySelectorAll("[data-card-form]")) prepare(form);

function prepare(form) {
  const fields = form.elements.number ? new CardFields(form) : null;
  const chosen = () => (form.elements.method ? form.elements.method.value : "card");

  const showPanel = () => {
    for (const panel of form.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== chosen();
  };
  form.addEventListener("change", showPanel);
  showPanel();

  form.addEventListener("submit", (event) => {
    if (fields && chosen() === "card" && fields.validate()) {
      event.preventDefault();
      return;
    }
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
  // Back by the browser's history: the form can be sent again.
  window.addEventListener("pageshow", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  });
}
