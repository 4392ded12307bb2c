// Codes, access and severities as marks: colour, shape and words together, never colour alone.

const RELATIONS = {
  at: "at the exit",
  opposite: "opposite the exit",
  before: "before the exit",
  after: "after the exit",
  nearby: "nearby",
  listed: "listed by a wiki page",
};

const STEP_FREE = {
  yes: ["✓", "Step-free: yes"],
  no: ["✕", "Step-free: no"],
  unknown: ["?", "Step-free: unknown"],
};
const LEVELS = { error: ["✕", "Error"], warning: ["!", "Warning"], info: ["i", "Info"] };

/** Return a station code on its line's colour. */
function codeChip(code) {
  return lineChip(code.line, code.code);
}

/** Return an exit's label on the colour of its building's line. */
function exitChip(exit) {
  return lineChip(exit.line, `Exit ${exit.label}`);
}

function lineChip(name, text) {
  const { colour, ink } = lineOf(name);
  const chip = span("code", text);
  chip.style.background = colour;
  chip.style.color = ink;
  return chip;
}

function chipsOf(station) {
  return span("codes", station.codes.map(codeChip));
}

/** Return step-free access as a mark of its own shape with words. */
function stepFreeMark(value) {
  return mark(`step-free ${value}`, ...STEP_FREE[value]);
}

/** Return a severity as a mark with its word. */
function levelMark(severity) {
  return mark(`level ${severity}`, ...LEVELS[severity]);
}

function mark(name, glyph, words) {
  return span(name, make("span", { class: "glyph", "aria-hidden": "true" }, glyph), words);
}

/** Return a link to a station, or to an exit of it that there is, named by what it shows. */
function placeLink(station, id) {
  const exit = station.exits.find((one) => one.id === id);
  const name = exit ? `${station.name} exit ${exit.label}` : station.name;
  return stationLink(station, name, exit?.id);
}

/** Return links to maps by others, at the place of something that is named in their names. */
function mapLinks(what, { lat, lng }) {
  const hidden = () => span("unseen", ` map of ${what}`);
  return span(
    "maps",
    link(`https://www.onemap.gov.sg/?lat=${lat}&lng=${lng}`, ["OneMap", hidden()]),
    " ",
    link(`https://www.openstreetmap.org/?mlat=${lat}&mlon=${lng}#map=19/${lat}/${lng}`, ["OSM", hidden()]),
  );
}

function stationLink(station, text = station.name, exit = null) {
  return make("a", { href: addressOf(station, exit) }, text);
}
