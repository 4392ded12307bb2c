// The list of stations, and one station with its exits: what is published, why, and what was noticed.

const RELATIONS = {
  at: "at the exit",
  opposite: "opposite the exit",
  before: "before the exit",
  after: "after the exit",
  nearby: "nearby",
  listed: "listed by a wiki page",
};

const STEP_FREE = { yes: ["✓", "Step-free: yes"], no: ["✕", "Step-free: no"], unknown: ["?", "Step-free: unknown"] };
const LEVELS = { error: ["✕", "Error"], warning: ["!", "Warning"], info: ["i", "Info"] };

/** Return a station code on its line's colour. */
function codeChip(code) {
  return lineChip(code.line, code.code);
}

/** Return an exit's label on the colour of its building's line. */
function exitChip(exit) {
  return lineChip(exit.line, `Exit ${exit.label}`);
}

function lineChip(name, text) {
  const line = lines.get(name);
  const chip = make("span", { class: "code" }, text);
  chip.style.background = line?.colour ?? "#666666";
  chip.style.color = line?.ink ?? "#ffffff";
  return chip;
}

function chipsOf(station) {
  return make("span", { class: "codes" }, station.codes.map(codeChip));
}

/** Return step-free access as a mark of its own shape with words. */
function stepFreeMark(value) {
  const [glyph, words] = STEP_FREE[value];
  return make("span", { class: `step-free ${value}` }, make("span", { class: "glyph", "aria-hidden": "true" }, glyph), words);
}

/** Return a severity as a mark with its word. */
function levelMark(severity) {
  const [glyph, words] = LEVELS[severity];
  return make("span", { class: `level ${severity}` }, make("span", { class: "glyph", "aria-hidden": "true" }, glyph), words);
}

function stationLink(station, text = station.name, exit = null) {
  return make("a", { href: addressOf(station, exit) }, text);
}

// ---- The list -------------------------------------------------------------------------------------------

const rows = new Map(stations.map((station) => [station, make("li", {},
  make("a", { href: addressOf(station), "data-slug": station.slug },
    chipsOf(station), make("span", { class: "name" }, station.name),
    station.mark ? make("span", { class: `flag change` }, station.mark.words.replace(" since the last run", "")) : null,
    station.gravest ? make("span", { class: `flag ${station.gravest}` }, count(station.findings.filter((item) => item.severity === station.gravest).length, station.gravest)) : null))]));

function listStations() {
  const found = suitable();
  find("list").replaceChildren(...found.map((station) => rows.get(station)));
  const onLines = [...choices.lines].map((line) => lines.get(line).code).join(", ");
  const order = choices.lines.size === 1 ? ", in travel order" : "";
  find("count").textContent = found.length
    ? `${count(found.length, "station")}${onLines ? ` on ${onLines}` : ""}${order}`
    : "No station is like that.";
}

function makeFinder() {
  const search = find("search");
  search.addEventListener("input", () => choose({ words: search.value }));
  find("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const [first] = suitable();
    if (first && choices.words) go(first);
  });
  find("lines").append(...[...lines.values()].filter((line) => line.open).map(lineButton));
  const only = find("only");
  for (const [name, [words]] of Object.entries(ONLY)) only.append(make("option", { value: name }, words));
  only.addEventListener("change", () => choose({ only: only.value }));
  watch((changed) => {
    if (["lines", "words", "only"].some((name) => name in changed)) listStations();
  });
  listStations();
}

function lineButton(line) {
  const button = make("button", { type: "button", "aria-pressed": "false", title: line.name, "data-line": line.code,
    onclick: () => {
      const chosen = new Set(choices.lines);
      if (!chosen.delete(line.code)) chosen.add(line.code);
      button.setAttribute("aria-pressed", String(chosen.has(line.code)));
      choose({ lines: chosen });
    } }, make("span", { class: "swatch" }), line.code, make("span", { class: "unseen" }, ` ${line.name}`));
  button.firstChild.style.background = line.colour;
  return button;
}

// ---- One station ----------------------------------------------------------------------------------------

function showStation(station) {
  const panel = find("station");
  find("finder").hidden = station !== null;
  panel.hidden = station === null;
  if (!station) return;
  panel.replaceChildren(...[
    make("a", { href: "#stations", class: "back" }, "← All stations"),
    make("h2", { id: "station-name", tabindex: "-1" }, station.name, " ", chipsOf(station)),
    make("p", { class: "quiet" }, summaryOf(station)),
    make("dl", { class: "facts" }, station.codes.flatMap(codeFacts), formerFacts(station),
      make("dt", {}, "Position"), make("dd", {}, `${station.lat}, ${station.lng}`)),
    evidenceFold(() => [...evidenceItems("Station", station.why), ...station.codes.flatMap((code) => evidenceItems(`Code ${code.code}`, code.why))]),
    notesOf("Findings", station.findings.map((finding) => make("li", {}, levelMark(finding.severity), " ", finding.message))),
    notesOf("Changed since the last run", station.changes.map((item) => make("li", {}, make("strong", {}, item.title), ": ", item.text))),
    make("h3", {}, station.exits.length ? "Exits" : "No exits"),
    station.exits.map((exit) => exitFold(station, exit)),
  ].flat(Infinity));
}

function summaryOf(station) {
  const kinds = new Set(station.lines.map((line) => lines.get(line)?.mode === "lrt" ? "LRT" : "MRT"));
  const stopCodes = station.stopCodes.size;
  return `${[...kinds].join(" and ")} ${station.isInterchange ? "interchange" : "station"}, `
    + `${count(station.exits.length, "exit")}, ${count(stopCodes, "bus stop")}`;
}

