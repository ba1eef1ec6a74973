// The pages: a frame each, of the page's shape, with its picture, its words over it and the marks of what changed.

const pages = document.getElementById("pages");
const place = document.getElementById("place");
const ruler = document.createElement("canvas").getContext("2d");
const RULER = 100; // pixels of the font that words are measured in
const NEAR = "50% 0px"; // what is drawn ahead, beyond what is in sight
let pdf = "", sizes = [];

// nothing moves while a picture is on the way: the frames have their shape from the beginning
export function frames(digest, shapes) {
  pdf = digest;
  sizes = shapes;
  while (pages.children.length > sizes.length) pages.lastChild.remove();
  sizes.forEach(([width, height], index) => {
    const frame = pages.children[index] || pages.appendChild(newFrame(index + 1));
    frame.style.aspectRatio = `${width} / ${height}`;
  });
  for (const frame of insight) draw(frame);
  spell();
  where();
}

function newFrame(number) {
  const frame = document.createElement("div"), image = document.createElement("img"), text = document.createElement("div");
  frame.className = "page";
  image.alt = `page ${number}`;
  image.hidden = true;
  text.className = "text";
  frame.append(image, text);
  near.observe(frame);
  return frame;
}

const numberOf = (frame) => [...pages.children].indexOf(frame) + 1;

// fetch what a page shows now; null where the browser has it already or it is not to be had
async function fetched(path, tag) {
  const known = tag ? { "If-None-Match": tag } : {};
  const answer = await fetch(path, { cache: "no-store", headers: known });
  if (answer.status !== 200 && answer.status !== 304) throw new Error(path);
  return answer.status === 200 ? answer : null;
}

// the old picture stays until the new one can be drawn
async function draw(frame) {
  const number = numberOf(frame);
  const width = Math.min(3000, Math.max(100, Math.round(frame.clientWidth * devicePixelRatio)));
  const wanted = `${pdf} ${width}`;
  if (!number || !pdf || frame.dataset.shown === wanted || frame.dataset.asked === wanted) return;
  frame.dataset.asked = wanted;
  try {
    const answer = await fetched(`/page/${number}?width=${width}`, frame.dataset.tag);
    if (answer) {
      const fresh = new Image();
      fresh.alt = `page ${number}`;
      fresh.src = URL.createObjectURL(await answer.blob());
      await fresh.decode();
      if (frame.dataset.asked !== wanted) return URL.revokeObjectURL(fresh.src);
      URL.revokeObjectURL(frame.firstChild.src);
      frame.firstChild.replaceWith(fresh);
      frame.dataset.tag = answer.headers.get("ETag");
      frame.dataset.drawn = Number(frame.dataset.drawn || 0) + 1;
    }
    frame.dataset.shown = wanted;
  } catch (problem) {
    // the next state or the next sight of the page asks again
  } finally {
    if (frame.dataset.asked === wanted) delete frame.dataset.asked;
  }
}

// the words of every page, so that a search finds them; one page at a time, those in sight first
let spelling = "";
async function spell() {
  const wanted = pdf;
  if (!wanted || spelling === wanted) return;
  spelling = wanted;
  const ahead = [...insight], rest = [...pages.children].filter((frame) => !insight.has(frame));
  for (const frame of [...ahead, ...rest]) {
    const number = numberOf(frame);
    if (pdf !== wanted || !number) continue;
    try {
      const answer = await fetched(`/text/${number}`, frame.dataset.words);
      if (answer) {
        frame.children[1].replaceChildren(...(await answer.json()).map((line) => written(line, sizes[number - 1][0])));
        frame.dataset.words = answer.headers.get("ETag");
      }
    } catch (problem) {
      spelling = ""; // the next state asks again
    }
  }
}

