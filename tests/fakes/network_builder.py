"""Small hand-made networks, stations and stage outputs for tests, cited throughout and of fixed days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Evidence, EvidenceMap, Method, Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import (
    BusStopRelation,
    ExitBusStop,
    ExitPlatform,
    LinkedExit,
    Platform,
    PlatformLink,
    ServiceDays,
    Station,
    StationCode,
    StationExit,
    StationStatus,
    StationType,
    TrainTimes,
    link_platform,
)
from mrt_pipeline.contracts.outputs import (
    EnrichmentStatus,
    ExitEnrichment,
    FeatureAccount,
    FeatureOutcome,
    Stage1Output,
    Stage2Output,
    Stage3Output,
    StageMetadata,
    StationEnrichment,
)
from mrt_pipeline.extraction.merging import merge_claims
from mrt_pipeline.network import CodeEntry, Line, Network, Service

AS_OF = date(2026, 1, 5)
NOW = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
LICENCE = "SODL-1.0"
EXITS_DOCUMENT = "lta-station-exits"


def code_entry(
    station_code: str,
    slug: str,
    line_code: str,
    position: tuple[float, float],
    opened: date | None = date(1990, 1, 1),
) -> CodeEntry:
    """Return a code that was never closed nor renumbered."""
    return CodeEntry(station_code, slug, line_code, opened, None, None, *position, "onemap")


SMALL_NETWORK = Network(
    lines=(
        Line("NSL", "North South Line", "mrt", ("NS",), "#D42E12"),
        Line("CCL", "Circle Line", "mrt", ("CC", "CE"), "#FA9E0D"),
        Line("BPL", "Bukit Panjang LRT", "lrt", ("BP",), "#748477"),
    ),
    names={"yishun": "Yishun", "bishan": "Bishan", "senja": "Senja", "keppel": "Keppel"},
    codes=(
        code_entry("NS13", "yishun", "NSL", (1.4294, 103.8350)),
        code_entry("NS17", "bishan", "NSL", (1.3513, 103.8492)),
        code_entry("CC15", "bishan", "CCL", (1.3516, 103.8484)),
        code_entry("BP13", "senja", "BPL", (1.3827, 103.7623)),
        code_entry("CC30", "keppel", "CCL", (1.2698, 103.8300), opened=date(2026, 7, 12)),
    ),
    services=(Service("nsl-main", "NSL", False, None, None, ("NS13", "NS17")),),
    sha256="0" * 64,
)
"""three stations with four codes on three lines on ``AS_OF``; a fourth station opens half a year later"""


def cited(
    record_id: str = "1",
    document_id: str = EXITS_DOCUMENT,
    method: Method = Method.RECORD,
    licence: str = LICENCE,
) -> EvidenceMap:
    """Return evidence for a whole record."""
    return {
        "record": (Evidence(document_id=document_id, method=method, licence=licence, record_id=record_id),)
    }


def provenance(document_id: str = EXITS_DOCUMENT, **changes: Any) -> Provenance:
    """Return where a document comes from."""
    facts: dict[str, Any] = {
        "document_id": document_id,
        "source_id": document_id,
        "title": "A document",
        "publisher": "A publisher",
        "url": "https://example.org/document",
        "retrieved_at": NOW,
        "licence": LICENCE,
        "licence_url": "https://example.org/licence",
        "attribution": f"Contains information from {document_id}.",
        "sha256": "a" * 64,
        "records": 1,
    }
    return Provenance(**facts | changes)


def make_exit(
    entry: CodeEntry, label: str = "A", north_m: float = 50, east_m: float = 0, **changes: Any
) -> StationExit:
    """Return an exit some metres north and east of its building."""
    facts: dict[str, Any] = {
        "exit_id": f"{entry.slug}-{entry.line_code.lower()}-{label}",
        "exit_code": label,
        "station_code": entry.station_code,
        "line_code": entry.line_code,
        "lat": round(entry.lat + north_m / 110_575, 7),
        "lng": round(entry.lng + east_m / 111_289, 7),
        "evidence": cited(),
    }
    return StationExit(**facts | changes)


def make_station(network: Network, slug: str, as_of: date = AS_OF, **changes: Any) -> Station:
    """Return a station of a network as it is on a day, with an exit ``A`` at each building."""
    future = network.future_codes(as_of)
    entries = network.open_codes(as_of).get(slug) or future[slug]
    is_open = slug not in future or slug in network.open_codes(as_of)
    modes = {line.line_code: line.mode for line in network.lines}
    facts: dict[str, Any] = {
        "station_id": entries[0].station_code,
        "slug": slug,
        "name": network.names[slug],
        "station_type": StationType(modes[entries[0].line_code]),
        "status": StationStatus.OPERATIONAL if is_open else StationStatus.FUTURE,
        "mrt_codes": tuple(entry.station_code for entry in entries),
        "lines": tuple(dict.fromkeys(entry.line_code for entry in entries)),
        "codes": tuple(_station_code(entry) for entry in entries),
        "lat": entries[0].lat,
        "lng": entries[0].lng,
        "wiki_title": f"{network.names[slug]} MRT Station",
        "exits": _exits_of(entries) if is_open else (),
        "evidence": cited(),
    }
    return Station(**facts | changes)


def make_platform(entry: CodeEntry, towards: CodeEntry, **changes: Any) -> ExitPlatform:
    """Return the claim that an exit leads to a platform of one building whose trains go to another."""
    facts: dict[str, Any] = {
        "station_code": entry.station_code,
        "line_code": entry.line_code,
        "towards_code": towards.station_code,
        "next_code": towards.station_code,
        "is_same_building": True,
        "evidence": cited("nsl-main", method=Method.TOPOLOGY),
    }
    return ExitPlatform(**facts | changes)


def with_platforms(station: Station, *claimed: ExitPlatform) -> Station:
    """Return a station all of whose exits lead to some platforms, as merging makes them."""
    claims = StationClaims(
        source="network",
        exits=tuple(ExitEnrichment(exit_id=found.exit_id, platforms=claimed) for found in station.exits),
    )
    merged = merge_claims(station, [claims])
    exits = tuple(
        found.model_copy(update={"platforms": linked.platforms})
        for found, linked in zip(station.exits, merged.exits, strict=True)
    )
    return station.model_copy(update={"platforms": merged.platforms, "exits": exits})


def station_platform(entry: CodeEntry, towards: CodeEntry, **changes: Any) -> Platform:
    """Return a platform of one station whose trains go to another."""
    facts: dict[str, Any] = {
        "platform_id": f"{entry.slug}-{entry.line_code.lower()}-{towards.station_code}",
        "station_code": entry.station_code,
        "line_code": entry.line_code,
        "towards_code": towards.station_code,
        "next_code": towards.station_code,
        "evidence": cited("nsl-main", method=Method.TOPOLOGY),
    }
    return Platform(**facts | changes)


def make_trains(platform: Platform, **changes: Any) -> TrainTimes:
    """Return the first and the last train of a service at a platform, the last one after midnight."""
    facts: dict[str, Any] = {
        "platform_id": platform.platform_id,
        "service": "NSL_MAIN_S",
        "days": ServiceDays.WEEKDAY,
        "first_train": "05:35",
        "last_train": "00:31",
        "is_last_next_day": True,
        "confidence": Confidence.MEDIUM,
        "evidence": cited("YIS:NSL_MAIN_S"),
    }
    return TrainTimes(**facts | changes)


def links_to(*platforms: Platform, is_same_building: bool = True) -> tuple[PlatformLink, ...]:
    """Return that an exit leads to some platforms."""
    return tuple(link_platform(one.platform_id, is_same_building=is_same_building) for one in platforms)


def make_bus_stop(
    found: StationExit, code: str = "59069", north_m: float = 40, **changes: Any
) -> ExitBusStop:
    """Return a bus stop some metres north of an exit."""
    facts: dict[str, Any] = {
        "bus_stop_code": code,
        "description": "Yishun Stn Exit A",
        "road_name": "Yishun Ave 2",
        "lat": found.lat + north_m / 110_575,
        "lng": found.lng,
        "services": ("85", "85A"),
        "relation": BusStopRelation.AT,
        "distance_m": round(north_m, 1),
        "evidence": cited(code),
    }
    return ExitBusStop(**facts | changes)


def open_stations(network: Network = SMALL_NETWORK, as_of: date = AS_OF) -> tuple[Station, ...]:
    """Return every station of a network that is in operation on a day."""
    return tuple(make_station(network, slug, as_of) for slug in network.open_codes(as_of))


def make_stage1(
    stations: tuple[Station, ...] | None = None, as_of: date = AS_OF, findings: Iterable[Finding] = ()
) -> Stage1Output:
    """Return stage 1's output with one kept feature for each exit."""
    stations = open_stations() if stations is None else stations
    return Stage1Output(
        metadata=make_metadata("stage1_ingestion", as_of),
        stations=stations,
        future_stations=(),
        features=tuple(make_account(found) for station in stations for found in station.exits),
        provenance={EXITS_DOCUMENT: provenance()},
        findings=tuple(findings),
    )


