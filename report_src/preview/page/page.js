// The page of `make watch SERVE=1`: each state of the build as it comes, clicks and keys.

import { frames, mark, nextChange, onPoint } from "./sheets.js";
import { lists, nextFinding, outline, showCard, state } from "./side.js";

const SECOND_CLICK = 250; // milliseconds in which another click selects a word
const pages = document.getElementById("pages");
let marked = "";

function show(news) {
  state(news);
  lists(news.lists, news.errors);
  outline(news.outline);
  frames(news.pdf, news.pages);
  const changes = JSON.stringify([news.pdf, news.changes]);
  if (news.changes && changes !== marked) mark(news.changes);
  marked = changes;
}

// a reload by hand comes back to the same place, too
addEventListener("pagehide", () => sessionStorage.setItem("top", pages.scrollTop));
let before = Number(sessionStorage.getItem("top"));
const events = new EventSource("/events");
events.onmessage = (event) => {
  show(JSON.parse(event.data));
  if (before && pages.children.length) { pages.scrollTop = before; before = 0; }
};
events.onerror = () => state({ said: "make watch has ended, or restarts", status: "", errors: [] });

let opening = 0;
onPoint(async (number, x, y) => {
  clearTimeout(opening);
  const answer = await fetch(`/at/${number}?x=${x}&y=${y}`, { cache: "no-store" });
  const card = answer.ok ? await answer.json() : null;
  showCard(card);
  if (card?.opens) opening = setTimeout(() => { if (getSelection().isCollapsed) location.href = card.opens; }, SECOND_CLICK);
});

const keys = {
  n: () => nextFinding(1), p: () => nextFinding(-1), c: () => nextChange(1), v: () => nextChange(-1),
  Escape: () => showCard(null),
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
