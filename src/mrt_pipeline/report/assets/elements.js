// Elements are made here and nowhere else: what is shown is always set as text, never read as markup.

const SVG = "http://www.w3.org/2000/svg";

/** Return an HTML element; `on…` properties are listeners, others attributes; null children are left out. */
function make(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** Return an SVG element in the same way. */
function draw(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** Return the element of the frame with this id. */
function find(id) {
  return document.getElementById(id);
}

/** Return a number with its noun. */
function count(number, one, several = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : several}`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Return `2026-07-12` as `12 Jul 2026`, and a time with its hour, which is UTC. */
function day(text) {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?/.exec(text);
  if (!found) return text;
  const [, year, month, date, hour] = found;
  return `${Number(date)} ${MONTHS[month - 1]} ${year}${hour ? `, ${hour} UTC` : ""}`;
}

/** Return a link out of the page, or plain text when its address is not one of the web. */
function link(address, text) {
  const isWeb = /^https?:\/\//i.test(address ?? "");
  return isWeb ? make("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, text) : text;
}

/** Return the text colour, black or white, that reads better on a colour. */
function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const value = parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

/** Return a text as it is searched: without case, accents, hyphens and spaces. */
function simplify(text) {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\p{M}\s\-’'.]/gu, "");
}

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

// ---- Elements that come in groups ----

function list(name, items) {
  return make("ul", { class: name }, items.filter(Boolean));
}

function item(...children) {
  return make("li", {}, ...children);
}

function paragraph(name, ...children) {
  return make("p", { class: name }, ...children);
}

function span(name, ...children) {
  return make("span", { class: name }, ...children);
}

function code(text) {
  return make("code", {}, text);
}

/** Return names and values below each other; pairs without a value are left out. */
function factList(pairs) {
  const there = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return make(
    "dl",
    { class: "facts" },
    there.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]),
  );
}

/** Return a table whose first column names the rows. */
function table(name, caption, heads, rows) {
  const head = make(
    "tr",
    {},
    heads.map((title) => make("th", { scope: "col" }, span(null, title))),
  );
  const body = rows.map(([first, ...others]) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, first),
      others.map((cell) => make("td", {}, cell)),
    ),
  );
  return make(
    "table",
    { class: name },
    caption && make("caption", {}, caption),
    make("thead", {}, head),
    make("tbody", {}, body),
  );
}

/** Return something that opens; its content is made only then, for there are thousands. */
function folded(name, summary, makeContent, isOpen = false) {
  const details = make("details", { class: name, open: isOpen }, make("summary", {}, summary));
  const open = () => {
    if (details.open && details.children.length === 1)
      details.append(...[makeContent()].flat(Infinity).filter(Boolean));
  };
  details.addEventListener("toggle", open);
  open();
  return details;
}

/** Return a live line that is read out when it changes. */
function liveLine() {
  return make("p", { class: "count", role: "status", "aria-live": "polite" });
}

/** Return a button that stays pressed; `changed` is told whether it is. */
function toggle(isPressed, properties, changed, ...children) {
  const button = make(
    "button",
    { type: "button", "aria-pressed": String(isPressed), ...properties },
    ...children,
  );
  button.addEventListener("click", () => {
    const now = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(now));
    changed(now);
  });
  return button;
}
