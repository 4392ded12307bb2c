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
  findings: ["stations with warnings or errors", (station) => Boolean(station.gravest)],
  changed: ["stations changed since the last run", (station) => station.mark !== null],
  interchanges: ["interchanges", (station) => station.isInterchange],
  yes: [
    "stations with a step-free exit",
    (station) => station.exits.some((exit) => exit.access.stepFree === "yes"),
  ],
  no: [
    "stations with an exit that is not step-free",
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

/**
 * Follow the address: `#station/yishun/yishun-nsl-A` chooses a station and an exit of it; none, or
 * `#stations`, the list. Other parts of the page leave what is chosen.
 */
function followAddress() {
  const [kind, ...parts] = location.hash.split("/");
  const [slug = "", id] = parts.map(decode);
  const isStation = kind === "#station";
  if (!isStation && !["", "#stations"].includes(kind)) return;
  const station = (isStation && stationBySlug.get(slug)) || null;
  const exit = station?.exits.find((item) => item.id === id) ?? null;
  if (station || choices.station) choose({ station, exit });
  tellUnknown(isStation && !station ? slug : "", station && id && !exit ? id : "");
}

/** Say what an address names that is not there. */
function tellUnknown(slug, exit) {
  const notice = find("unknown");
  notice.hidden = !slug && !exit;
  if (exit) notice.replaceChildren(`This report has no exit ${exit}. The station’s exits are below.`);
  else if (slug) {
    const words = `This report has no station ${slug}. Search for it by name or code.`;
    notice.replaceChildren(words, ...nearMisses(slug));
  }
}

/** Return links to stations whose names are nearly the words that were looked for. */
function nearMisses(words) {
  const wanted = simplify(words).slice(0, 40);
  const most = Math.min(Math.floor(wanted.length / 3), 3);
  const found = stations
    .map((station) => [missBy(wanted, station.searched[0]), station])
    .filter(([miss]) => miss <= most)
    .sort(([one, a], [other, b]) => one - other || a.name.localeCompare(b.name, "en"));
  const links = found.slice(0, 3).flatMap(([, station]) => [" ", stationLink(station)]);
  return wanted && links.length ? [" Did you mean:", ...links] : [];
}

/** Return how many letters are to be changed, added or left out to make a name, or its beginning, of words. */
function missBy(words, name) {
  let row = Array.from({ length: name.length + 1 }, (_, place) => place);
  for (const [down, letter] of [...words].entries()) {
    const next = [down + 1];
    for (let across = 0; across < name.length; across += 1) {
      const swapped = row[across] + (letter === name[across] ? 0 : 1);
      next.push(Math.min(swapped, row[across + 1] + 1, next[across] + 1));
    }
    row = next;
  }
  return Math.min(...row.slice(Math.max(words.length - 1, 0)));
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

/** Let the address say which exit was opened in the list of a station that is shown already. */
function goQuietly(station, exit) {
  history.pushState(null, "", addressOf(station, exit.id));
  choose({ exit });
}

/** Go to a station, or to one of its exits; back in the browser leads to where one was. */
function go(station, exit = null) {
  const address = addressOf(station, exit);
  if (location.hash === address) followAddress();
  else location.hash = address;
}