function codeFacts(code) {
  return [make("dt", {}, code.code), make("dd", {}, `${lines.get(code.line)?.name ?? code.line}, ${code.opened ? `open since ${day(code.opened)}` : "opening date unknown"}`)];
}

function formerFacts(station) {
  return station.former.flatMap(([code, until, successor]) =>
    [make("dt", {}, code), make("dd", {}, `former code, until ${day(until)}${successor ? `; now ${successor}` : ""}`)]);
}

function notesOf(title, items) {
  return items.length ? [make("h3", {}, title), make("ul", { class: "notes" }, items)] : [];
}

function exitFold(station, exit) {
  const fold = make("details", { class: "exit", "data-exit": exit.id, open: exit === choices.exit || station.exits.length === 1 },
    make("summary", {},
      exitChip(exit), make("span", {}, exit.code), stepFreeMark(exit.access.stepFree),
      make("span", { class: "quiet" }, count(exit.stops.length, "bus stop"))));
  const fill = () => {
    if (fold.open && fold.children.length === 1) fold.append(...exitParts(exit));
  };
  fold.addEventListener("toggle", fill);
  fill();
  return fold;
}

function exitParts(exit) {
  return [
    make("p", { class: "quiet" }, `${exit.id}, at ${exit.lat}, ${exit.lng}`),
    make("h4", {}, "Platforms"), platformList(exit),
    make("h4", {}, "Access"), accessOf(exit),
    make("h4", {}, "Bus stops"), stopTable(exit),
    ...(exit.landmarks.length ? [make("h4", {}, "Landmarks"), make("ul", { class: "plain" }, exit.landmarks.map((landmark) => make("li", {}, landmark.name, trust(landmark.confidence))))] : []),
    evidenceFold(() => exitEvidence(exit)),
  ];
}

function trust(confidence) {
  return confidence && confidence !== "high" ? make("span", { class: "quiet" }, ` (${confidence} confidence)`) : null;
}

function nameOf(code) {
  return stationNames.has(code) ? `${stationNames.get(code)} (${code})` : code;
}

function platformList(exit) {
  if (!exit.platforms.length) return make("p", {}, "None known.");
  return make("ul", { class: "plain" }, exit.platforms.map((platform) => make("li", {},
    codeChip(platform), " ", platform.letter ? `platform ${platform.letter}, ` : "",
    platform.towards === platform.next ? `next ${nameOf(platform.next)}` : `towards ${nameOf(platform.towards)}, next ${nameOf(platform.next)}`,
    platform.isSameBuilding ? null : make("span", { class: "quiet" }, ", in another building of the interchange"),
    trust(platform.confidence))));
}

function accessOf(exit) {
  const { stepFree, features, confidence } = exit.access;
  if (stepFree === "unknown" && !features.length) {
    return make("p", {}, stepFreeMark("unknown"), " — no source says anything about this exit.");
  }
  return make("p", {}, stepFreeMark(stepFree), features.length ? ` — ${features.map((name) => name.replaceAll("_", " ")).join(", ")}` : null, trust(confidence));
}

function stopTable(exit) {
  if (!exit.stops.length) return make("p", {}, "None within reach.");
  return make("table", { class: "stops" },
    make("thead", {}, make("tr", {}, ["Bus stop", "Where, and services"].map((title) => make("th", { scope: "col" }, title)))),
    make("tbody", {}, exit.stops.map((item) => make("tr", {},
      make("th", { scope: "row" }, make("code", {}, item.stop.code), " ", item.stop.description, make("span", { class: "quiet" }, ` ${item.stop.road}`)),
      make("td", {},
        make("span", { class: item.relation === "nearby" ? null : "named" }, `${RELATIONS[item.relation] ?? item.relation}, ${Math.round(item.distance)} m`),
        trust(item.confidence), make("div", { class: "services" }, item.stop.services.join(" ")))))));
}

function exitEvidence(exit) {
  return [
    ...evidenceItems("Exit", exit.why),
    ...exit.platforms.flatMap((platform) => evidenceItems(`Platform of ${platform.code} to ${platform.next}`, platform.why)),
    ...exit.stops.flatMap((item) => evidenceItems(`Bus stop ${item.stop.code}`, item.why)),
    ...(exit.access.why === null ? [] : evidenceItems("Access", exit.access.why)),
    ...exit.landmarks.flatMap((landmark) => evidenceItems(landmark.name, landmark.why)),
  ];
}

/** Bring a chosen station to where it is read, and to those who listen. */
function followStation(changed) {
  if (!("station" in changed)) return;
  const before = find("station").dataset.slug;
  showStation(changed.station);
  find("station").dataset.slug = changed.station?.slug ?? "";
  if (!changed.station) {
    const row = before && rows.get(stationBySlug.get(before))?.firstChild;
    (row?.isConnected ? row : find("stations")).focus({ preventScroll: false });
    return;
  }
  find("workbench").scrollIntoView({ block: "start" });
  const opened = changed.exit && [...find("station").querySelectorAll(".exit")].find((fold) => fold.dataset.exit === changed.exit.id);
  const target = opened ? opened.querySelector("summary") : find("station-name");
  target.focus({ preventScroll: Boolean(opened) });
  opened?.scrollIntoView({ block: "nearest" });
}