// a line of words and gaps, each stretched to the width that it has on the page
function written([top, bottom, words], pageWidth) {
  const line = document.createElement("div"), height = bottom - top;
  ruler.font = `${RULER}px serif`;
  line.style.left = `${(100 * words[0][1]) / pageWidth}cqw`;
  line.style.top = `${(100 * top) / pageWidth}cqw`;
  line.style.fontSize = `${(100 * height) / pageWidth}cqw`;
  words.forEach(([text, left, right], index) => {
    if (index) line.append(stretched(" ", (left - words[index - 1][2]) / height));
    line.append(stretched(text, (right - left) / height));
  });
  return line;
}

function stretched(text, wide) {
  const span = document.createElement("span");
  span.textContent = text;
  span.style.letterSpacing = `${(wide - ruler.measureText(text).width / RULER) / [...text].length}em`;
  return span;
}

const insight = new Set();
const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) { insight.add(target); draw(target); } else insight.delete(target);
  }
}, { root: pages, rootMargin: NEAR });
addEventListener("resize", () => { for (const frame of insight) draw(frame); });

// the page that the middle of the window shows
function where() {
  const middle = pages.scrollTop + pages.clientHeight / 2;
  const shown = [...pages.children].filter((frame) => frame.offsetTop - pages.offsetTop <= middle).length;
  place.textContent = sizes.length ? `page ${Math.max(1, shown)} of ${sizes.length}` : "no page yet";
  for (const told of listeners) told(Math.max(1, shown));
}
const listeners = [];
export const onPage = (listener) => listeners.push(listener);
pages.addEventListener("scroll", where);

// bring a place, in points from a page's top, into sight
export function goTo(number, top, mark = false) {
  const frame = pages.children[number - 1];
  if (!frame) return;
  const down = (top / sizes[number - 1][1]) * frame.clientHeight;
  pages.scrollTop = frame.offsetTop - pages.offsetTop + down - pages.clientHeight / 3;
  document.querySelector(".sought")?.remove();
  if (!mark) return;
  const band = document.createElement("div");
  band.className = "sought";
  band.style.top = `calc(${(100 * top) / sizes[number - 1][1]}% - 1.2em)`;
  frame.append(band);
}

// mark what changed: page, left, top, right, bottom in points
let changes = [], current = -1;
export function mark(found) {
  for (const old of document.querySelectorAll(".mark")) old.remove();
  changes = found.filter(([number]) => pages.children[number - 1]);
  current = -1;
  for (const change of changes) {
    const [number, left, top, right, bottom] = change, [width, height] = sizes[number - 1];
    const box = document.createElement("div");
    box.className = "mark";
    box.style.left = `${(100 * left) / width}%`;
    box.style.top = `${(100 * top) / height}%`;
    box.style.width = `${(100 * (right - left)) / width}%`;
    box.style.height = `${(100 * (bottom - top)) / height}%`;
    pages.children[number - 1].append(box);
    change.box = box;
  }
  const seen = changes.some(({ box }) => visible(box));
  if (changes.length && !seen) nextChange(1);
}

function visible(box) {
  const inner = box.getBoundingClientRect(), outer = pages.getBoundingClientRect();
  return inner.top >= outer.top && inner.bottom <= outer.bottom;
}

export function nextChange(step) {
  if (!changes.length) return;
  changes[current]?.box.classList.remove("current");
  current = current < 0 && step < 0 ? changes.length - 1 : (current + step + changes.length) % changes.length;
  const [number, , top] = changes[current];
  changes[current].box.classList.add("current");
  goTo(number, top);
}

// a click that selects nothing asks what is there; whoever selects a word clicks again at once
export function onPoint(listener) {
  pages.addEventListener("click", (event) => {
    const frame = event.target.closest(".page");
    if (!frame || !getSelection().isCollapsed) return;
    const edge = frame.getBoundingClientRect(), [width, height] = sizes[numberOf(frame) - 1];
    const x = ((event.clientX - edge.left) / edge.width) * width, y = ((event.clientY - edge.top) / edge.height) * height;
    listener(numberOf(frame), x.toFixed(2), y.toFixed(2));
  });
}
