// How a station or an exit is pointed at on the map: by mouse, finger, or keys.

const REACH = 22; // pixels around a symbol in which a click means it
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class Pointing {
  /** Follow what is done on a map; one of its stations at a time is reached by the tabulator. */
  constructor(map) {
    this.map = map;
    this.pointedAt = null;
    this.setRover(map.symbols[0]);
    map.element.addEventListener("click", (event) => this.click(event));
    map.element.addEventListener("pointermove", (event) => this.hover(event));
    map.element.addEventListener("pointerleave", () => this.point(null));
    map.element.addEventListener("keydown", (event) => this.key(event));
  }

  /** Return the exit or the station that a point of the screen means, the nearest within reach. */
  pick(x, y) {
    const symbols = [...this.map.layers.exits.children, ...this.map.symbols];
    const away = new Map(
      symbols.map((symbol) => [symbol, Math.hypot(symbol.place[0] - x, symbol.place[1] - y)]),
    );
    const [nearest] = symbols
      .filter((symbol) => away.get(symbol) < REACH)
      .sort((one, other) => away.get(one) - away.get(other));
    return nearest ?? null;
  }

  click(event) {
    const { viewport } = this.map;
    const isByMachine = event.detail === 0; // of a screen reader or a key: it has no place
    if (!isByMachine && viewport.dragged > 4) return;
    const found = isByMachine ? event.target.closest(".stop-symbol") : this.pick(...viewport.at(event));
    if (found) go(found.station, found.exit?.id);
  }

  hover(event) {
    const isMouse = event.pointerType !== "touch" && !event.buttons;
    const found = isMouse ? this.pick(...this.map.viewport.at(event)) : null;
    this.point(found?.station ?? null);
  }

  /** Show the name of a station, whether or not there is room. */
  point(station) {
    this.map.element.classList.toggle("on-symbol", station !== null);
    if (station === this.pointedAt) return;
    this.pointedAt = station;
    this.map.viewport.settle();
  }

  /** Arrow keys on a station go to the nearest one that way; Enter or space opens it. */
  key(event) {
    const symbol = event.target.closest(".stop-symbol");
    if (!symbol) return;
    if (event.key === "Enter" || event.key === " ") go(symbol.station);
    else if (WAYS[event.key]) this.rove(symbol.station, WAYS[event.key]);
    else return;
    event.preventDefault();
  }

  rove(station, way) {
    const { symbols, viewport } = this.map;
    const costs = new Map(symbols.map((symbol) => [symbol, costOf(station.at, symbol.station.at, way)]));
    const [next] = symbols
      .filter((symbol) => costs.get(symbol) < Infinity && isOnChosenLine(symbol.station))
      .sort((one, other) => costs.get(one) - costs.get(other));
    if (!next) return;
    this.setRover(next);
    next.focus({ preventScroll: true });
    this.point(next.station);
    const [east, south] = next.station.at;
    if (!this.map.isNear(next.place, -40)) viewport.glide({ scale: viewport.scale, east, south });
  }

  setRover(symbol) {
    this.rover?.setAttribute("tabindex", "-1");
    symbol?.setAttribute("tabindex", "0");
    this.rover = symbol;
  }
}

/** Return how far a place is in a direction, what lies aside of it counted twice; infinite behind. */
function costOf([x, y], [a, b], [across, down]) {
  const along = (a - x) * across + (b - y) * down;
  const aside = Math.abs((a - x) * down) + Math.abs((b - y) * across);
  return along > 0 ? along + 2 * aside : Infinity;
}
