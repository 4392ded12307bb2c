// The list of stations, which says the same as the map, and how it is searched.

const rows = new Map(stations.map((station) => [station, listRow(station)]));

function listRow(station) {
  const { mark, gravest } = station;
  const flags = [
    mark && flag("change", mark.words.replace(" since the last run", "")),
    gravest &&
      flag(gravest, count(station.findings.filter((item) => item.severity === gravest).length, gravest)),
  ].filter(Boolean);
  const name = make("span", { class: "name" }, station.name);
  const address = { href: addressOf(station), "data-slug": station.slug };
  return make("li", {}, make("a", address, chipsOf(station), name, flags));
}

function listStations() {
  const found = suitable();
  find("list").replaceChildren(...found.map((station) => rows.get(station)));
  const onLines = [...choices.lines].join(", ");
  const order = choices.lines.size === 1 ? ", in travel order" : "";
  find("count").textContent = found.length
    ? `${count(found.length, "station")}${onLines ? ` on ${onLines}` : ""}${order}`
    : "No matching stations.";
  find("near").replaceChildren(...(found.length ? [] : nearMisses(choices.words)));
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
  const changed = (isChosen) => {
    const chosen = new Set(choices.lines);
    chosen[isChosen ? "add" : "delete"](line.code);
    choose({ lines: chosen });
  };
  const swatch = span("swatch");
  swatch.style.background = line.colour;
  const words = span("unseen", ` ${line.name}`);
  return toggle(false, { title: line.name, "data-line": line.code }, changed, swatch, line.code, words);
}

function flag(kind, words) {
  return span(`flag ${kind}`, words);
}
