// What every page shares: menus that close, dialogs that open, code that is copied. All of it works on attributes:
//   <details class="menu">, data-opens="dialog-id", data-closes, data-copies="element-id" with data-copied="Copied",
//   and in a menu data-fills="/a/piece/of/html/", which is asked for when the menu is opened for the first time.

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const button = event.target.closest("[data-opens], [data-closes], [data-copies]");
  if (!button) return;
  if (button.dataset.opens) document.getElementById(button.dataset.opens).showModal();
  if ("closes" in button.dataset) button.closest("dialog").close();
  if (button.dataset.copies) copy(button);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  closeMenus(null);
  menu?.querySelector("summary").focus();
});

document.addEventListener("toggle", (event) => {
  const gap = event.target.open && event.target.querySelector("[data-fills]");
  if (gap) fill(gap);
}, true);

async function fill(gap) {
  const url = gap.dataset.fills;
  gap.removeAttribute("data-fills");
  const answer = await fetch(url);
  // Whoever has signed out in another window is sent to a whole page, which is no piece of this one.
  if (answer.ok && !answer.redirected) gap.innerHTML = await answer.text();
}

function closeMenus(target) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!target || !menu.contains(target)) menu.open = false;
  }
}

async function copy(button) {
  const label = button.textContent;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim());
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = label; }, 1600);
}
