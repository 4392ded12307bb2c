// What the reader has chosen; the parts of the page are told when it changes.

const choices = { station: null, exit: null, lines: new Set(), only: "all", words: "" };
const watchers = [];

/** Call a function now and whenever a choice changes. */
function watch(watcher) {
  watchers.push(watcher);
}

/** Change choices and tell every part of the page. */
function choose(changed) {
  Object.assign(choices, changed);
  for (const watcher of watchers) watcher(changed);
}

const ONLY = {
  all: ["all stations", () => true],
  findings: ["with warnings or errors", (station) => Boolean(station.gravest)],
  changed: ["changed since the last run", (station) => station.mark !== null],
  interchanges: ["interchanges", (station) => station.isInterchange],
  yes: [
    "with a step-free exit",
    (station) => station.exits.some((exit) => exit.access.stepFree === "yes"),
  ],
  no: [
    "with an exit that is not step-free",
    (station) => station.exits.some((exit) => exit.access.stepFree === "no"),
  ],
};

/** Return whether a station is on a chosen line; no line chosen means every line. */
function isOnChosenLine(station) {
  return !choices.lines.size || station.lines.some((line) => choices.lines.has(line));
}

/** Return the stations that suit the choices, in travel order if one line is chosen, else by name. */
function suitable() {
  const words = simplify(choices.words);
  const found = stations.filter(
    (station) =>
      isOnChosenLine(station) && ONLY[choices.only][1](station) && (!words || suits(station, words)),
  );
  const [line] = choices.lines;
  const order = choices.lines.size === 1 ? travelOrder(line) : null;
  const rank = (station) =>
    (order ? order.indexOf(station.number) : 0) - (words && station.searched.includes(words) ? 1e6 : 0);
  return found.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name, "en"));
}

function suits(station, words) {
  return (
    station.searched.some((text, place) => (place === 0 ? text.includes(words) : text.startsWith(words))) ||
    station.stopCodes.has(words)
  );
}

function travelOrder(line) {
  return content.tracks
    .filter((track) => track.line === line)
    .flatMap((track) => track.points.map(([number]) => number));
}

/** Follow the address: `#station/yishun/yishun-nsl-A` chooses a station and an exit of it. */
function followAddress() {
  const [kind, ...parts] = location.hash.split("/");
  if (kind !== "#station") {
    if (kind === "#stations" && choices.station) choose({ station: null, exit: null });
    return;
  }
  const [slug, exit] = parts.map(decode);
  const station = stationBySlug.get(slug) ?? null;
  choose({ station, exit: station?.exits.find((item) => item.id === exit) ?? null });
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Follow a link to where the address leads already: the browser tells nothing then. */
function followAgain(event) {
  const address = event.target.closest?.("a")?.getAttribute("href");
  if (address && address === location.hash) followAddress();
}

/** Go to a station, or to one of its exits; back in the browser leads to where one was. */
function go(station, exit = null) {
  const address = addressOf(station, exit);
  if (location.hash === address) followAddress();
  else location.hash = address;
}
