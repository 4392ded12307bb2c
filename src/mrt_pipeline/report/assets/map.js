// The map: lines, stations, and from a certain scale on their exits and bus stops. Symbols keep their size.

const LRT_SCALE = 0.012; // pixels a metre below which the dots of an LRT line would be one blot
const EXIT_SCALE = 0.16;
const STOP_SCALE = 0.3;
const NARROW = 500; // pixels of a map that is narrow, as on a phone
const LINE_WIDTH = 4.2;
const LAYERS = ["casings", "tracks", "links", "future", "stops", "leaders", "exits", "stations", "names"];
const HIDDEN_LAYERS = LAYERS.filter((name) => name !== "stations"); // the panel says what they show

const shown = { changes: true, findings: true, future: false };

class NetworkMap {
  constructor(element) {
    this.element = element;
    this.svg = draw("svg", { class: "network", focusable: "false" });
    this.layers = Object.fromEntries(LAYERS.map((name) => [name, draw("g", { class: name })]));
    for (const name of HIDDEN_LAYERS) this.layers[name].setAttribute("aria-hidden", "true");
    this.svg.append(...Object.values(this.layers));
    element.append(this.svg);
    this.paths = content.tracks.map(trackPaths);
    this.layers.casings.append(...this.paths.map(({ casing }) => casing));
    this.layers.tracks.append(...this.paths.map(({ path }) => path));
    this.symbols = stations.map(stationSymbol);
    this.layers.stations.append(...this.symbols);
    this.made = new Map(); // symbols of exits and bus stops that were seen once
    const places = stations.map((station) => station.at);
    this.viewport = new Viewport(element, places, () => this.draw());
    this.pointing = new Pointing(this);
    watch((changed) => this.follow(changed));
  }

  isPointedAt(station) {
    return station === choices.station || station === this.pointing?.pointedAt;
  }

  isNear([x, y], margin) {
    const { width, height } = this.viewport;
    return x > -margin && y > -margin && x < width + margin && y < height + margin;
  }

  radiusOf(station) {
    if (station.isInterchange) return 4.6 * this.growth;
    return (station.type === "lrt" ? 2.1 : 2.9) * this.growth;
  }

