// Put the page together.

function makeHeader() {
  const { run, counts } = content;
  find("kicker").textContent = `${run.pipeline} — report of run ${run.id}`;
  find("title").textContent = `Singapore’s MRT and LRT on ${day(run.as_of)}`;
  document.title = `MRT and LRT on ${day(run.as_of)}: report of run ${run.id}`;
  const verdict = find("verdict");
  verdict.classList.add(counts.error ? "failed" : "passed");
  verdict.append(make("span", { class: "glyph", "aria-hidden": "true" }, counts.error ? "✕" : "✓"), counts.error
    ? `Must not be published: ${count(counts.error, "error")}`
    : `Passed its checks${counts.warning ? `, with ${count(counts.warning, "warning")} to look at` : ""}`);
  const figures = [[counts.stations, "stations"], [counts.codes, "codes"], [counts.lines, "lines"], [counts.exits, "exits"], [counts.stops, "exit–bus stop pairs"]];
  find("figures").append(...figures.map(([number, what]) => make("li", {}, make("b", {}, number.toLocaleString("en")), ` ${what}`)));
  const parts = [["workbench", "Map"], ["checklist", `Checklist (${content.checklist.length})`], ["changes", "Changes"],
    ["findings", `Findings (${content.findings.length})`], ["coverage", "Coverage"], ["sources", "Sources"], ["run", "Run"]];
  find("parts").append(...parts.map(([id, words]) => make("li", {}, make("a", { href: `#${id}` }, words))));
  find("colophon").textContent = `Made from ${count(documents.length, "document")}; dataset of ${day(run.made)}. This page loads nothing and sends nothing.`;
}

function makeLayers(map) {
  const marked = changedLines.size > 0 || stations.some((station) => station.mark);
  const layers = [["changes", "changes", marked], ["findings", "findings", stations.some((station) => station.gravest)], ["future", "stations to come", future.length > 0]];
  for (const [name, words, isThere] of layers) {
    if (!isThere) continue;
    const box = make("input", { type: "checkbox", onchange: () => { shown[name] = box.checked; map.viewport.settle(); } });
    box.checked = shown[name];
    find("layers").append(make("label", {}, box, ` ${words}`, name === "changes" ? markLegend() : null));
  }
}

/** Return what the marks on the map stand for, of those that there are. */
function markLegend() {
  const marks = new Map(stations.filter((station) => station.mark).map(({ mark }) => [mark.glyph, mark.words]));
  const words = [...marks].map(([glyph, text]) => `${glyph} ${text.replace(" since the last run", "")}`);
  if (changedLines.size) words.push("┄ services changed");
  return make("span", { class: "quiet" }, ` ${words.join(", ")}`);
}

makeHeader();
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
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && choices.station) location.hash = "#stations";
});
followAddress();
