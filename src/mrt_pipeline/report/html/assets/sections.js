// The parts below the map: checklist, changes, findings, coverage, sources, the run, and stations to come.

function section(id, title, ...children) {
  find(id).append(make("h2", { id: `${id}-title`, tabindex: "-1" }, title), ...children.flat(Infinity).filter(Boolean));
}

function makeChecklist() {
  const done = make("p", { class: "count", role: "status", "aria-live": "polite" });
  const boxes = [];
  const tell = () => {
    done.textContent = `${boxes.filter((box) => box.checked).length} of ${count(boxes.length, "point")} looked at. What is ticked is kept only as long as this page is open.`;
  };
  const items = content.checklist.map((item, number) => {
    const box = make("input", { type: "checkbox", id: `check-${number}`, onchange: tell });
    boxes.push(box);
    return make("li", { class: item.kind }, box, make("div", {}, make("label", { for: `check-${number}` }, item.text), checklistLinks(item)));
  });
  tell();
  section("checklist", "Before it is published", done, make("ul", { class: "checks" }, items));
}

function checklistLinks(item) {
  if (!item.links.length) return null;
  return make("p", { class: "links" }, item.links.map(([number, exit, label]) =>
    stationLink(stations[number], label ? `${stations[number].name} ${label}` : stations[number].name, exit ?? null)));
}

function makeChanges() {
  const { changes } = content;
  if (!changes) {
    section("changes", "Changes since the last run", make("p", {}, "There is no earlier run to compare with."));
    return;
  }
  section("changes", "Changes since the last run",
    make("p", {}, make("strong", {}, changes.headline)),
    make("p", { class: "quiet" }, `Compared with the run of ${day(changes.made)}, as of ${day(changes.as_of)}: `
      + `${count(changes.stations, "station")}, ${count(changes.exits, "exit")}.`),
    changes.groups.map(changeGroup));
}

function changeGroup(group) {
  const isLong = group.items.length > 12;
  const list = make("ul", { class: "changes" }, group.items.map(changeItem),
    group.more ? make("li", { class: "quiet" }, `and ${count(group.more, "more change")}; mrt-pipeline diff lists them`) : null);
  const title = `${group.title} (${group.items.length + group.more})`;
  return isLong && !["opened", "closed", "renumbered"].includes(group.kind)
    ? make("details", { class: `group ${group.kind}` }, make("summary", {}, make("h3", {}, title)), list)
    : make("div", { class: `group ${group.kind}` }, make("h3", {}, title), list);
}

function changeItem(item) {
  const station = item.station === undefined ? null : stations[item.station];
  const touched = (item.stations ?? []).map((number) => stations[number]);
  const sides = [["was", item.was], ["is now", item.now]].filter(([, said]) => said?.length);
  return make("li", {}, item.text, station ? [" ", stationLink(station, "show", item.exit ?? null)] : null,
    touched.length ? make("details", {}, make("summary", {}, count(touched.length, "station")), make("p", { class: "links" }, touched.map((one) => stationLink(one)))) : null,
    sides.length ? make("details", {}, make("summary", {}, "Evidence"), sides.map(([word, said]) => said.map((one) => make("p", { class: "quiet" }, `${word} by ${one}`)))) : null);
}

const FEW = 100;

function makeFindings() {
  const levels = ["error", "warning", "info"];
  const chosen = new Set(levels);
  const list = make("ul", { class: "findings" });
  const status = make("p", { class: "count", role: "status", "aria-live": "polite" });
  const words = make("input", { type: "search", id: "findings-search", autocomplete: "off" });
  let most = FEW;
  const fillList = () => {
    const wanted = fold(words.value);
    const found = content.findings.filter((item) => chosen.has(item.severity)
      && (!wanted || fold(`${item.check}${item.message}${item.record ?? ""}`).includes(wanted)));
    list.replaceChildren(...found.slice(0, most).map(findingItem));
    if (found.length > most) {
      list.append(make("li", {}, make("button", { type: "button", onclick: () => { most += 10 * FEW; fillList(); } }, `Show ${found.length - most} more`)));
    }
    status.textContent = `${count(found.length, "finding")} of ${content.findings.length}`;
  };
  const buttons = levels.map((level) => make("button", { type: "button", "aria-pressed": "true", "data-level": level,
    onclick: (event) => {
      if (!chosen.delete(level)) chosen.add(level);
      event.currentTarget.setAttribute("aria-pressed", String(chosen.has(level)));
      fillList();
    } }, levelMark(level), ` ${content.counts[level]}`));
  words.addEventListener("input", fillList);
  fillList();
  section("findings", "Findings",
    make("div", { class: "filters" }, make("div", { role: "group", "aria-label": "Severity" }, buttons),
      make("label", { for: "findings-search" }, "Words in them"), words), status, list);
}

function findingItem(finding) {
  const station = finding.station === undefined ? null : stations[finding.station];
  return make("li", { class: finding.severity }, levelMark(finding.severity),
    make("span", { class: "check" }, finding.check), finding.new ? make("span", { class: "flag change" }, "new") : null,
    make("span", { class: "message" }, finding.message, " ", station ? stationLink(station, `Show ${station.name}`, finding.exit ?? null) : null));
}

const COVERED = {
  platforms: "Platforms",
  platform_codes: "Platform letters",
  bus_stops: "Bus stops",
  access: "Access, any statement",
  step_free: "Step-free yes or no",
  landmarks: "Landmarks",
};

