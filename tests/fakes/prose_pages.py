"""Made-up prose about real stations in the style of wiki volunteers, and its facts about exits.

The texts are in ``prose/``. Each has something that an inattentive reader gets wrong: plans, the past,
denials, other stations, instructions to machines, or no facts at all. A fact is written as ``A: lift``, a
platform as ``platform A: NS27``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mrt_pipeline.contracts.claims import Passage, StationClaims
from mrt_pipeline.contracts.network import LinkedExit, Platform, Station
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.network import load_network
from tests.fakes.network_builder import make_exit, make_station, provenance

AS_OF = date(2026, 11, 23)
NETWORK = load_network()
WIKI_LICENCE = "CC-BY-SA-3.0"


@dataclass(frozen=True, slots=True)
class Page:
    """A text, and the facts that a person finds in it."""

    slug: str
    labels: str
    """the station's exits, one character each"""
    facts: frozenset[str]
    stops: tuple[str, ...] = ()
    """codes of bus stops at the station, whether or not the text assigns them to an exit"""

    @property
    def text(self) -> str:
        """Return the text of the page."""
        return (Path(__file__).parent / "prose" / f"{self.slug}.txt").read_text(encoding="utf-8").strip()

    @property
    def station(self) -> Station:
        """Return the station with its exits in a row."""
        code = next(item for item in NETWORK.codes if item.slug == self.slug and item.closed_date is None)
        exits = tuple(make_exit(code, label, east_m=20 * rank) for rank, label in enumerate(self.labels))
        return make_station(NETWORK, self.slug, AS_OF, exits=exits)

    @property
    def claims(self) -> StationClaims:
        """Return the claims of a source that could read nothing on the page and passes on all of it."""
        document = provenance(f"wiki:{self.slug}@1", licence=WIKI_LICENCE)
        passage = Passage(
            document_id=document.document_id, licence=WIKI_LICENCE, text=self.text, char_start=0
        )
        return StationClaims(
            source="fandom_wiki", passages=(passage,), provenance={document.document_id: document}
        )


YISHUN = Page(
    "yishun",
    "ABCDE",
    frozenset(
        {
            "A: Northpoint City",
            "A: lift",
            "B: 59049",
            "C: stairs_only",
            "C: step_free no",
            "C: 59041",
            "D: barrier_free",
            "D: step_free yes",
            "platform A: NS1",
            "platform B: NS28",
        }
    ),
    ("59049", "59041", "59099"),
)
BEDOK = Page(
    "bedok",
    "ABC",
    frozenset(),
    ("84031", "84039", "10000", "10001", "10002"),
)
"""a page without bus stops: models tend to invent some"""

HOUGANG = Page(
    "hougang",
    "ABC",
    frozenset({"A: lift", "A: escalator", "A: Hougang Mall", "C: 64549", "C: tactile_guidance"}),
    ("64549",),
)
CLARKE_QUAY = Page(
    "clarke-quay",
    "ABCE",
    frozenset(
        {
            "E: lift",
            "E: wheelchair_accessible",
            "E: step_free yes",
            "E: Central",
            "B: Riverside Point",
            "C: Merchant Court",
            "platform A: NE1",
            "platform B: NE18",
        }
    ),
    ("12345",),
)
LITTLE_INDIA = Page(
    "little-india",
    "ABCDE",
    frozenset({"C: lift", "A: Tekka Centre", "B: 07031"}),
    ("07031", "07111", "07112"),
)
PAGES = (YISHUN, BEDOK, HOUGANG, CLARKE_QUAY, LITTLE_INDIA)


def bus_tables() -> BusTables:
    """Return tables in which every stop of a page is at its station and served by one service."""
    stops = tuple(
        BusStop(code, "A Road", f"Stop {code}", page.station.lat, page.station.lng)
        for page in PAGES
        for code in page.stops
    )
    service = BusService("10", 1, tuple(stop.bus_stop_code for stop in stops))
    return BusTables(
        SourceTable(stops, provenance("lta-bus-stops")),
        SourceTable((service,), provenance("lta-bus-services")),
    )


def facts_of(
    exits: Iterable[ExitEnrichment | LinkedExit], station: Station, platforms: Iterable[Platform] = ()
) -> frozenset[str]:
    """Return all statements about a station, its exits and, once merged, its platforms, as written here."""
    labels = {found.exit_id: found.exit_code for found in station.exits}
    letters = (
        f"platform {letter}: {item.towards_code}" for item in platforms for letter in item.platform_codes
    )
    said = (fact for found in exits for fact in _facts_of_exit(found, labels[found.exit_id]))
    return frozenset((*letters, *said))


def false_facts(
    exits: Iterable[ExitEnrichment | LinkedExit], page: Page, platforms: Iterable[Platform] = ()
) -> frozenset[str]:
    """Return the statements about a station that its page does not make."""
    found = facts_of(exits, page.station, platforms)
    return frozenset(fact for fact in found - page.facts if not is_said(fact, page))


def is_said(fact: str, page: Page) -> bool:
    """Return whether a landmark is part of a name, or a road, that a sentence gives for its exit."""
    label, _, name = fact.partition(": ")
    is_name = re.fullmatch(r"(?:[A-Z]\w*(?: |$))+", name) is not None
    return is_name and any(f"Exit {label}" in item and name in item for item in sentences_of(page.text))


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [part for part in re.split(r"(?<=\.)\s+|\n+", text) if part.strip()]


def _facts_of_exit(found: ExitEnrichment | LinkedExit, label: str) -> list[str]:
    claimed = found.platforms if isinstance(found, ExitEnrichment) else ()
    facts = [f"platform {item.platform_code}: {item.towards_code}" for item in claimed]
    facts += [f"{label}: {stop.bus_stop_code}" for stop in found.bus_stops]
    facts += [f"{label}: {place.name}" for place in found.landmarks]
    if found.access:
        facts += [f"{label}: {feature.value}" for feature in found.access.features]
        facts += [f"{label}: step_free {found.access.step_free.value}"]
    return [fact for fact in facts if not fact.endswith("step_free unknown")]
