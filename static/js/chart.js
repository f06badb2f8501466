// The chart answers: forms are hidden and shown without a new page, and each quarter's numbers appear at the pointer
// or under the arrow keys. Without this script the legend is a form that the server answers with another chart.

for (const root of document.querySelectorAll("[data-chart]")) begin(root);

function begin(root) {
  const chart = root.querySelector(".chart");
  const svg = chart.querySelector("svg");
  const legend = root.querySelector(".legend");
  const columns = [...svg.querySelectorAll(".column")];
  const reading = document.createElement("div");
  reading.className = "chart-reading";
  reading.setAttribute("role", "status");
  reading.hidden = true;
  root.append(reading);
  legend.querySelector("[data-without-script]").hidden = true;
  let current = -1;

  const read = (index) => {
    current = index;
    columns.forEach((column, n) => column.classList.toggle("is-read", n === index));
    reading.hidden = index < 0;
    if (index >= 0) describe(reading, columns[index], legend, root);
  };

  legend.addEventListener("change", () => { draw(svg, columns, shown(legend)); read(current); });
  svg.addEventListener("pointermove", (event) => read(columns.indexOf(event.target.closest(".column"))));
  svg.addEventListener("pointerleave", () => read(-1));
  chart.addEventListener("blur", () => read(-1));
  chart.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") read(-1);
    if (!step) return;
    event.preventDefault();
    const from = current < 0 ? (step > 0 ? -1 : columns.length) : current;
    read(Math.min(columns.length - 1, Math.max(0, from + step)));
  });
  draw(svg, columns, shown(legend));
  chart.scrollLeft = chart.scrollWidth;
}

function shown(legend) {
  return new Set([...legend.querySelectorAll("input:checked")].map((box) => box.value));
}

// Lays the bars out anew, as charts.py does: stacked, under the next round number.
function draw(svg, columns, forms) {
  const top = Number(svg.dataset.top);
  const plot = Number(svg.dataset.floor) - top;
  const bars = (column) => [...column.querySelectorAll(".bar")];
  const height = (bar) => (forms.has(bar.dataset.form) ? Number(bar.dataset.count) : 0);
  const sum = (column) => bars(column).reduce((total, bar) => total + height(bar), 0);
  const ceiling = niceCeiling(Math.max(0, ...columns.map(sum)));
  for (const column of columns) {
    let below = 0;
    for (const bar of bars(column)) {
      below += height(bar);
      bar.setAttribute("y", top + plot * (1 - below / ceiling));
      bar.setAttribute("height", (plot * height(bar)) / ceiling);
    }
  }
  svg.querySelectorAll(".tick text").forEach((text, n) => { text.textContent = (ceiling * n) / 4; });
}

function niceCeiling(highest) {
  for (let scale = 4; ; scale *= 10) {
    for (const factor of [1, 2, 3, 5]) if (scale * factor >= highest) return scale * factor;
  }
}

// The numbers of one quarter, beside its column.
function describe(reading, column, legend, root) {
  const rows = [...legend.querySelectorAll(".legend-entry:has(input:checked)")].map((entry) => {
    const form = entry.querySelector("input").value;
    const bar = [...column.querySelectorAll(".bar")].find((candidate) => candidate.dataset.form === form);
    const row = element("div", `chart-reading-row ${entry.classList[1]}`);
    row.append(element("span", "swatch"), entry.firstElementChild.nextElementSibling.nextSibling.textContent.trim(),
      element("span", "number", bar ? bar.dataset.count : "0"));
    return row;
  });
  const total = rows.reduce((sum, row) => sum + Number(row.lastElementChild.textContent), 0);
  const title = element("div", "chart-reading-row chart-reading-total", column.dataset.label);
  title.append(element("span", "number", total));
  reading.replaceChildren(title, ...rows);
  place(reading, column.querySelector(".slot").getBoundingClientRect(), root.getBoundingClientRect());
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function place(reading, slot, root) {
  const right = slot.right - root.left + 8;
  const fits = right + reading.offsetWidth < root.width;
  reading.style.left = `${fits ? right : Math.max(8, slot.left - root.left - reading.offsetWidth - 8)}px`;
  reading.style.top = `${slot.top - root.top}px`;
}