  /** Draw what is seen; called at most once a frame. */
  draw() {
    const { scale, least, width } = this.viewport;
    this.growth = Math.min(Math.max((scale / least) ** 0.28, 1), 1.7) * (width < NARROW ? 0.8 : 1);
    // Paper has another width: what is drawn is then scaled as a whole.
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.viewport.height}`);
    this.svg.classList.toggle("without-changes", !shown.changes);
    this.svg.classList.toggle("without-findings", !shown.findings);
    this.drawStations();
    this.drawTracks();
    const near = this.symbols.filter(({ place }) => this.isNear(place, 700)).map(({ station }) => station);
    this.drawExits(scale >= EXIT_SCALE ? near : []);
    this.drawStops(scale >= STOP_SCALE ? near : []);
    this.drawLinks();
    this.drawFuture();
    this.drawNames();
    this.drawScale();
  }

  drawStations() {
    for (const symbol of this.symbols) {
      const { station, halo, dot, badges, classList } = symbol;
      const radius = this.radiusOf(station);
      const isTiny = station.type === "lrt" && !station.isInterchange && this.viewport.scale < LRT_SCALE;
      put(symbol, this.viewport.toScreen(station.at));
      classList.toggle("out", !isOnChosenLine(station));
      classList.toggle("chosen", choices.station === station);
      classList.toggle("tiny", isTiny);
      dot.setAttribute("r", radius.toFixed(1));
      halo.setAttribute("r", (radius + 5).toFixed(1));
      const aside = (radius + 5) * 0.8;
      badges.forEach((badge, place) => {
        const where = `translate(${place ? -aside : aside} ${-aside}) scale(${Math.min(this.growth, 1)})`;
        badge.setAttribute("transform", where);
      });
    }
  }

  /** Draw the lines, and keep the pieces of those that are not faded in `ways`. */
  drawTracks() {
    const width = LINE_WIDTH * this.growth;
    this.svg.style.setProperty("--line", `${width}px`);
    this.ways = [];
    for (const { track, path, casing, line } of this.paths) {
      const points = track.points.map(([number, east = 0, south = 0]) => {
        const [x, y] = this.symbols[number].place;
        return [x + east * width, y + south * width];
      });
      if (track.loop) points.push(points[0]);
      const isOut = choices.lines.size > 0 && !choices.lines.has(line.code);
      if (!isOut) points.slice(1).forEach((point, place) => this.ways.push([...points[place], ...point]));
      const way = `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
      for (const item of [path, casing]) {
        item.setAttribute("d", way);
        item.classList.toggle("out", isOut);
      }
    }
  }

  drawExits(near) {
    const symbols = near.flatMap((station) =>
      station.exits.map((exit) => {
        const symbol = this.once(exit, () => exitSymbol(station, exit));
        symbol.classList.toggle("chosen", choices.exit === exit);
        symbol.classList.toggle("out", !isOnChosenLine(station));
        return symbol;
      }),
    );
    const own = symbols.map(({ exit }) => this.viewport.toScreen(exit.at));
    const markers = symbols.map(({ width }, at) => ({ x: own[at][0], y: own[at][1], width, height: 16 }));
    const places = spread([...markers, ...near.map((station) => this.dotOf(station))]).slice(0, own.length);
    symbols.forEach((symbol, at) => put(symbol, places[at]));
    this.layers.leaders.replaceChildren(...places.flatMap((place, at) => leader(own[at], place)));
    this.layers.exits.replaceChildren(...symbols);
  }

  /** Return the room that a station's dot takes, which exits leave free. */
  dotOf(station) {
    const [x, y] = this.viewport.toScreen(station.at);
    const size = 2 * this.radiusOf(station) + 4;
    return { x, y, width: size, height: size, isFixed: true };
  }

  drawStops(near) {
    const seen = new Set(near.flatMap((station) => station.exits.flatMap(stopsOf)));
    const symbols = [...seen].map((stop) => {
      const symbol = this.once(stop, () => stopSymbol(stop));
      return put(symbol, this.viewport.toScreen(stop.at));
    });
    this.layers.stops.replaceChildren(...symbols);
  }

  once(key, make) {
    if (!this.made.has(key)) this.made.set(key, make());
    return this.made.get(key);
  }

  /** Link the chosen station's exits to the bus stops named after them, the chosen exit to all of its own. */
  drawLinks() {
    const exits = choices.station && this.viewport.scale >= STOP_SCALE ? choices.station.exits : [];
    const links = exits.flatMap((exit) =>
      exit.stops
        .filter((item) => item.relation !== "nearby" || exit === choices.exit)
        .map((item) => {
          const [from, to] = [exit.at, item.stop.at].map((place) => this.viewport.toScreen(place).join(" "));
          return draw("path", { class: item.relation, d: `M${from}L${to}` });
        }),
    );
    this.layers.links.replaceChildren(...links);
  }

  drawFuture() {
    const symbols = (shown.future ? future : []).map((station) => {
      const symbol = this.once(station, () => futureSymbol(station));
      return put(symbol, this.viewport.toScreen(station.at));
    });
    this.layers.future.replaceChildren(...symbols);
  }

  drawNames() {
    const names = namesOn(this).map(([label, x, y]) => {
      const properties = { x: x.toFixed(1), y: y.toFixed(1), "font-size": label.size, class: label.kind };
      return draw("text", properties, label.text);
    });
    this.layers.names.replaceChildren(...names);
  }

  drawScale() {
    const most = 110 / this.viewport.scale;
    const power = 10 ** Math.floor(Math.log10(most));
    const metres = [5, 2, 1].map((step) => step * power).find((length) => length <= most);
    const bar = find("scale");
    bar.textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
    bar.style.width = `${metres * this.viewport.scale}px`;
  }

  /** Bring into view what was chosen elsewhere. */
  follow(changed) {
    if (changed.station) this.pointing.setRover(this.symbols[changed.station.number]);
    if (changed.exit) {
      this.viewport.show([changed.exit.at, ...stopsOf(changed.exit).map((stop) => stop.at)], 1.4);
    } else if (changed.station) {
      this.viewport.show(surroundingsOf(changed.station));
    } else if (changed.lines?.size) {
      this.viewport.show(stations.filter(isOnChosenLine).map((station) => station.at));
    }
    this.viewport.settle();
  }
}

function stopsOf(exit) {
  return exit.stops.map((item) => item.stop);
}

/** Return the places of a station, its exits, and the bus stops that are named after them. */
function surroundingsOf(station) {
  const named = station.exits.flatMap((exit) => exit.stops.filter((item) => item.relation !== "nearby"));
  return [station, ...station.exits, ...named.map((item) => item.stop)].map((item) => item.at);
}
