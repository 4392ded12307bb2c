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

/** Return a text to search in: without case, accents, hyphens and spaces. */
function fold(text) {
  return text.normalize("NFKD").toLowerCase().replace(/[\p{M}\s\-’'.]/gu, "");
}

const STILL = matchMedia("(prefers-reduced-motion: reduce)");
