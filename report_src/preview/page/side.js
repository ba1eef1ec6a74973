// What is beside the pages: the state of the build, errors, contents, the card of a click, what the checks found.
// Everything that a build says is put in as text, never as markup.

import { goTo, onPage } from "./sheets.js";

const id = (name) => document.getElementById(name);
const card = id("card"), contents = id("contents").querySelector("nav");

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

// a place that opens in the editor, where it has an address
function link({ place, href }, className = "place") {
  const made = element(href ? "a" : "span", place, className);
  if (href) made.href = href;
  return made;
}

export function state({ said, status, errors }) {
  id("status").textContent = said;
  id("status").className = status;
  document.title = `${status === "error" ? "✗ " : ""}report`;
  id("errors").hidden = !errors.length;
  id("errors").replaceChildren(...errors.map((row) => {
    const line = document.createElement("p");
    if (row.place) line.append(link(row), ": ");
    line.append(row.text);
    return line;
  }));
}

// what was found, as the rows to go through: an error first, then what is doubtful
let findings = [], current = -1;
export function lists(groups, errors) {
  const before = findings[current]?.key;
  findings = errors.map((row, index) => ({ ...row, key: row.place + row.text, item: id("errors").children[index] }));
  id("lists").replaceChildren();
  for (const [title, rows] of groups) {
    if (!rows.length) continue;
    const body = document.createElement("ul");
    for (const row of rows) body.append(listed(row));
    id("lists").append(element("h2", `${title} (${rows.length})`), body);
  }
  current = findings.findIndex(({ key }) => key === before);
  findings[current]?.item.classList.add("current");
}

function listed(row) {
  const item = element("li", row.text, row.doubtful ? "doubtful" : "");
  const line = document.createElement("div");
  line.append(link(row));
  item.append(line);
  item.addEventListener("click", (event) => { if (row.at && !event.target.closest("a")) goTo(...row.at, true); });
  if (row.doubtful) findings.push({ ...row, key: row.place + row.text, item });
  return item;
}

export function nextFinding(step) {
  if (!findings.length) return;
  findings[current]?.item.classList.remove("current");
  current = current < 0 && step < 0 ? findings.length - 1 : (current + step + findings.length) % findings.length;
  const { item, at } = findings[current];
  item.classList.add("current");
  item.scrollIntoView({ block: "nearest" });
  if (at) goTo(...at, true);
}

export function outline(headings) {
  const before = contents.dataset.shown, shown = JSON.stringify(headings);
  id("contents").hidden = !headings.length;
  if (before === shown) return;
  contents.dataset.shown = shown;
  contents.replaceChildren(...headings.map(([level, title, page, top]) => {
    const entry = element("a", title);
    entry.href = `#page-${page}`;
    entry.dataset.page = page;
    entry.style.paddingLeft = `${level}em`;
    entry.addEventListener("click", (event) => { event.preventDefault(); goTo(page, top); });
    return entry;
  }));
}

onPage((number) => {
  const entries = [...contents.children];
  const last = entries.filter((entry) => Number(entry.dataset.page) <= number).pop();
  for (const entry of entries) entry.toggleAttribute("aria-current", entry === last);
});

export function showCard(found) {
  card.hidden = !found;
  if (!found) return;
  const close = element("button", "×"), rows = document.createElement("dl");
  close.setAttribute("aria-label", "close");
  close.addEventListener("click", () => showCard(null));
  for (const [name, pieces] of found.rows) {
    const value = document.createElement("dd");
    for (const piece of pieces) {
      const line = element("div", "", piece.place ? "typed" : "");
      if (piece.place) line.append(link(piece), " ");
      line.append(piece.text);
      value.append(line);
    }
    rows.append(element("dt", name), value);
  }
  card.replaceChildren(...(found.title ? [element("h2", found.title)] : []), rows, close);
  card.scrollIntoView({ block: "nearest" });
}
