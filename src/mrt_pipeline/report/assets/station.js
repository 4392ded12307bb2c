// One station with its exits: what is published, why, and what was noticed.

function stationParts(station) {
  return [
    make("a", { href: "#stations", class: "back" }, "← All stations"),
    make("h2", { id: "station-name", tabindex: "-1" }, station.name, " ", chipsOf(station)),
    paragraph("quiet", summaryOf(station)),
    factList([
      ...station.codes.map(codeFact),
      ...station.former.map(formerFact),
      ...namesOf(station).map(nameFact),
      ["Position", `${station.lat}, ${station.lng}`],
    ]),
    evidenceFold(() =>
      [
        evidenceItems("Station", station.why),
        station.codes.map((one) => evidenceItems(`Code ${one.code}`, one.why)),
        station.names ? evidenceItems("Names", station.names[1]) : [],
      ].flat(2),
    ),
    notes(
      "Findings",
      station.findings.map((found) => item(levelMark(found.severity), " ", found.message)),
    ),
    notes(
      "Changed since the last run",
      station.changes.map((found) => item(make("strong", {}, found.title), ": ", found.text)),
    ),
    station.trains.length ? folded("trains", "First and last trains", () => trainParts(station)) : [],
    make("h3", {}, station.exits.length ? "Exits" : "No exits"),
    station.exits.map((exit) => exitFold(exit, exit === choices.exit || station.exits.length === 1)),
  ].flat();
}

const DAYS = {
  weekday: "Weekdays",
  saturday: "Saturdays",
  sunday_public_holiday: "Sundays and public holidays",
};

function trainParts({ trains }) {
  return [
    table("stops", null, ["Platform", "Days", "First train", "Last train"], trains.map(trainRow)),
    evidenceFold(() =>
      trains.flatMap(({ service, days, why }) => evidenceItems(`${service}, ${DAYS[days] ?? wordsOf(days)}`, why)),
    ),
  ];
}

function trainRow({ platform, service, days, first, last, isNextDay, confidence }) {
  return [
    [codeChip(platform), ` ${directionOf(platform)}`, span("quiet", ` ${service}`)],
    DAYS[days] ?? wordsOf(days),
    first,
    [last, isNextDay ? " on the next day" : null, trust(confidence)],
  ];
}

function summaryOf(station) {
  const modes = new Set(station.lines.map((line) => lineOf(line).mode.toUpperCase()));
  const kind = station.isInterchange ? "interchange" : "station";
  const numbers = `${count(station.exits.length, "exit")}, ${count(station.stopCodes.size, "bus stop")}`;
  return `${[...modes].join(" and ")} ${kind}, ${numbers}`;
}

function codeFact({ code, line, opened }) {
  return [code, `${lineOf(line).name}, ${opened ? `open since ${day(opened)}` : "opening date unknown"}`];
}

function formerFact([code, until, successor]) {
  return [code, `former code, until ${day(until)}${successor ? `; now ${successor}` : ""}`];
}

const LANGUAGES = { "zh-Hans": "Chinese", ms: "Malay", ta: "Tamil" };

function namesOf({ names }) {
  return names ? Object.entries(names[0]) : [];
}

function nameFact([language, name]) {
  return [LANGUAGES[language], make("span", { lang: language }, name)];
}

function notes(title, items) {
  return items.length ? [make("h3", {}, title), list("notes", items)] : [];
}

function exitFold(exit, isOpen) {
  const summary = [
    exitChip(exit),
    span(null, exit.code),
    stepFreeMark(exit.access.stepFree),
    span("quiet", count(exit.stops.length, "bus stop")),
  ];
  const fold = folded("exit", summary, () => exitParts(exit), isOpen);
  fold.dataset.exit = exit.id;
  fold.firstChild.addEventListener("click", () => {
    if (!fold.open) goQuietly(choices.station, exit);
  });
  return fold;
}

function exitParts(exit) {
  return [
    paragraph(
      "quiet",
      `${exit.id}, at ${exit.lat}, ${exit.lng} `,
      mapLinks(`exit ${exit.label}`, exit),
    ),
    make("h4", {}, "Platforms"),
    exit.platforms.length ? list("plain", exit.platforms.map(platformItem)) : paragraph(null, "None known."),
    make("h4", {}, "Access"),
    accessOf(exit.access),
    make("h4", {}, "Bus stops"),
    exit.stops.length
      ? table("stops", null, ["Bus stop", "Location and services"], exit.stops.map(stopRow))
      : paragraph(null, "None nearby."),
    ...exit.parts
      .filter(({ records }) => records.length)
      .flatMap(({ title, records }) => [make("h4", {}, title), list("plain", records.map(recordItem))]),
    evidenceFold(() => exitEvidence(exit)),
  ];
}

