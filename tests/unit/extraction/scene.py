"""Two stations with exits and bus stops, and short ways to write pages and what was read from them."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from mrt_pipeline.contracts.claims import Passage
from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import ExitEnrichment, RejectedClaim
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.extraction.candidates import Candidate, CandidateField
from mrt_pipeline.extraction.facts import BusTables, GroundingFacts
from mrt_pipeline.extraction.grounding import ground
from mrt_pipeline.network import load_network
from tests.fakes.network_builder import make_exit, make_station, provenance

AS_OF = date(2026, 11, 23)
NETWORK = load_network()
FIELDS: tuple[CandidateField, ...] = get_args(CandidateField)

_NS13, _NE1, _CC29 = (entry for code in ("NS13", "NE1", "CC29") if (entry := NETWORK.find_code(code)))

YISHUN: Station = make_station(
    NETWORK,
    "yishun",
    AS_OF,
    exits=tuple(make_exit(_NS13, label, east_m=30 * rank) for rank, label in enumerate("ABCDE")),
)
HARBOURFRONT: Station = make_station(
    NETWORK,
    "harbourfront",
    AS_OF,
    exits=(make_exit(_NE1, "A", 0, 300), make_exit(_NE1, "B", 0, 20), make_exit(_CC29, "A", 0, -300)),
)


def _stop(code: str, lat: float, lng: float, north_m: float, east_m: float = 0) -> BusStop:
    return BusStop(code, "A Road", f"Stop {code}", lat + north_m / 110_575, lng + east_m / 111_289)


STOPS = (
    _stop("59049", _NS13.lat, _NS13.lng, 90),
    _stop("59041", _NS13.lat, _NS13.lng, -40),
    _stop("59099", _NS13.lat, _NS13.lng, 10),  # where no bus calls
    _stop("10009", _NS13.lat, _NS13.lng, -16_000),
    _stop("14141", _NE1.lat, _NE1.lng, 0, 620),  # within reach of one of HarbourFront's exits A
    _stop("14142", (_NE1.lat + _CC29.lat) / 2, (_NE1.lng + _CC29.lng) / 2, 0),
)
SERVICES = (
    BusService("10", 1, ("59049", "10009", "14141", "14142")),
    BusService("2A", 1, ("59049", "59041")),
    BusService("2", 2, ("59049",)),
)
TABLES = BusTables(
    SourceTable(STOPS, provenance("lta-bus-stops")), SourceTable(SERVICES, provenance("lta-bus-services"))
)
FACTS = GroundingFacts(NETWORK, AS_OF, TABLES)


def page(text: str, char_start: int = 0) -> Passage:
    """Return a stretch of a wiki page."""
    return Passage(document_id="wiki:1@7", licence="CC-BY-SA-3.0", text=text, char_start=char_start)


def said(
    field: CandidateField, value: str, quote: str, exit_label: str | None = "A", **more: Any
) -> Candidate:
    """Return one statement as a model would hand it over."""
    facts: dict[str, Any] = {"char_start": None, "towards": None, "line": None, "method": Method.MODEL}
    return Candidate(field=field, value=value, quote=quote, exit_label=exit_label, **(facts | more))


def grounded(
    text: str, *candidates: Candidate, station: Station = YISHUN
) -> tuple[tuple[ExitEnrichment, ...], tuple[RejectedClaim, ...], tuple[Finding, ...]]:
    """Return what becomes of some statements about a page."""
    return ground([(page(text), candidates)], station, FACTS, source="openrouter_llm")


def reasons(text: str, *candidates: Candidate, station: Station = YISHUN) -> list[str]:
    """Return why statements were rejected, once nothing was published."""
    exits, rejected, _ = grounded(text, *candidates, station=station)
    assert not exits, exits
    return [claim.reason for claim in rejected]
