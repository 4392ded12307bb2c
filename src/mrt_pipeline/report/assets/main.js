// Put the page together.

const TITLE = `MRT and LRT on ${day(content.run.as_of)}: report of run ${content.run.id}`;

function makeHeader() {
  const { run, counts } = content;
  find("kicker").textContent = `${run.pipeline} — report of run ${run.id}`;
  find("title").textContent = `Singapore’s MRT and LRT on ${day(run.as_of)}`;
  document.title = TITLE;
  const lacking = content.coverage.unknown.filter(([, unknown]) => unknown);
  const thin = lacking.filter(([, , , isThin]) => isThin);
  find("verdict").classList.add(counts.error ? "failed" : thin.length ? "thin" : "passed");
  find("verdict").append(verdictOf(counts, thin));
  const told = lacking.map(([title, unknown]) => `${title.toLowerCase()} ${unknown}`).join(" · ");
  find("unanswered").textContent = told
    ? `Exits with an unknown value, out of ${counts.exits}: ${told}. Unknown never means no.`
    : "";
  const left = find("left-out");
  left.textContent = leftOut(content.left_out);
  left.hidden = !left.textContent;
  const figures = [
    [counts.stations, "stations"],
    [counts.codes, "codes"],
    [counts.lines, "lines"],
    [counts.exits, "exits"],
    [counts.stops, "exit–bus stop pairs"],
  ];
  const figure = ([number, what]) => item(make("b", {}, number.toLocaleString("en")), ` ${what}`);
  find("figures").append(...figures.map(figure));
  find("colophon").textContent =
    `Made from ${count(documents.length, "document")}, the oldest dated ` +
    `${daysApart(documents.length ? Math.max(...documents.map(ageOf)) : 0)}. ` +
    "This page makes no network requests.";
}

/** Say what is not on this page, because a browser would take minutes to open it. */
function leftOut(left) {
  const told = [
    left.stations &&
      `${stations.length.toLocaleString("en")} of ${content.counts.stations.toLocaleString("en")} stations: ` +
        "first those with errors, changes or warnings. mrt-pipeline explain covers every station",
    left.findings &&
      `the ${content.findings.length.toLocaleString("en")} most serious of ${findingsInAll().toLocaleString("en")} ` +
        "findings. validation.json has all of them",
  ];
  return told
    .filter(Boolean)
    .map((words) => `This page shows ${words}.`)
    .join(" ");
}

function verdictOf({ error, warning }, thin) {
  if (error) return mark(null, "✕", `Must not be published: ${count(error, "error")}`);
  const passed = `Checks passed${warning ? `; ${count(warning, "warning")} to review` : ""}`;
  if (!thin.length) return mark(null, "✓", passed);
  return mark(null, "!", `${passed}; ${count(thin.length, "field")} mostly unknown`);
}

function makeNavigation() {
  const parts = [
    ["workbench", "Map"],
    ["checklist", `Checklist (${content.checklist.length})`],
    ["changes", "Changes"],
    ["findings", `Findings (${findingsInAll()})`],
    ["coverage", "Coverage"],
    ["sources", "Sources"],
    ["run", "Run"],
  ];
  find("parts").append(...parts.map(([id, words]) => item(make("a", { href: `#${id}` }, words))));
}

/** Let the reader choose what the map shows besides the network, of what there is. */
function makeLayers(map) {
  const isChanged = changedLines.size > 0 || stations.some((station) => station.mark);
  const layers = [
    ["changes", ["changes", markLegend()], isChanged],
    ["findings", "findings", stations.some((station) => station.gravest)],
    ["future", "future stations", future.length > 0],
  ];
  for (const [name, words] of layers.filter(([, , isThere]) => isThere)) {
    const changed = () => {
      shown[name] = box.checked;
      map.viewport.settle();
    };
    const box = make("input", { type: "checkbox", checked: shown[name], onchange: changed });
    find("layers").append(make("label", {}, box, " ", words));
  }
}

/** Return what the marks on the map stand for, of those that there are. */
function markLegend() {
  const marks = new Map(
    stations.filter((station) => station.mark).map(({ mark }) => [mark.glyph, mark.words]),
  );
  const words = [...marks].map(([glyph, text]) => `${glyph} ${text.replace(" since the last run", "")}`);
  if (changedLines.size) words.push("┄ services changed");
  return span("quiet", ` ${words.join(", ")}`);
}

makeHeader();
makeNavigation();
makeFinder();
makeChecklist();
makeChanges();
makeFindings();
makeCoverage();
makeSources();
makeRun();
makeFuture();
watch(followStation);
const map = new NetworkMap(find("map"));
makeLayers(map);
find("zoom-in").addEventListener("click", () => map.viewport.zoomBy(STEP));
find("zoom-out").addEventListener("click", () => map.viewport.zoomBy(1 / STEP));
find("zoom-reset").addEventListener("click", () => map.viewport.showAll());
addEventListener("hashchange", followAddress);
addEventListener("click", followAgain);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && choices.station) location.hash = "#stations";
});
followAddress();
