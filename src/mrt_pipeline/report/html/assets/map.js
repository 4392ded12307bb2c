// The map: lines, stations, and from a certain scale on their exits and bus stops. Symbols keep their size.

const EXIT_SCALE = 0.16; // pixels a metre from which exits are shown
const LRT_SCALE = 0.012; // below it the dots of an LRT line would be one blot
const STOP_SCALE = 0.3;
const STOP_NAME_SCALE = 0.75;
const REACH = 22; // pixels around a symbol in which a click means it
const FONT = getComputedStyle(document.body).fontFamily;

const shown = { changes: true, findings: true, future: false };

class NetworkMap {
  constructor(element) {
    this.element = element;
    this.svg = draw("svg", { class: "network", focusable: "false" });
    this.layers = {};
    for (const name of ["casings", "tracks", "links", "future", "stops", "exits", "stations", "names"]) {
      this.svg.append((this.layers[name] = draw("g", { class: name })));
    }
    for (const name of ["casings", "tracks", "links", "names", "stops"]) this.layers[name].setAttribute("aria-hidden", "true");
    element.append(this.svg);
    this.paths = content.tracks.map((track) => this.addTrack(track));
    this.symbols = stations.map((station) => this.addStation(station));
    this.exits = new Map();
    this.stops = new Map();
    this.setRover(this.symbols[0]);
    this.viewport = new Viewport(element, stations.map((station) => station.at), () => this.draw());
    element.addEventListener("click", (event) => this.click(event));
    element.addEventListener("pointermove", (event) => this.hover(event));
    element.addEventListener("pointerleave", () => this.hover(null));
    element.addEventListener("keydown", (event) => this.key(event));
    watch((changed) => this.follow(changed));
  }

  addTrack(track) {
    const line = lines.get(track.line);
    const isNarrow = line.mode === "lrt";
    const width = isNarrow ? "narrow" : "";
    const casing = draw("path", { class: `${width}${changedLines.has(track.line) ? " changed" : ""}` });
    const path = draw("path", { class: width, stroke: line.colour });
    this.layers.casings.append(casing);
    this.layers.tracks.append(path);
    return { track, path, casing, line };
  }

  addStation(station) {
    const colour = lines.get(station.codes[0].line).colour;
    const kind = station.isInterchange ? "interchange" : station.type;
    const dot = draw("circle", { class: "dot" });
    if (!station.isInterchange) dot.setAttribute("stroke", colour);
    const symbol = draw("g", {
      class: `stop-symbol ${kind}`,
      role: "button",
      tabindex: "-1",
      "data-slug": station.slug,
      "aria-label": this.describe(station),
    }, draw("circle", { class: "halo" }), dot, this.badges(station));
    this.layers.stations.append(symbol);
    return Object.assign(symbol, { station, dot });
  }

  describe(station) {
    const codes = station.codes.map((code) => code.code).join(" ");
    const parts = [station.name, codes, count(station.exits.length, "exit")];
    if (station.gravest) parts.push(count(station.findings.length, "finding"));
    if (station.mark) parts.push(station.mark.words);
    return parts.join(", ");
  }

  badges(station) {
    const badges = [];
    if (station.mark) {
      badges.push(draw("g", { class: `badge change` },
        draw("rect", { x: -6, y: -6, width: 12, height: 12, rx: 2 }),
        draw("text", { "text-anchor": "middle", y: 3.6 }, station.mark.glyph)));
    }
    if (station.gravest) {
      badges.push(draw("g", { class: `badge finding ${station.gravest}` },
        draw("path", { d: "M0 -7.5 L7.5 6 L-7.5 6 Z" }),
        draw("text", { "text-anchor": "middle", y: 4.6 }, "!")));
    }
    return badges;
  }

  /** Draw what is seen; called at most once a frame. */
  draw() {
    const view = this.viewport;
    const growth = Math.min(Math.max((view.scale / view.least) ** 0.28, 1), 1.7) * (view.width < 500 ? 0.8 : 1);
    this.growth = growth;
    this.svg.classList.toggle("filtered", choices.lines.size > 0);
    this.svg.classList.toggle("without-changes", !shown.changes);
    this.svg.classList.toggle("without-findings", !shown.findings);
    this.places = stations.map((station) => view.toScreen(station.at));
    const ways = this.drawTracks(growth);
    this.drawStations(growth);
    const seen = stations.filter((station) => this.isNear(this.places[station.number], 700));
    const exits = view.scale >= EXIT_SCALE ? seen.flatMap((station) => station.exits.map((exit) => ({ station, exit }))) : [];
    this.drawExits(exits);
    this.drawStops(view.scale >= STOP_SCALE ? exits : []);
    this.drawLinks();
    this.drawFuture();
    this.drawNames(ways, growth);
    this.drawScale();
  }

