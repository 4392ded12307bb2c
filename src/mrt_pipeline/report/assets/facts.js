// The figures below the map: coverage, sources, the run, and future stations.

const MANY = 12; // documents under one licence that are folded

// ---- Coverage ----

function makeCoverage() {
  const { fields, rows: measured } = content.coverage;
  const caption = "Exits with a value, by line";
  const heads = ["Line", ...fields, "Exits"];
  section("coverage", "Coverage", table("coverage", caption, heads, measured.map(coverageRow)));
}

function coverageRow([line, ...values]) {
  const head =
    line === null
      ? make("strong", {}, "All")
      : [codeChip({ code: line, line }), span("wide", ` ${lineOf(line).name}`)];
  return [head, ...values.map(coverageCell), String(values[0]?.[1] ?? 0)];
}

function coverageCell([filled, total]) {
  if (!total) return "–";
  const share = (filled / total) * 100;
  // 99.96 % is not all, and 0.04 % is not nothing.
  const percent =
    filled && filled < total ? Math.min(Math.max(Math.round(share * 10) / 10, 0.1), 99.9) : share;
  const bar = span("bar", span(null));
  bar.title = `${filled} of ${total}`;
  bar.firstChild.style.width = `${share}%`;
  return [`${percent}%`, bar];
}

// ---- Sources ----

function makeSources() {
  const licences = [...new Set(documents.map((document) => document.licence))];
  const groups = licences.map((licence) => documents.filter((document) => document.licence === licence));
  groups.sort(([one], [other]) => isShareAlike(one) - isShareAlike(other));
  section("sources", "Sources", groups.map(licenceGroup));
}

function licenceGroup(group) {
  const [first] = group;
  const makeCards = () => make("div", { class: "documents" }, group.map(documentCard));
  return [
    make("h3", {}, licenceLabel(first), " ", link(first.licence_url, first.licence_url ?? "")),
    isShareAlike(first)
      ? paragraph(
          "notice",
          "Share-alike licence: if you redistribute values read from these pages, credit the pages and keep ",
          "the licence. Values based on them say so in their evidence.",
        )
      : null,
    group.length > MANY ? folded(null, count(group.length, "document"), makeCards) : makeCards(),
  ];
}

/** Return how many days before the day described a document's content is from; negative if later. */
function ageOf(document) {
  return document.day ? (Date.parse(content.run.as_of) - Date.parse(document.day)) / 86_400_000 : 0;
}

/** Return how long before the dataset's date something was, after it if the number is negative. */
function daysApart(days) {
  return `${count(Math.abs(days), "day")} ${days < 0 ? "after" : "before"} the dataset’s date`;
}

function documentCard(document) {
  const own = reasons.filter((reason) => reason.document === document);
  const passages = new Set(own.map(({ quote }) => quote).filter(Boolean)).size;
  const records = new Set(own.map(({ record, quote }) => !quote && record).filter(Boolean)).size;
  const cited = [records && count(records, "record"), passages && count(passages, "passage")];
  return make(
    "div",
    { class: "document" },
    make("h4", {}, link(document.url, document.title ?? document.id)),
    factList([
      ["Publisher", document.publisher],
      ["Date", document.day && `${day(document.day)} (${daysApart(ageOf(document))})`],
      ["Read on", document.read === document.day ? null : day(document.read)],
      ["Revision", document.revision],
      ["Records", document.records?.toLocaleString("en")],
      ["Cited by this dataset", cited.filter(Boolean).join(", ") || "nothing"],
      ["SHA-256", document.sha256 && shortened(document.sha256)],
      ...(document.tables ?? []).map(([path, sha256]) => [`SHA-256 of ${path}`, shortened(sha256)]),
    ]),
    document.attribution ? paragraph("attribution", document.attribution) : null,
  );
}

function shortened(sha256) {
  return make("code", { title: sha256 }, sha256.slice(0, 16), "…");
}

// ---- The run ----

function makeRun() {
  const { run } = content;
  section(
    "run",
    "Run",
    factList([
      ["Run", run.id],
      ["Status", run.status.replaceAll("_", " ")],
      ["As of", day(run.as_of)],
      ["Dataset made", day(run.made)],
      ["Mode", run.mode],
      ["Configuration", run.config],
      ["Software", run.software],
      ["Code version", shortened(run.code)],
      [
        "Attempts",
        list(
          "plain",
          run.attempts.map(([number, at, command]) => item(`${number}: ${day(at)}, `, code(command))),
        ),
      ],
      ["Language model", modelUse(run.model)],
    ]),
    table(
      "stages",
      "Stages",
      ["Stage", "Status", "Seconds", "Run or reused, and why"],
      run.stages.map(stageRow),
    ),
    notes(
      "Skipped sources",
      run.passed_over.map(([source, why]) => item(make("strong", {}, source), `: ${why}`)),
    ),
    notes(
      "Claims rejected",
      run.rejected.map(([why, number]) => item(`${why.replaceAll("-", " ")}: ${number}`)),
    ),
  );
}

function modelUse([calls, cached, prompt, completion, cost]) {
  if (!calls && !cached) return "not used";
  const tokens = `${prompt.toLocaleString("en")} + ${completion.toLocaleString("en")} tokens`;
  return `${count(calls, "call")}, ${cached} from the cache, ${tokens}, $${cost.toFixed(4)}`;
}

function stageRow(stage) {
  const how = stage.reused ? "reused from" : "run in";
  const [name, status] = [stage.name, stage.status].map((text) => text.replaceAll("_", " "));
  return [name, status, stage.seconds.toFixed(2), `${how} attempt ${stage.attempt} (${stage.reason})`];
}

function makeFuture() {
  if (!future.length) return;
  section(
    "future",
    "Future stations",
    paragraph(
      "quiet",
      "Not in operation on this date; the dataset lists them separately.",
    ),
    list(
      "future-list",
      future.map((station) => item(chipsOf(station), " ", station.name)),
    ),
  );
}
