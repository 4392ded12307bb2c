// What stands on the map: made once each, and put in its place with every drawing.

const TICK = "M-2.6 0.2 L-0.6 2.4 L2.8 -2.2";
const CROSS = "M-2.4 -2.4 L2.4 2.4 M2.4 -2.4 L-2.4 2.4";

/** Return a track's line, and below it the casing that sets it off from others, or marks it as changed. */
function trackPaths(track) {
  const line = lineOf(track.line);
  const width = line.mode === "lrt" ? "narrow" : "";
  const casing = draw("path", { class: `${width}${changedLines.has(track.line) ? " changed" : ""}` });
  return { track, line, casing, path: draw("path", { class: width, stroke: line.colour }) };
}

/** Return a station's symbol: a button whose name says what the mark shows. */
function stationSymbol(station) {
  const kind = station.isInterchange ? "interchange" : station.type;
  const dot = draw("circle", { class: "dot" });
  if (!station.isInterchange) dot.setAttribute("stroke", lineOf(station.codes[0]?.line).colour);
  const badges = [changeBadge(station.mark), findingBadge(station.gravest)].filter(Boolean);
  const properties = {
    class: `stop-symbol ${kind}`,
    role: "button",
    tabindex: "-1",
    "data-slug": station.slug,
    "aria-label": describeStation(station),
  };
  const halo = draw("circle", { class: "halo" });
  return Object.assign(draw("g", properties, halo, dot, badges), { station, halo, dot, badges });
}

function describeStation(station) {
  const codes = station.codes.map((code) => code.code).join(" ");
  const parts = [station.name, codes, count(station.exits.length, "exit")];
  if (station.gravest) parts.push(count(station.findings.length, "finding"));
  if (station.mark) parts.push(station.mark.words);
  return parts.join(", ");
}

function changeBadge(mark) {
  if (!mark) return null;
  const frame = draw("rect", { x: -6, y: -6, width: 12, height: 12, rx: 2 });
  return draw("g", { class: "badge change" }, frame, centred(mark.glyph, 3.6));
}

function findingBadge(severity) {
  if (!severity) return null;
  const triangle = draw("path", { d: "M0 -7.5 L7.5 6 L-7.5 6 Z" });
  return draw("g", { class: `badge finding ${severity}` }, triangle, centred("!", 4.6));
}

function centred(text, y, properties = {}) {
  return draw("text", { "text-anchor": "middle", y, ...properties }, text);
}

/** Return an exit's symbol: its label on the colour of its building's line, and step-free access if known. */
function exitSymbol(station, exit) {
  const { stepFree } = exit.access;
  const { colour, ink } = lineOf(exit.line);
  const label = exit.label.length > 6 ? `${exit.label.slice(0, 5)}…` : exit.label;
  const width = Math.max(16, widthOf(label, `700 11px ${FONT}`) + 8);
  const symbol = draw(
    "g",
    { class: `exit-symbol ${stepFree}` },
    draw("rect", { x: -width / 2, y: -8, width, height: 16, rx: 3, fill: colour }),
    centred(label, 4, { fill: ink }),
    stepFreeBadge(stepFree, width / 2),
    draw("title", {}, `${station.name} exit ${exit.label}, step-free: ${stepFree}`),
  );
  return Object.assign(symbol, { station, exit, width });
}

/** Return a line from an exit's place to its marker, if that was moved. */
function leader([x, y], [a, b]) {
  if (Math.hypot(x - a, y - b) < 2) return [];
  return [draw("path", { d: `M${x} ${y}L${a} ${b}` }), draw("circle", { cx: x, cy: y, r: 2.5 })];
}

/** Return a tick in a circle for yes, a cross in a square for no; what is unknown has no badge at all. */
function stepFreeBadge(stepFree, east) {
  if (stepFree === "unknown") return null;
  const frame =
    stepFree === "yes" ? draw("circle", { r: 5.5 }) : draw("rect", { x: -5, y: -5, width: 10, height: 10 });
  const sign = draw("path", { d: stepFree === "yes" ? TICK : CROSS });
  return draw("g", { class: "step-free", transform: `translate(${east + 1} -8)` }, frame, sign);
}

function stopSymbol(stop) {
  const symbol = draw(
    "g",
    { class: "bus-stop" },
    draw("rect", { x: -4.5, y: -5.5, width: 9, height: 11, rx: 2.5 }),
    draw("path", { d: "M-2.5 -2.5 H2.5 M-2.5 1.5 H2.5" }),
    draw("title", {}, `Bus stop ${stop.code}, ${stop.description}`),
  );
  return Object.assign(symbol, { stop });
}

function futureSymbol(station) {
  return Object.assign(draw("circle", { r: 3 }, draw("title", {}, `${station.name} (future)`)), { station });
}

/** Put a symbol in its place, and remember where that is. */
function put(symbol, [x, y]) {
  symbol.place = [x, y];
  symbol.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  return symbol;
}