  isNear([x, y], margin) {
    return x > -margin && y > -margin && x < this.viewport.width + margin && y < this.viewport.height + margin;
  }

  drawTracks(growth) {
    const width = 4.2 * growth;
    this.svg.style.setProperty("--line", `${width}px`);
    const ways = [];
    for (const { track, path, casing, line } of this.paths) {
      const points = track.points.map(([number, east = 0, south = 0]) => {
        const [x, y] = this.places[number];
        return [x + east * width, y + south * width];
      });
      if (track.loop) points.push(points[0]);
      const way = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
      const isOut = choices.lines.size > 0 && !choices.lines.has(line.code);
      for (const item of [path, casing]) {
        item.setAttribute("d", `M${way}`);
        item.classList.toggle("out", isOut);
      }
      for (let place = 1; place < points.length; place += 1) ways.push([...points[place - 1], ...points[place]]);
    }
    return ways;
  }

  drawStations(growth) {
    for (const symbol of this.symbols) {
      const { station, dot } = symbol;
      const [x, y] = this.places[station.number];
      const radius = this.radiusOf(station) * growth;
      symbol.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      symbol.classList.toggle("out", !isOnChosenLine(station));
      symbol.classList.toggle("tiny", station.type === "lrt" && !station.isInterchange && this.viewport.scale < LRT_SCALE);
      symbol.classList.toggle("chosen", choices.station === station);
      dot.setAttribute("r", radius.toFixed(1));
      symbol.firstChild.setAttribute("r", (radius + 5).toFixed(1));
      [...symbol.querySelectorAll(".badge")].forEach((badge, place) => {
        const side = (radius + 5) * 0.8 * (place ? -1 : 1);
        badge.setAttribute("transform", `translate(${side.toFixed(1)} ${(-(radius + 5) * 0.8).toFixed(1)}) scale(${Math.min(growth, 1)})`);
      });
    }
  }

  radiusOf(station) {
    if (station.isInterchange) return 4.6;
    return station.type === "lrt" ? 2.1 : 2.9;
  }

  drawExits(exits) {
    const symbols = exits.map(({ station, exit }) => {
      if (!this.exits.has(exit)) this.exits.set(exit, this.addExit(station, exit));
      const symbol = this.exits.get(exit);
      const [x, y] = this.viewport.toScreen(exit.at);
      symbol.place = [x, y];
      symbol.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      symbol.classList.toggle("chosen", choices.exit === exit);
      symbol.classList.toggle("out", !isOnChosenLine(station));
      return symbol;
    });
    this.layers.exits.replaceChildren(...symbols);
  }

  addExit(station, exit) {
    const line = lines.get(exit.line);
    const width = Math.max(16, widthOf(exit.label, `700 11px ${FONT}`) + 8);
    const label = exit.label.length > 6 ? `${exit.label.slice(0, 5)}…` : exit.label;
    const symbol = draw("g", { class: `exit-symbol ${exit.access.stepFree}` },
      draw("rect", { x: -Math.min(width, 52) / 2, y: -8, width: Math.min(width, 52), height: 16, rx: 3, fill: line?.colour ?? "#666666" }),
      draw("text", { "text-anchor": "middle", y: 4, fill: line?.ink ?? "#ffffff" }, label),
      exit.access.stepFree === "unknown" ? null : draw("g", { class: "step-free", transform: "translate(9 -8)" },
        exit.access.stepFree === "yes" ? draw("circle", { r: 5.5 }) : draw("rect", { x: -5, y: -5, width: 10, height: 10 }),
        draw("path", { d: exit.access.stepFree === "yes" ? "M-2.6 0.2 L-0.6 2.4 L2.8 -2.2" : "M-2.4 -2.4 L2.4 2.4 M2.4 -2.4 L-2.4 2.4" })));
    symbol.append(draw("title", {}, `${station.name} exit ${exit.label}, step-free: ${exit.access.stepFree}`));
    return Object.assign(symbol, { station, exit });
  }