function makeCoverage() {
  const { fields, rows: measured } = content.coverage;
  const table = make("table", { class: "coverage" },
    make("caption", {}, "Share of exits of which a field says something, by the line of their building"),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Line"),
      fields.map((name) => make("th", { scope: "col" }, make("span", {}, COVERED[name] ?? name))), make("th", { scope: "col" }, make("span", {}, "Exits")))),
    make("tbody", {}, measured.map(coverageRow)));
  section("coverage", "Coverage", table);
}

function coverageRow([line, ...values]) {
  const known = lines.get(line);
  const head = line === null ? "All" : [known ? codeChip({ code: line, line }) : line, make("span", { class: "wide" }, ` ${known?.name ?? ""}`)];
  return make("tr", { class: line === null ? "all" : null }, make("th", { scope: "row" }, head), values.map(coverageCell),
    make("td", {}, String(values[0]?.[1] ?? 0)));
}

function coverageCell([filled, total]) {
  const share = total ? filled / total : 0;
  const percent = filled && filled < total ? Math.min(Math.max(Math.round(share * 1000) / 10, 0.1), 99.9) : share * 100;
  const bar = make("span", { class: "bar" }, make("span", {}));
  bar.firstChild.style.width = `${share * 100}%`;
  return make("td", { title: `${filled} of ${total}` }, total ? `${percent}%` : "–", bar);
}

function makeSources() {
  const cited = new Map();
  for (const reason of reasons) cited.set(reason.document, (cited.get(reason.document) ?? 0) + 1);
  const groups = new Map();
  for (const document of documents) {
    const key = document.licence ?? "";
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(document);
  }
  const parts = [...groups].sort(([one], [other]) => one.startsWith("CC-BY-SA") - other.startsWith("CC-BY-SA")).map(([licence, found]) => {
    const [first] = found;
    const list = make("div", { class: "documents" }, found.map((document) => documentCard(document, cited.get(document) ?? 0)));
    return [
      make("h3", {}, licenceLabel(first), " ", link(first.licence_url, first.licence_url ?? "")),
      isShareAlike(first) ? make("p", { class: "notice" }, "Text under this licence is shared alike: whoever passes on what was read from these pages names them and keeps the licence. Values that rest on it say so in their evidence.") : null,
      found.length > 12 ? make("details", {}, make("summary", {}, count(found.length, "document")), list) : list,
    ];
  });
  section("sources", "Sources", parts);
}

function documentCard(document, cited) {
  const facts = [
    ["Publisher", document.publisher], ["Read on", document.read && day(document.read)], ["Revision", document.revision],
    ["Records", document.records?.toLocaleString("en")], ["Cited here", count(cited, "time")],
    ["SHA-256", document.sha256 && make("code", { title: document.sha256 }, document.sha256.slice(0, 16), "…")],
  ].filter(([, value]) => value);
  return make("div", { class: "document" }, make("h4", {}, link(document.url, document.title ?? document.id)),
    make("dl", { class: "facts" }, facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])),
    document.attribution ? make("p", { class: "attribution" }, document.attribution) : null);
}

function makeRun() {
  const { run } = content;
  const [calls, cached, prompt, completion, cost] = run.model;
  const facts = [
    ["Run", run.id], ["Status", run.status.replaceAll("_", " ")], ["As of", day(run.as_of)], ["Dataset made", day(run.made)], ["Mode", run.mode],
    ["Configuration", run.config], ["Software", run.software], ["Code version", make("code", { title: run.code }, run.code.slice(0, 16), "…")],
    ["Attempts", make("ul", { class: "plain" }, run.attempts.map(([number, started, command]) => make("li", {}, `${number}: ${day(started)}, `, make("code", {}, command))))],
    ["Language model", calls || cached ? `${count(calls, "call")}, ${cached} from the cache, ${prompt.toLocaleString("en")} + ${completion.toLocaleString("en")} tokens, $${cost.toFixed(4)}` : "not asked"],
  ];
  const stages = make("table", { class: "stages" },
    make("caption", {}, "Stages"),
    make("thead", {}, make("tr", {}, ["Stage", "Status", "Seconds", "Run or reused, and why"].map((title) => make("th", { scope: "col" }, title)))),
    make("tbody", {}, run.stages.map((stage) => make("tr", {}, make("th", { scope: "row" }, stage.name.replaceAll("_", " ")), make("td", {}, stage.status.replaceAll("_", " ")), make("td", {}, stage.seconds.toFixed(2)),
      make("td", {}, `${stage.reused ? `reused from attempt ${stage.attempt}` : `run in attempt ${stage.attempt}`}: ${stage.reason}`)))));
  section("run", "The run", make("dl", { class: "facts" }, facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])), stages,
    run.passed_over.length ? [make("h3", {}, "Sources passed over"), make("ul", {}, run.passed_over.map(([source, why]) => make("li", {}, make("strong", {}, source), `: ${why}`)))] : null,
    run.rejected.length ? [make("h3", {}, "Claims rejected"), make("ul", {}, run.rejected.map(([why, number]) => make("li", {}, `${why.replaceAll("-", " ")}: ${number}`)))] : null);
}

function makeFuture() {
  if (!future.length) return;
  section("future", "Stations to come",
    make("p", { class: "quiet" }, "Known and not in operation on this day; they are in the dataset apart from the others."),
    make("ul", { class: "future-list" }, future.map((station) => make("li", {}, chipsOf(station), " ", station.name))));
}
