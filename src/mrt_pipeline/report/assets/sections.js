// What there is to look at below the map: changes and findings.

const FEW = 100; // findings shown at once
const SHORT = 12; // changes of a kind that are shown unfolded

function section(id, title, ...children) {
  const heading = make("h2", { id: `${id}-title`, tabindex: "-1" }, title);
  find(id).append(heading, ...children.flat(Infinity).filter(Boolean));
}

// ---- Changes ----

function makeChanges() {
  const title = "Changes since the last run";
  const { changes } = content;
  if (!changes) return section("changes", title, paragraph(null, "There is no earlier run to compare with."));
  const earlier = `Compared with the run of ${day(changes.made)}, as of ${day(changes.as_of)}: `;
  const numbers = `${count(changes.stations, "station")}, ${count(changes.exits, "exit")}.`;
  return section(
    "changes",
    title,
    paragraph("lead", changes.headline),
    paragraph("quiet", earlier + numbers),
    changes.groups.map(changeGroup),
  );
}

function changeGroup(group) {
  const more = group.more
    ? item(`and ${count(group.more, "more change")}; mrt-pipeline diff lists them`)
    : null;
  const makeList = () => list("changes", [...group.items.map(changeItem), more]);
  const title = make("h3", {}, `${group.title} (${group.items.length + group.more})`);
  if (group.items.length > SHORT) return folded("group", title, makeList);
  return make("div", { class: "group" }, title, makeList());
}

function changeItem(change) {
  const station = stations[change.station];
  const touched = change.stations ?? [];
  const sides = [
    ...(change.was ?? []).map((said) => `old source: ${said}`),
    ...(change.now ?? []).map((said) => `new source: ${said}`),
  ];
  const links = () =>
    paragraph(
      "links",
      touched.map((number) => stationLink(stations[number])),
    );
  return item(
    change.text,
    station ? [" ", placeLink(station, change.exit)] : null,
    touched.length ? folded(null, count(touched.length, "station"), links) : null,
    sides.length ? folded(null, "Evidence", () => sides.map((said) => paragraph("quiet", said))) : null,
  );
}

// ---- Findings ----

/** Return how many findings there are, with those that are not on this page. */
function findingsInAll() {
  return content.findings.length + content.left_out.findings;
}

const wanted = { levels: new Set(Object.keys(LEVELS)), words: "", most: FEW };

function makeFindings() {
  const words = make("input", { type: "search", id: "findings-search", autocomplete: "off" });
  words.addEventListener("input", () => listFindings({ words: simplify(words.value) }));
  const buttons = make(
    "div",
    { role: "group", "aria-label": "Severity" },
    Object.keys(LEVELS).map(levelButton),
  );
  const label = make("label", { for: "findings-search" }, "Search findings");
  section(
    "findings",
    "Findings",
    make("div", { class: "filters" }, buttons, label, words),
    liveLine(),
    list("findings", []),
  );
  listFindings({});
}

function levelButton(level) {
  const changed = (isWanted) => {
    wanted.levels[isWanted ? "add" : "delete"](level);
    listFindings({});
  };
  return toggle(true, { "data-level": level }, changed, levelMark(level), ` ${content.counts[level]}`);
}

function listFindings(changed) {
  Object.assign(wanted, changed);
  const found = content.findings.filter(
    ({ severity, check, message, record = "" }) =>
      wanted.levels.has(severity) && simplify(`${check}${message}${record}`).includes(wanted.words),
  );
  const more = make(
    "button",
    { type: "button", onclick: () => listFindings({ most: Infinity }) },
    `Show all ${found.length}`,
  );
  const shownItems = found.slice(0, wanted.most).map(findingItem);
  find("findings")
    .querySelector(".findings")
    .replaceChildren(...shownItems, ...(found.length > wanted.most ? [item(more)] : []));
  find("findings").querySelector(".count").textContent =
    `${found.length} of ${count(findingsInAll(), "finding")}`;
}

function findingItem(finding) {
  const station = stations[finding.station];
  const shownAt = station ? [" ", placeLink(station, finding.exit)] : null;
  return make(
    "li",
    { class: finding.severity },
    levelMark(finding.severity),
    span("check", finding.check),
    finding.new ? flag("change", "new") : null,
    span("message", finding.message, shownAt),
  );
}
