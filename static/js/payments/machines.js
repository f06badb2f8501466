// The page on which machines are chosen: buttons beside each number, and, before there is a plan, only the machines
// that are sold with the one that is chosen. Without this the numbers can be typed.

class Stepper extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    const less = step("−", this.getAttribute("less"), () => input.stepDown());
    const more = step("+", this.getAttribute("more"), () => input.stepUp());
    const show = () => {
      less.disabled = Number(input.value) <= Number(input.min);
      more.disabled = Number(input.value) >= Number(input.max);
    };
    for (const button of [less, more]) button.addEventListener("click", show);
    input.addEventListener("input", show);
    input.before(less);
    input.after(more);
    show();
  }
}

function step(sign, name, act) {
  const button = Object.assign(document.createElement("button"), {
    type: "button", className: "button button-plain button-s", textContent: sign,
  });
  button.setAttribute("aria-label", name);
  button.addEventListener("click", act);
  return button;
}

function choose(plan) {
  for (const row of document.querySelectorAll("[data-plans]")) {
    const sold = row.dataset.plans.split(" ").includes(plan);
    row.hidden = !sold;
    row.querySelector("input").disabled = !sold;
  }
}

customElements.define("turnpike-stepper", Stepper);
for (const radio of document.querySelectorAll("[name=plan]")) {
  radio.addEventListener("change", () => choose(radio.value));
  if (radio.checked) choose(radio.value);
}