def make_account(found: StationExit, **changes: Any) -> FeatureAccount:
    """Return the account of a feature that was kept as an exit."""
    facts: dict[str, Any] = {
        "record_id": found.exit_id,
        "station_na": found.station_code,
        "exit_code": f"Exit {found.exit_code}",
        "outcome": FeatureOutcome.KEPT,
        "exit_id": found.exit_id,
        "reason": "the only one of its label",
    }
    return FeatureAccount(**facts | changes)


def make_stage2(*enrichments: StationEnrichment, as_of: date = AS_OF, **changes: Any) -> Stage2Output:
    """Return stage 2's output with the given enrichments."""
    facts: dict[str, Any] = {
        "metadata": make_metadata("stage2_enrichment", as_of),
        "sources": (),
        "enrichments": enrichments,
        "provenance": {EXITS_DOCUMENT: provenance()},
        "findings": (),
    }
    return Stage2Output(**facts | changes)


def make_enrichment(slug: str, *exits: LinkedExit, **changes: Any) -> StationEnrichment:
    """Return what stage 2 says about one station."""
    return StationEnrichment(slug=slug, status=EnrichmentStatus.DONE, exits=exits, **changes)


def enrich_nothing(stations: Iterable[Station]) -> tuple[StationEnrichment, ...]:
    """Return an empty enrichment for each exit of some stations."""
    return tuple(
        make_enrichment(station.slug, *(LinkedExit(exit_id=found.exit_id) for found in station.exits))
        for station in stations
    )


