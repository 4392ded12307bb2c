// Evidence in words: who says it, in which record or words, when it was read, under which licence.

const FIELDS = {
  record: "everything else",
  lat: "latitude",
  lng: "longitude",
  station_code: "station",
  line_code: "line",
  towards_code: "direction",
  next_code: "next station",
  platform_code: "platform letter",
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
  if (!document.licence) return make("span", { class: "licence" }, "licence unknown");
  const kind = isShareAlike(document) ? "licence share-alike" : "licence";
  return make("span", { class: kind }, document.licence, isShareAlike(document) ? " (share alike)" : null);
}

/** Return the evidence of one record as list items. */
function evidenceItems(what, why) {
  const sets = reasonsOf(why);
  return sets.map(({ fields, reasons: found }) => {
    const isAll = fields.length === 1 && fields[0] === "record" && sets.length === 1;
    const named = isAll ? "" : `: ${fields.map((field) => FIELDS[field] ?? field.replaceAll("_", " ")).join(", ")}`;
    return make("li", {}, make("strong", {}, `${what}${named}`), found.map(describeReason));
  });
}

function describeReason({ document, method, record, quote, start, end, alignment }) {
  const said = quote
    ? make("q", {}, quote)
    : make("span", {}, "record ", make("code", {}, record));
  const where = quote && start !== null ? `characters ${start}–${end}${alignment === "normalised" ? ", but for spaces and case" : ""}; ` : "";
  const read = document.read ? `read ${day(document.read)}` : "not among the sources";
  return make("div", { class: "reason" },
    said, " of ", link(document.url, document.title ?? document.id),
    document.revision ? ` (revision ${document.revision})` : null,
    make("span", { class: "quiet" }, ` — ${document.publisher ?? "unknown publisher"}; ${where}${method}; ${read}; `),
    licenceLabel(document));
}

/** Return a fold with evidence that is only made once it is opened: there are thousands of them. */
function evidenceFold(makeItems, number) {
  const fold = make("details", { class: "evidence" }, make("summary", {}, `Evidence${number ? ` (${number})` : ""}`));
  fold.addEventListener("toggle", () => {
    if (fold.open && fold.children.length === 1) fold.append(make("ul", {}, makeItems()));
  });
  return fold;
}
