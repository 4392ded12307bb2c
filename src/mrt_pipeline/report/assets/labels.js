// Names on the map: each at the first side of its symbol where nothing else is, or not at all.

const FONT = getComputedStyle(document.body).fontFamily;
const pen = document.createElement("canvas").getContext("2d");
const widths = new Map();

function widthOf(text, font) {
  const key = `${font}|${text}`;
  if (!widths.has(key)) {
    pen.font = font;
    widths.set(key, pen.measureText(text).width);
  }
  return widths.get(key);
}

// Sides in the order of preference: where the text's corner is, seen from the symbol, in its width and height.
const SIDES = [
  [1, 0, 0, -0.5],
  [-1, 0, -1, -0.5],
  [0.7, -0.7, 0, -1],
  [0.7, 0.7, 0, 0],
  [-0.7, -0.7, -1, -1],
  [-0.7, 0.7, -1, 0],
  [0, -1, -0.5, -1],
  [0, 1, -0.5, 0],
];

/**
 * Return where labels stand: `[label, x, baseline]` for those that found room.
 *
 * @param labels `{x, y, radius, text, size, font, isForced}`, the most important first
 * @param symbols boxes that no label may cover
 * @param ways pieces of lines `[x, y, x, y]`, which only labels that matter may cross
 * @param frame width and height of the map
 */
function placeLabels(labels, symbols, ways, frame) {
  const taken = [...symbols];
  const placed = [];
  for (const label of labels) {
    const width = widthOf(label.text, label.font);
    const boxes = SIDES.map(([dx, dy, across, down]) => {
      const gap = label.radius + 4;
      const x = label.x + dx * gap + across * width;
      const y = label.y + dy * gap + down * label.size;
      return [x, y, x + width, y + label.size];
    });
    const free = boxes.filter(
      (box) => isInside(box, frame) && !taken.some((other) => overlap(box, other, label)),
    );
    const clear = free.find((box) => !ways.some((way) => crosses(way, box)));
    const box = clear ?? (label.isImportant ? free[0] : null) ?? (label.isForced ? boxes[0] : null);
    if (!box) continue;
    taken.push(box);
    placed.push([label, box[0], box[1] + label.size * 0.8]);
  }
  return placed;
}

function isInside([west, north, east, south], [width, height]) {
  return west >= 2 && north >= 2 && east <= width - 2 && south <= height - 2;
}

function overlap([west, north, east, south], other, label) {
  if (other.owner === label.owner && other.owner) return false;
  return west < other[2] + 2 && east > other[0] - 2 && north < other[3] + 1 && south > other[1] - 1;
}

/** Return whether a piece of a line passes through a box (Liang and Barsky's clipping). */
function crosses([x, y, a, b], [west, north, east, south]) {
  let first = 0;
  let last = 1;
  for (const [step, room] of [
    [x - a, x - west],
    [a - x, east - x],
    [y - b, y - north],
    [b - y, south - y],
  ]) {
    if (step === 0) {
      if (room < 0) return false;
    } else if (step < 0) first = Math.max(first, room / step);
    else last = Math.min(last, room / step);
    if (first > last) return false;
  }
  return true;
}
