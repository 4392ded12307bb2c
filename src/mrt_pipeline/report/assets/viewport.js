// The part of the map that is seen: where its middle is, in metres, and how many pixels a metre has.

const MOST = 3; // pixels a metre
const STEP = 1.6;
const MARGIN = 28; // pixels around what is shown whole

class Viewport {
  /** Show the box of all `places`; `changed` is called once a frame while what is seen changes. */
  constructor(element, places, changed) {
    this.element = element;
    this.changed = changed;
    this.box = boxAround(places);
    this.width = this.height = 0;
    this.pointers = new Map();
    this.listen();
    new ResizeObserver(() => this.resize()).observe(element);
    this.resize();
  }

  get isWhole() {
    return this.scale <= this.least * 1.001;
  }

  /** Return where a place is on the screen, in pixels from the element's corner. */
  toScreen([east, south]) {
    return [
      (east - this.east) * this.scale + this.width / 2,
      (south - this.south) * this.scale + this.height / 2,
    ];
  }

  resize() {
    const wasWhole = this.width === 0 || this.isWhole;
    this.width = this.element.clientWidth;
    this.height = this.element.clientHeight;
    const whole = this.fitting(this.box);
    this.least = whole.scale;
    if (wasWhole) Object.assign(this, whole);
    this.settle();
  }

  fitting([west, north, east, south], margin = this.width < 500 ? MARGIN / 2 : MARGIN) {
    const width = Math.max(this.width - 2 * margin, 50);
    const height = Math.max(this.height - 2 * margin, 50);
    const scale = Math.min(width / Math.max(east - west, 1), height / Math.max(south - north, 1), MOST);
    return { scale, east: (west + east) / 2, south: (north + south) / 2 };
  }

  showAll() {
    this.glide(this.fitting(this.box));
  }

  /** Bring some places into view, at most at a scale at which their surroundings are still seen. */
  show(places, mostScale = 0.9) {
    const target = this.fitting(boxAround(places), 56);
    target.scale = Math.min(target.scale, mostScale);
    this.glide(target);
  }

  /** Move in a third of a second, or at once for those who want no motion. */
  glide(target) {
    const start = { scale: this.scale, east: this.east, south: this.south };
    const began = performance.now();
    const number = (this.gliding = (this.gliding ?? 0) + 1);
    const step = (now) => {
      if (number !== this.gliding) return;
      const part = STILL.matches ? 1 : Math.min((now - began) / 350, 1);
      const eased = part < 0 ? 0 : 1 - (1 - part) ** 3;
      this.scale = start.scale * (target.scale / start.scale) ** eased;
      // The middle moves as the scale does, so that the way there looks straight.
      const way =
        target.scale === start.scale
          ? eased
          : (1 / start.scale - 1 / this.scale) / (1 / start.scale - 1 / target.scale);
      this.east = start.east + (target.east - start.east) * way;
      this.south = start.south + (target.south - start.south) * way;
      this.settle();
      if (part < 1) requestAnimationFrame(step);
    };
    step(STILL.matches ? began : began);
    if (!STILL.matches) requestAnimationFrame(step);
  }

  zoomBy(factor, x = this.width / 2, y = this.height / 2) {
    this.gliding = (this.gliding ?? 0) + 1;
    const scale = Math.min(Math.max(this.scale * factor, this.least), MOST);
    // What is under the pointer stays there.
    this.east += (x - this.width / 2) * (1 / this.scale - 1 / scale);
    this.south += (y - this.height / 2) * (1 / this.scale - 1 / scale);
    this.scale = scale;
    this.settle();
  }

  moveBy(x, y) {
    this.gliding = (this.gliding ?? 0) + 1;
    this.east -= x / this.scale;
    this.south -= y / this.scale;
    this.settle();
  }

  /** Keep the network in sight, and draw with the next frame. */
  settle() {
    this.scale = Math.min(Math.max(this.scale, this.least), MOST);
    const [west, north, east, south] = this.box;
    const whole = this.fitting(this.box);
    if (this.isWhole) Object.assign(this, whole);
    this.east = Math.min(Math.max(this.east, west), east);
    this.south = Math.min(Math.max(this.south, north), south);
    // One finger scrolls the page while the whole network is seen, and moves the map once it is enlarged.
    this.element.classList.toggle("enlarged", !this.isWhole);
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.changed();
    });
  }

  listen() {
    const element = this.element;
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    element.addEventListener("pointerdown", (event) => this.press(event));
    element.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
      element.addEventListener(name, (event) => this.pointers.delete(event.pointerId));
    }
    element.addEventListener("keydown", (event) => this.key(event));
  }

  wheel(event) {
    if (event.deltaY > 0 && this.isWhole) return; // nothing to zoom out of: the page scrolls
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    const [x, y] = this.at(event);
    this.zoomBy(Math.exp(-Math.max(-120, Math.min(120, event.deltaY * unit)) / 240), x, y);
  }

  press(event) {
    if (event.button) return;
    this.pointers.set(event.pointerId, this.at(event));
    this.dragged = 0;
  }

  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.at(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    this.dragged += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (this.dragged > 4 && !this.element.hasPointerCapture(event.pointerId)) {
      this.element.setPointerCapture(event.pointerId);
    }
    if (other) {
      this.zoomBy(apart(now, other) / Math.max(apart(before, other), 1), ...middle(now, other));
      this.moveBy((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    } else if (event.pointerType !== "touch" || !this.isWhole) {
      this.moveBy(now[0] - before[0], now[1] - before[1]);
    }
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
    if (event.key === "+" || event.key === "=") this.zoomBy(STEP);
    else if (event.key === "-" || event.key === "_") this.zoomBy(1 / STEP);
    else if (event.key === "0") this.showAll();
    else if (moves[event.key] && event.target === this.element && !this.isWhole)
      this.moveBy(...moves[event.key]);
    else return;
    event.preventDefault();
  }

  at(event) {
    const { left, top } = this.element.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }
}

function boxAround(places) {
  const easts = places.map(([east]) => east);
  const souths = places.map(([, south]) => south);
  if (!places.length) return [0, 0, 1, 1];
  return [Math.min(...easts), Math.min(...souths), Math.max(...easts), Math.max(...souths)];
}

function apart([x, y], [a, b]) {
  return Math.hypot(x - a, y - b);
}

function middle([x, y], [a, b]) {
  return [(x + a) / 2, (y + b) / 2];
}
