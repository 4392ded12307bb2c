// Markers that would cover one another are set apart, each with a line to its place.

const GAP = 2; // pixels between two markers
const TURNS = 12; // after which some may still touch, where there is no room

/** Return where markers stand: `[x, y]` for each `{ x, y, width, height, isFixed }`, moved a little. */
function spread(markers) {
  const places = markers.map(({ x, y }) => [x, y]);
  for (let turn = 0; turn < TURNS; turn += 1) {
    let isMoved = false;
    for (let one = 1; one < markers.length; one += 1) {
      for (let other = 0; other < one; other += 1) {
        isMoved = setApart(places[one], places[other], markers[one], markers[other]) || isMoved;
      }
    }
    if (!isMoved) break;
  }
  return places;
}

/** Move two places apart by what their boxes share, on the side where that is less; fixed ones stay. */
function setApart(place, otherPlace, one, other) {
  if (one.isFixed && other.isFixed) return false;
  const apart = [place[0] - otherPlace[0], place[1] - otherPlace[1]];
  const shared = [
    (one.width + other.width) / 2 + GAP - Math.abs(apart[0]),
    (one.height + other.height) / 2 + GAP - Math.abs(apart[1]),
  ];
  if (shared[0] <= 0.01 || shared[1] <= 0.01) return false;
  const axis = shared[0] < shared[1] ? 0 : 1;
  const step = (apart[axis] < 0 ? -1 : 1) * shared[axis];
  const part = one.isFixed ? 0 : other.isFixed ? 1 : 0.5;
  place[axis] += step * part;
  otherPlace[axis] -= step * (1 - part);
  return true;
}
