// "Run it" asks the API from this page and shows what it answers, errors too. Without this script it is a link.

const link = document.querySelector("[data-runs]");
const answer = document.getElementById(link.dataset.runs);
const status = document.getElementById(`${link.dataset.runs}-status`);

link.addEventListener("click", async (event) => {
  event.preventDefault();
  link.setAttribute("aria-busy", "true");
  show(link.dataset.waiting);
  try {
    const response = await fetch(link.href, { headers: { Accept: "application/json" } });
    answer.textContent = JSON.stringify(await response.json(), null, 2);
    const left = response.headers.get("RateLimit-Remaining");
    show(`HTTP ${response.status}${left === null ? "" : ` · ${left} ${status.dataset.left}`}`);
  } catch {
    show(link.dataset.offline);
  }
  link.removeAttribute("aria-busy");
});

function show(text) {
  status.textContent = text;
  status.hidden = false;
}
