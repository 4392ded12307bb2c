// The checklist: its ticks are kept in this browser, and saved as the file that mrt-pipeline approve takes.

const TICKS = `mrt-pipeline checklist ${content.run.id} ${content.run.dataset}`;

function makeChecklist() {
  const told = liveLine();
  const items = content.checklist.map((point, number) => checklistItem(point, number, () => changed()));
  const boxes = items.map((found) => found.querySelector("input"));
  const tell = (isKept) => {
    const done = boxes.filter((box) => box.checked).length;
    const where = isKept
      ? "Your ticks are saved in this browser."
      : "This browser cannot save your ticks: save the checklist to a file.";
    told.textContent = `${done} of ${count(boxes.length, "item")} reviewed. ${where}`;
  };
  const changed = () => tell(keepTicks(pointsOf(boxes)));
  const kept = recallTicks();
  boxes.forEach((box, number) => (box.checked = isTicked(kept[number], content.checklist[number].text)));
  tell(kept.length > 0 || keepTicks(pointsOf(boxes)));
  const save = () => saveFile("checklist.json", checklistFile(pointsOf(boxes)));
  const button = make("button", { type: "button", id: "save-checklist", onclick: save }, "Save the checklist");
  section("checklist", "Checklist", told, list("checks", items), paragraph("saving", button));
}

function checklistItem(point, number, changed) {
  const id = `check-${number}`;
  const box = make("input", { type: "checkbox", id, autocomplete: "off", onchange: changed });
  const links = point.links.map(([place, exit, label]) =>
    stationLink(stations[place], [stations[place].name, label].filter(Boolean).join(" "), exit),
  );
  const words = make(
    "div",
    {},
    make("label", { for: id }, point.text),
    links.length ? paragraph("links", links) : null,
  );
  return make("li", { class: point.kind }, box, words);
}

function pointsOf(boxes) {
  return boxes.map((box, number) => ({ text: content.checklist[number].text, ticked: box.checked }));
}

/** Return whether what was kept for a point is that it was ticked; another report has other points. */
function isTicked(kept, text) {
  return kept?.text === text && kept.ticked === true;
}

/** Return what was ticked when the report was open before; nothing where the browser keeps nothing. */
function recallTicks() {
  try {
    const kept = JSON.parse(localStorage.getItem(TICKS));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** Keep what is ticked, and return whether the browser does. */
function keepTicks(points) {
  try {
    localStorage.setItem(TICKS, JSON.stringify(points));
    return true;
  } catch {
    return false;
  }
}

/** Return the file that mrt-pipeline approve --checklist takes (contracts/release.py). */
function checklistFile(points) {
  return {
    checklist_version: "1",
    run_id: content.run.id,
    dataset_sha256: content.run.dataset,
    saved_at: new Date().toISOString(),
    points,
  };
}

function saveFile(name, data) {
  const text = encodeURIComponent(`${JSON.stringify(data, null, 1)}\n`);
  make("a", { href: `data:application/json,${text}`, download: name }).click();
}