  drawStops(exits) {
    const seen = new Set(exits.flatMap(({ exit }) => exit.stops.map((item) => item.stop)));
    const symbols = [...seen].map((stop) => {
      if (!this.stops.has(stop)) {
        this.stops.set(stop, draw("g", { class: "bus-stop" },
          draw("rect", { x: -4.5, y: -5.5, width: 9, height: 11, rx: 2.5 }),
          draw("path", { d: "M-2.5 -2.5 H2.5 M-2.5 1.5 H2.5" }),
          draw("title", {}, `Bus stop ${stop.code}, ${stop.description}`)));
      }
      const symbol = this.stops.get(stop);
      symbol.stop = stop;
      symbol.place = this.viewport.toScreen(stop.at);
      symbol.setAttribute("transform", `translate(${symbol.place[0].toFixed(1)} ${symbol.place[1].toFixed(1)})`);
      return symbol;
    });
    this.layers.stops.replaceChildren(...symbols);
  }

  /** Link the chosen station's exits to the bus stops named after them, and the chosen exit to all of its own. */
  drawLinks() {
    const exits = choices.station && this.viewport.scale >= STOP_SCALE ? choices.station.exits : [];
    const links = exits.flatMap((exit) => {
      const [x, y] = this.viewport.toScreen(exit.at);
      return exit.stops
        .filter((item) => item.relation !== "nearby" || exit === choices.exit)
        .map((item) => {
          const [a, b] = this.viewport.toScreen(item.stop.at);
          return draw("path", { class: item.relation === "nearby" ? "nearby" : "named", d: `M${x} ${y}L${a} ${b}` });
        });
    });
    this.layers.links.replaceChildren(...links);
  }

  drawFuture() {
    const symbols = !shown.future ? [] : future.map((station) => {
      const [x, y] = this.viewport.toScreen(station.at);
      return draw("circle", { cx: x, cy: y, r: 3 * this.growth }, draw("title", {}, `${station.name}, to come`));
    });
    this.layers.future.replaceChildren(...symbols);
  }

  drawNames(ways, growth) {
    const symbols = [];
    const box = (x, y, radius, owner) => Object.assign([x - radius, y - radius, x + radius, y + radius], { owner });
    for (const station of stations) {
      const [x, y] = this.places[station.number];
      if (this.isNear([x, y], 40)) symbols.push(box(x, y, this.radiusOf(station) * growth + 1, station));
    }
    symbols.push(...this.controls());
    for (const symbol of [...this.layers.exits.children]) symbols.push(box(...symbol.place, 8, symbol.exit));
    for (const symbol of [...this.layers.stops.children]) symbols.push(box(...symbol.place, 5, symbol.stop));
    const near = ways.filter(([x, y, a, b]) => this.isNear([(x + a) / 2, (y + b) / 2], 400));
    const labels = [...this.stationLabels(growth), ...this.stopLabels()];
    const placed = placeLabels(labels, symbols, near, [this.viewport.width, this.viewport.height]);
    this.layers.names.replaceChildren(...placed.map(([label, x, y]) =>
      draw("text", { x: x.toFixed(1), y: y.toFixed(1), "font-size": label.size, class: label.kind }, label.text)));
  }

  /** Return the boxes of what lies above the map, under which no name is put. */
  controls() {
    const { left, top } = this.element.getBoundingClientRect();
    return [".zoom", ".layers", ".scale"].map((name) => {
      const box = document.querySelector(name).getBoundingClientRect();
      return [box.left - left, box.top - top, box.right - left, box.bottom - top];
    });
  }

  stationLabels(growth) {
    const size = Math.round(Math.min(11 * growth ** 0.5, 15));
    const labels = [];
    for (const station of stations) {
      const [x, y] = this.places[station.number];
      if (!this.isNear([x, y], 0)) continue;
      const isChosen = station === choices.station || station === this.hovered;
      if (!isOnChosenLine(station) && !isChosen) continue;
      const weight = isChosen || station.isInterchange ? 650 : 400;
      labels.push({
        x, y, size, owner: station,
        radius: this.radiusOf(station) * growth,
        text: station.name.length > 40 ? `${station.name.slice(0, 39)}…` : station.name,
        font: `${weight} ${size}px ${FONT}`,
        kind: isChosen ? "chosen" : station.isInterchange ? "interchange" : station.type,
        isForced: isChosen,
        isImportant: station.isInterchange || terminals.has(station),
        weight: (isChosen ? 100 : 0) + (choices.lines.size ? 20 : 0) + (terminals.has(station) ? 6 : 0)
          + station.codes.length * 4 + (station.mark && shown.changes ? 5 : 0) + (station.type === "lrt" ? -6 : 0),
      });
    }
    return labels.sort((one, other) => other.weight - one.weight);
  }

