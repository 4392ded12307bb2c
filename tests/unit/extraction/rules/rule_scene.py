"""Short ways to read a page by rules and to see what became of it."""

from __future__ import annotations

from collections.abc import Iterable

from mrt_pipeline.contracts.claims import Passage
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station, StepFree
from mrt_pipeline.contracts.outputs import ExitEnrichment, RejectedClaim
from mrt_pipeline.extraction.access_words import DENIALS
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.grounding import ground
from mrt_pipeline.extraction.page_text import read_page_text
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.extraction.rules.page_rules import RuleReading, read_page
from tests.unit.extraction.scene import FACTS, NETWORK, YISHUN

NAMES = PlaceNames.of(NETWORK)
TITLE = "Yishun MRT Station"
Grounded = tuple[tuple[ExitEnrichment, ...], tuple[RejectedClaim, ...], tuple[Finding, ...]]


def read(html: str, title: str = TITLE) -> RuleReading:
    """Return what the rules made of a page."""
    return read_page(read_page_text(html, title), NAMES)


def said(html: str) -> set[str]:
    """Return what the rules read, before grounding: ``A lift``, ``* A>Jurong East``; no denials."""
    return {_show(candidate) for candidate in read(html).candidates if candidate.value not in DENIALS}


def disputed(*htmls: str) -> set[str]:
    """Return the fields of exits of which pages of one station say yes and no: ``A access.features.lift``."""
    return {
        f"{finding.exit_id.rpartition('-')[2]} {finding.field}"
        for finding in _ground(htmls)[2]
        if finding.exit_id is not None
    }


def ground_page(html: str, station: Station) -> tuple[ExitEnrichment, ...]:
    """Return what is published of a station's exits."""
    return _ground([html], station)[0]


def _ground(htmls: Iterable[str], station: Station = YISHUN) -> Grounded:
    readings = []
    for number, html in enumerate(htmls):
        page = read_page_text(html, f"{station.name} MRT Station")
        passage = Passage(document_id=f"wiki:{number}@7", licence="CC0-1.0", text=page.text, char_start=0)
        readings.append((passage, read_page(page, NAMES).candidates))
    return ground(readings, station, FACTS, source="fandom_wiki")


def published(*htmls: str, station: Station = YISHUN) -> set[str]:
    """Return what is left after grounding, in the same form but for codes instead of names."""
    exits = _ground(htmls, station)[0]
    labels = {item.exit_id: item.exit_code for item in station.exits}
    found: set[str] = set()
    for item in exits:
        label = labels[item.exit_id]
        found |= {f"* {it.platform_code}>{it.towards_code}" for it in item.platforms}
        found |= {f"{label} {it.bus_stop_code}" for it in item.bus_stops}
        found |= {f"{label} {it.name}" for it in item.landmarks}
        if item.access:
            found |= {f"{label} {feature.value}" for feature in item.access.features}
            if item.access.step_free is not StepFree.UNKNOWN:
                found.add(f"{label} {item.access.step_free.value}")
    return found


def handed_on(html: str) -> list[str]:
    """Return the stretches that the rules hand on."""
    page = read_page_text(html, TITLE)
    return [page.text[start:end] for start, end in read_page(page, NAMES).passages]


def table(*rows: str, caption: str = "") -> str:
    """Return a table from rows with cells divided by ``|``; the first row is its head."""
    head, *body = [[cell.strip() for cell in row.split("|")] for row in rows]
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in body)
    heads = "".join(f"<th>{cell}</th>" for cell in head)
    return f"<table><caption>{caption}</caption><tr>{heads}</tr>{lines}</table>"


def _show(candidate: Candidate) -> str:
    if candidate.field == "platform":
        return f"* {candidate.value}>{candidate.towards}"
    return f"{candidate.exit_label} {candidate.value}"
