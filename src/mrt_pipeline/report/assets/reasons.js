// Evidence in words: who says it, in which record or words, when it was read, under which licence.

const FIELDS = {
  record: "all other fields",
  lat: "latitude",
  lng: "longitude",
  station_code: "station",
  line_code: "line",
  towards_code: "direction",
  next_code: "next station",
  platform_codes: "platform letters",
  is_same_building: "building",
  distance_m: "distance",
  step_free: "step-free access",
  bus_stop_code: "code",
  road_name: "road",
  opened_date: "opening date",
};

function isShareAlike(document) {
  return (document.licence ?? "").startsWith("CC-BY-SA");
}

/** Return a licence as a label; share-alike ones look and read otherwise. */
function licenceLabel(document) {
  if (!document.licence) return span("licence", "licence unknown");
  if (isShareAlike(document)) return span("licence share-alike", `${document.licence} (share-alike)`);
  return span("licence", document.licence);
}

/** Return the evidence of one record as list items, one for all fields of the same reasons. */
function evidenceItems(what, why) {
  const sets = reasonsOf(why);
  return sets.map(({ fields, reasons: found }) => {
    const isWhole = sets.length === 1 && fields.join() === "record";
    const named = fields.map((field) => FIELDS[field] ?? field.replaceAll("_", " ")).join(", ");
    return item(make("strong", {}, isWhole ? what : `${what}: ${named}`), found.map(describeReason));
  });
}

function describeReason(reason) {
  const { document, method, record, quote } = reason;
  const said = [quote && make("q", {}, quote), record && [quote ? ", " : "", "record ", code(record)]];
  const read = document.read ? `read ${day(document.read)}` : "not among the sources";
  const details = [document.publisher ?? "unknown publisher", whereIn(reason), method, read];
  return make(
    "div",
    { class: "reason" },
    said,
    " of “",
    link(document.url, document.title ?? document.id),
    "”",
    document.revision ? ` (revision ${document.revision})` : null,
    span("quiet", ` — ${details.filter(Boolean).join("; ")}; `),
    licenceLabel(document),
  );
}

function whereIn({ quote, start, end, alignment }) {
  if (!quote || start === null) return "";
  return `characters ${start}–${end}${alignment === "normalised" ? ", ignoring spaces and case" : ""}`;
}

function evidenceFold(makeItems) {
  return folded("evidence", "Evidence", () => list(null, makeItems()));
}