  stopLabels() {
    if (this.viewport.scale < STOP_NAME_SCALE) return [];
    return [...this.layers.stops.children].map(({ stop, place: [x, y] }) => ({
      x, y, size: 10, owner: stop, radius: 4, kind: "bus", font: `400 10px ${FONT}`,
      text: `${stop.code} ${stop.description.slice(0, 40)}`,
    }));
  }

  drawScale() {
    const most = 110 / this.viewport.scale;
    const power = 10 ** Math.floor(Math.log10(most));
    const metres = [5, 2, 1].map((step) => step * power).find((length) => length <= most);
    const bar = find("scale");
    bar.textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
    bar.style.width = `${metres * this.viewport.scale}px`;
  }

  /** Return the exit or the station that a point of the screen means, the nearest within reach. */
  pick(x, y) {
    const distance = ([a, b]) => Math.hypot(a - x, b - y);
    const exits = [...this.layers.exits.children].map((symbol) => ({ ...symbol, distance: distance(symbol.place) - 6 }));
    const places = this.symbols.map((symbol) => ({ station: symbol.station, exit: null, distance: distance(this.places[symbol.station.number]) }));
    const [found] = [...exits, ...places].filter((item) => item.distance < REACH).sort((one, other) => one.distance - other.distance);
    return found ?? null;
  }

  click(event) {
    if (this.viewport.dragged > 4 && event.detail) return;
    const found = this.pick(...this.viewport.at(event));
    if (!found) return;
    this.setRover(this.symbols[found.station.number]);
    go(found.station, found.exit?.id ?? null);
  }

  hover(event) {
    const found = event && event.pointerType !== "touch" && !event.buttons ? this.pick(...this.viewport.at(event)) : null;
    this.element.classList.toggle("on-symbol", found !== null);
    const hovered = found?.station ?? null;
    if (hovered === this.hovered) return;
    this.hovered = hovered;
    this.viewport.settle();
  }

  /** Arrow keys on a station go to the nearest one that way; Enter or space opens it. */
  key(event) {
    const symbol = event.target.closest(".stop-symbol");
    if (!symbol) return;
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Enter" || event.key === " ") go(symbol.station);
    else if (ways[event.key]) this.rove(symbol, ways[event.key]);
    else return;
    event.preventDefault();
  }

  rove(symbol, [across, down]) {
    const [x, y] = symbol.station.at;
    const cost = ({ station: { at: [a, b] } }) => {
      const along = (a - x) * across + (b - y) * down;
      const aside = Math.abs((a - x) * down) + Math.abs((b - y) * across);
      return along > 0 ? along + 2 * aside : Infinity;
    };
    const [next] = this.symbols.filter((item) => cost(item) < Infinity && isOnChosenLine(item.station))
      .sort((one, other) => cost(one) - cost(other));
    if (!next) return;
    this.setRover(next);
    next.focus({ preventScroll: true });
    this.hovered = next.station;
    if (!this.isNear(this.viewport.toScreen(next.station.at), -40)) {
      this.viewport.glide({ scale: this.viewport.scale, east: next.station.at[0], south: next.station.at[1] });
    }
    this.viewport.settle();
  }

  /** Make one station the one that the tabulator reaches. */
  setRover(symbol) {
    this.rover?.setAttribute("tabindex", "-1");
    symbol?.setAttribute("tabindex", "0");
    this.rover = symbol;
  }

  follow(changed) {
    if (changed.exit) this.viewport.show([changed.exit.at, ...changed.exit.stops.map((item) => item.stop.at)], 1.4);
    else if (changed.station) {
      this.setRover(this.symbols[changed.station.number]);
      this.viewport.show([changed.station.at, ...changed.station.exits.flatMap((exit) => [exit.at, ...exit.stops.filter((item) => item.relation !== "nearby").map((item) => item.stop.at)])]);
    }
    if (changed.lines?.size) this.showLines();
    this.viewport.settle();
  }

  showLines() {
    const places = stations.filter(isOnChosenLine).filter((station) => station.lines.some((line) => choices.lines.has(line)));
    if (places.length) this.viewport.show(places.map((station) => station.at));
  }
}

const terminals = new Set(content.tracks.filter((track) => !track.loop)
  .flatMap((track) => [track.points[0], track.points.at(-1)]).map(([number]) => stations[number]));