/** Return a platform's letters, and where its trains go. */
function directionOf(platform) {
  const towards = platform.towards === platform.next ? "" : `towards ${nameOf(platform.towards)}, `;
  const signs = platform.letters.join(" and ");
  const letter = signs ? `platform${platform.letters.length > 1 ? "s" : ""} ${signs}, ` : "";
  return `${letter}${towards}next ${nameOf(platform.next)}`;
}

function platformItem({ platform, isSameBuilding, confidence }) {
  const elsewhere = isSameBuilding
    ? null
    : span("quiet", ", in another building of the interchange");
  return item(
    codeChip(platform),
    ` ${directionOf(platform)}`,
    elsewhere,
    trust(weaker(platform.confidence, confidence)),
  );
}

/** Return the lower of two confidences: that of the platform, and that the exit leads there. */
function weaker(one, other) {
  const order = ["low", "medium", "high"];
  return order[Math.min(order.indexOf(one), order.indexOf(other))];
}

function nameOf(code) {
  return stationNames.has(code) ? `${stationNames.get(code)} (${code})` : code;
}

function accessOf({ stepFree, features, confidence, why, outOfService }) {
  if (why === null)
    return paragraph(null, stepFreeMark("unknown"), " — no usable statement about access at this exit.");
  const named = features.map(wordsOf).join(", ");
  const fault = outOfService ? span("named", ` — lift out of service on ${outOfService}`) : null;
  return paragraph(null, stepFreeMark(stepFree), named ? ` — ${named}` : null, fault, trust(confidence));
}

function stopRow({ stop, relation, distance, confidence }) {
  const where = `${RELATIONS[relation] ?? relation}, ${Math.round(distance)} m`;
  return [
    [
      code(stop.code),
      " ",
      stop.description,
      span("quiet", ` ${stop.road} `),
      mapLinks(`bus stop ${stop.code}`, stop),
    ],
    [
      span(relation === "nearby" ? null : "named", where),
      trust(confidence),
      make("div", { class: "services" }, stop.services.join(" ")),
    ],
  ];
}

function recordItem({ name, facts, confidence }) {
  const known = facts.map(factWords).join(", ");
  return item(name, known ? span("quiet", ` ${known}`) : null, trust(confidence));
}

function factWords([attribute, value]) {
  if (attribute.endsWith("_m")) return `${Math.round(value)} m`;
  if (typeof value === "boolean") return `${wordsOf(attribute.replace(/^is_/, ""))}: ${value ? "yes" : "no"}`;
  return wordsOf([value].flat().join(", "));
}

function wordsOf(text) {
  return text.replaceAll("_", " ");
}

/** Return a confidence that is not high. */
function trust(confidence) {
  return confidence && confidence !== "high" ? span("quiet", ` (${confidence} confidence)`) : null;
}

function exitEvidence(exit) {
  return [
    ["Exit", exit.why],
    ...exit.platforms.flatMap(({ platform, why }) => [
      [`Platform at ${platform.code} for trains to ${platform.next}`, platform.why],
      [`Route to the platform at ${platform.code} for trains to ${platform.next}`, why],
    ]),
    ...exit.stops.map(({ stop, why }) => [`Bus stop ${stop.code}`, why]),
    ["Access", exit.access.why],
    ...exit.parts.flatMap(({ records }) => records.map(({ name, why }) => [name, why])),
  ].flatMap(([what, why]) => (why === null ? [] : evidenceItems(what, why)));
}

/** Show a chosen station instead of the list, where it is seen and read out; none: the list again. */
function followStation(changed) {
  if (!("station" in changed)) return;
  const { station, exit } = changed;
  const panel = find("station");
  const before = panel.dataset.slug;
  find("finder").hidden = station !== null;
  panel.hidden = station === null;
  panel.dataset.slug = station?.slug ?? "";
  document.title = station ? `${station.name} – ${TITLE}` : TITLE;
  if (station) {
    panel.replaceChildren(...stationParts(station));
    panel.scrollTop = 0;
    focusStation(panel, exit);
  } else {
    const row = rows.get(stationBySlug.get(before))?.firstChild;
    (row?.isConnected ? row : find("stations")).focus();
  }
}

function focusStation(panel, exit) {
  find("workbench").scrollIntoView({ block: "start" });
  const opened = [...panel.querySelectorAll(".exit")].find((fold) => fold.dataset.exit === exit?.id);
  (opened?.firstChild ?? find("station-name")).focus({ preventScroll: true });
  opened?.scrollIntoView({ block: "nearest" });
}
