// Which names want to stand on the map, and what they must not cover.

const STOP_NAME_SCALE = 0.75; // pixels a metre from which bus stops are named
const LONGEST = 40; // characters of a name on the map

const terminals = new Set(
  content.tracks
    .filter((track) => !track.loop)
    .flatMap((track) => [track.points[0], track.points.at(-1)])
    .map(([number]) => stations[number]),
);

/** Return the labels of a map and where they stand. */
function namesOn(map) {
  const { width, height } = map.viewport;
  const near = map.ways.filter(([x, y, a, b]) => map.isNear([(x + a) / 2, (y + b) / 2], 400));
  return placeLabels([...stationLabels(map), ...stopLabels(map)], obstaclesOn(map), near, [width, height]);
}

function stationLabels(map) {
  const size = Math.round(Math.min(11 * map.growth ** 0.5, 15));
  return map.symbols
    .filter(
      ({ station, place }) => map.isNear(place, 0) && (isOnChosenLine(station) || map.isPointedAt(station)),
    )
    .map((symbol) => stationLabel(map, symbol, size))
    .sort((one, other) => other.weight - one.weight);
}

function stationLabel(map, { station, place: [x, y] }, size) {
  const isPointedAt = map.isPointedAt(station);
  const isBold = isPointedAt || station.isInterchange;
  return {
    x,
    y,
    size,
    owner: station,
    radius: map.radiusOf(station) + (isPointedAt ? 5 : 0),
    text: station.name.length > LONGEST ? `${station.name.slice(0, LONGEST - 1)}…` : station.name,
    font: `${isBold ? 650 : 400} ${size}px ${FONT}`,
    kind: isPointedAt ? "chosen" : station.isInterchange ? "interchange" : station.type,
    isForced: isPointedAt,
    isImportant: station.isInterchange || terminals.has(station) || choices.lines.size > 0,
    weight: weightOf(station) + (isPointedAt ? 100 : 0),
  };
}

/** Return how much a station's name matters where not all of them have room. */
function weightOf(station) {
  const isChanged = station.mark && shown.changes;
  const extra = (terminals.has(station) ? 6 : 0) + (isChanged ? 5 : 0) - (station.type === "lrt" ? 6 : 0);
  return station.codes.length * 4 + extra;
}

function stopLabels(map) {
  if (map.viewport.scale < STOP_NAME_SCALE) return [];
  return [...map.layers.stops.children].map(({ stop, place: [x, y] }) => ({
    x,
    y,
    size: 10,
    owner: stop,
    radius: 4,
    text: `${stop.code} ${stop.description.slice(0, LONGEST)}`,
    font: `400 10px ${FONT}`,
    kind: "bus",
  }));
}

function obstaclesOn(map) {
  const { stops, exits } = map.layers;
  return [
    ...map.symbols
      .filter(({ place }) => map.isNear(place, 40))
      .map(({ station, place }) => boxOf(place, map.radiusOf(station) + 1, station)),
    ...[...exits.children].map(({ exit, place }) => boxOf(place, 8, exit)),
    ...[...stops.children].map(({ stop, place }) => boxOf(place, 5, stop)),
    ...controlsOver(map.element),
  ];
}

function boxOf([x, y], radius, owner) {
  return Object.assign([x - radius, y - radius, x + radius, y + radius], { owner });
}

/** Return the boxes of what lies above the map, under which no name is put. */
function controlsOver(element) {
  const { left, top } = element.getBoundingClientRect();
  return [".zoom", ".layers", ".scale"].map((name) => {
    const box = document.querySelector(name).getBoundingClientRect();
    return [box.left - left, box.top - top, box.right - left, box.bottom - top];
  });
}