def make_dataset(*stations: Station, as_of: date = AS_OF, **changes: Any) -> Stage3Output:
    """Return a dataset of some stations (default: all of the small network)."""
    facts: dict[str, Any] = {
        "metadata": make_metadata("stage3_merger", as_of),
        "stations": stations or open_stations(),
        "future_stations": (),
        "provenance": {EXITS_DOCUMENT: provenance()},
        "findings": (),
    }
    return Stage3Output(**facts | changes)


def make_metadata(stage_name: str, as_of: date = AS_OF) -> StageMetadata:
    """Return a stage's metadata, made at the fixed moment."""
    return StageMetadata(
        stage_name=stage_name,
        as_of=as_of,
        generated_at=NOW,
        pipeline_name="MRT Data Pipeline",
        pipeline_version="2.0.0",
        description="A test",
    )


def _station_code(entry: CodeEntry) -> StationCode:
    return StationCode(
        station_code=entry.station_code,
        line_code=entry.line_code,
        opened_date=entry.opened_date,
        evidence=cited(entry.station_code),
    )


def _exits_of(entries: tuple[CodeEntry, ...]) -> tuple[StationExit, ...]:
    first_of_line = {entry.line_code: entry for entry in reversed(entries)}
    in_order = reversed(first_of_line.values())
    # Lines that share a building share its position, so each exit is moved a little to be a place of its own.
    return tuple(make_exit(entry, east_m=20 * rank) for rank, entry in enumerate(in_order))
