// The content of the page, expanded: condensing.py and content.py write what this reads.

const content = JSON.parse(find("content").textContent);

const lines = new Map(content.lines.map((line) => [line.code, { ...line, ink: inkOn(line.colour) }]));

/** Return a line by its code; one that the network's table does not know is grey. */
function lineOf(code) {
  return lines.get(code) ?? { code, name: code, mode: "mrt", colour: "#666666", ink: "#ffffff" };
}

const METHODS = {
  record: "as recorded",
  topology: "from the order of stations",
  geometry: "computed from positions",
  deduction: "derived from the values cited",
  rule: "read by a rule",
  model: "read by a language model, found again in the text",
};

const documents = content.documents;

const reasons = content.reasons.map(([document, method, record, quote, start, end, alignment]) => ({
  document: documents[document],
  method: METHODS[method] ?? method,
  record,
  quote,
  start,
  end,
  alignment,
}));

/** Return the reasons of a record: pairs of field names and reasons, those of one reason together. */
function reasonsOf(why) {
  const grouped = new Map();
  for (const [field, numbers] of Object.entries(content.whys[why])) {
    const key = numbers.join();
    if (!grouped.has(key))
      grouped.set(key, { fields: [], reasons: numbers.map((number) => reasons[number]) });
    grouped.get(key).fields.push(field);
  }
  return [...grouped.values()];
}

const platforms = content.platforms.map(
  ([code, line, towards, next, letters, confidence, why]) => ({
    code,
    line,
    towards,
    next,
    letters,
    confidence,
    why,
  }),
);

const stops = content.stops.map(([code, description, road, at, services, [lat, lng]]) => ({
  code,
  description,
  road,
  at,
  services,
  lat,
  lng,
}));

function readExit(row) {
  const [stepFree, features, outOfService, confidence, why] = row.access ?? ["unknown", [], null, null, null];
  return {
    ...row,
    platforms: (row.platforms ?? []).map(([number, isSameBuilding, trust, reason = null]) => ({
      platform: platforms[number],
      isSameBuilding,
      confidence: trust,
      why: reason,
    })),
    stops: (row.stops ?? []).map(([number, relation, distance, trust, reason]) => ({
      stop: stops[number],
      relation,
      distance,
      confidence: trust,
      why: reason,
    })),
    access: { stepFree, features, confidence, why, outOfService },
    parts: content.parts.map(({ name, title, attributes }) => ({
      title,
      records: (row[name] ?? []).map((values) => readRecord(attributes, values)),
    })),
  };
}

/** Return a record of an exit: its name, what else is said of it as pairs, its confidence and reasons. */
function readRecord(attributes, values) {
  const [[, name], ...facts] = attributes.map((attribute, place) => [attribute, values[place]]);
  const { confidence } = Object.fromEntries(facts);
  const others = facts.filter(([attribute, value]) => attribute !== "confidence" && `${value ?? ""}`);
  return { name, facts: others, confidence, why: values.at(-1) };
}

function readTrains([number, service, days, first, last, isNextDay, confidence, why]) {
  return { platform: platforms[number], service, days, first, last, isNextDay, confidence, why };
}

function readCodes(rows) {
  return rows.map(([code, line, opened, why]) => ({ code, line, opened, why }));
}

const stations = content.stations.map((row, number) => {
  const codes = readCodes(row.codes);
  return {
    ...row,
    number,
    codes,
    lines: [...new Set(codes.map((code) => code.line))],
    isInterchange: codes.length > 1,
    exits: row.exits.map(readExit),
    trains: row.trains.map(readTrains),
    findings: [],
    changes: [],
    mark: null,
  };
});

const future = content.future.map((row) => ({ ...row, codes: readCodes(row.codes) }));

const stationBySlug = new Map(stations.map((station) => [station.slug, station]));

const stationNames = new Map(
  [...future, ...stations].flatMap((station) => station.codes.map((code) => [code.code, station.name])),
);

for (const finding of content.findings) {
  if (finding.station !== undefined) stations[finding.station].findings.push(finding);
}

// How a changed station is marked: a sign for those who cannot tell colours, and words for those who listen.
const MARKS = {
  opened: ["+", "opened since the last run"],
  renamed: ["N", "renamed since the last run"],
  renumbered: ["#", "renumbered since the last run"],
  code: ["#", "codes changed since the last run"],
  exit: ["E", "exits changed since the last run"],
  moved: ["M", "moved since the last run"],
  value: ["≠", "values changed since the last run"],
};

const changedLines = new Set();

for (const group of content.changes?.groups ?? []) {
  for (const item of group.items) {
    if (item.line) changedLines.add(item.line);
    for (const number of item.stations ?? [item.station]) {
      stations[number]?.changes.push({ title: group.title, ...item });
    }
    if (MARKS[group.kind] && item.station !== undefined) {
      const [glyph, words] = MARKS[group.kind];
      stations[item.station].mark ??= { kind: group.kind, glyph, words };
    }
  }
}

for (const station of stations) {
  const codes = [...station.codes.map((code) => code.code), ...station.former.map(([code]) => code)];
  station.searched = [station.name, station.slug, ...codes].map(simplify);
  station.stopCodes = new Set(station.exits.flatMap((exit) => exit.stops.map((item) => item.stop.code)));
  station.gravest = ["error", "warning"].find((level) =>
    station.findings.some((item) => item.severity === level),
  );
}

/** Return the address within the page of a station, or of one of its exits. */
function addressOf(station, exit = null) {
  return ["#station", station.slug, exit]
    .filter(Boolean)
    .map((part, number) => (number ? encodeURIComponent(part) : part))
    .join("/");
}
