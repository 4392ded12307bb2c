"""Hang grounded values on their exits: the same value once, with all its evidence; contradictions told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mrt_pipeline.contracts.evidence import Confidence, Evidence, EvidenceMap
from mrt_pipeline.contracts.findings import Finding, Side
from mrt_pipeline.contracts.network import (
    AccessFeature,
    ExitAccess,
    ExitBusStop,
    ExitPlatform,
    Landmark,
    Station,
    StationExit,
    StepFree,
)
from mrt_pipeline.contracts.outputs import ExitEnrichment, FeatureDenial
from mrt_pipeline.extraction.disputes import (
    Dispute,
    Speaker,
    answers_of,
    disagreement,
    find_disputes,
    letter_dispute,
)
from mrt_pipeline.extraction.uniting import (
    code_of,
    direction_of,
    group,
    name_of,
    nearest_first,
    unite,
    unite_access,
)


@dataclass(frozen=True, slots=True)
class AccessStatement:
    """One thing said about access through an exit: a feature, what it means for step-free access, or both."""

    feature: AccessFeature | None
    step_free: StepFree | None
    evidence: Evidence
    confidence: Confidence


ONE_PAGE = "one page"
"""who says what, where the statements of a page contradict each other"""
Item = ExitPlatform | ExitBusStop | AccessStatement | FeatureDenial | Landmark


@dataclass(frozen=True, slots=True)
class GroundedValue:
    """A value that may be published, and the exit it belongs to."""

    exit_id: str
    item: Item


def enrich_exits(
    values: Iterable[GroundedValue], station: Station
) -> tuple[tuple[ExitEnrichment, ...], tuple[Finding, ...]]:
    """Return one enrichment per exit that has a value, in the station's order, and their contradictions."""
    by_exit: dict[str, list[Item]] = {}
    for value in values:
        by_exit.setdefault(value.exit_id, []).append(value.item)
    findings: list[Finding] = []
    exits = tuple(
        _enrich(station, station_exit, by_exit[station_exit.exit_id], findings)
        for station_exit in station.exits
        if station_exit.exit_id in by_exit
    )
    return exits, tuple(findings)


def _enrich(
    station: Station, station_exit: StationExit, items: list[Item], findings: list[Finding]
) -> ExitEnrichment:
    access = [_as_access(item) for item in items if isinstance(item, AccessStatement)]
    denied = [item for item in items if isinstance(item, FeatureDenial)]
    platforms = [item for item in items if isinstance(item, ExitPlatform)]
    disputes = _access_disputes(item for item in items if isinstance(item, AccessStatement | FeatureDenial))
    for dispute in (*disputes, *_letter_disputes(platforms)):
        findings.append(disagreement(station, station_exit, dispute))
    stops = unite((item for item in items if isinstance(item, ExitBusStop)), code_of, "relation")
    return ExitEnrichment(
        exit_id=station_exit.exit_id,
        platforms=tuple(unite(_without_conflicts(platforms), direction_of, "towards_code")),
        bus_stops=tuple(sorted(stops, key=nearest_first)),
        access=unite_access(access, {dispute.field for dispute in disputes}) if access else None,
        landmarks=tuple(unite((item for item in items if isinstance(item, Landmark)), name_of, "name")),
        denied=tuple(dict.fromkeys(denied)),
    )


def _as_access(statement: AccessStatement) -> ExitAccess:
    evidence: EvidenceMap = {"step_free": (statement.evidence,)}
    if statement.feature is not None:
        evidence["features"] = (statement.evidence,)
    return ExitAccess(
        step_free=statement.step_free or StepFree.UNKNOWN,
        features=() if statement.feature is None else (statement.feature,),
        confidence=statement.confidence,
        evidence=evidence,
    )


def _access_disputes(said: Iterable[AccessStatement | FeatureDenial]) -> tuple[Dispute, ...]:
    return tuple(find_disputes([Speaker(ONE_PAGE, _answers_of(item)) for item in said]))


def _answers_of(item: AccessStatement | FeatureDenial) -> dict[tuple[str, bool], str]:
    words = repr(item.evidence.quote)
    if isinstance(item, FeatureDenial):
        return answers_of({}, {item.feature: words}, StepFree.UNKNOWN, words)
    features = {} if item.feature is None else {item.feature: words}
    return answers_of(features, {}, item.step_free or StepFree.UNKNOWN, words)


def _letter_disputes(platforms: list[ExitPlatform]) -> Iterator[Dispute]:
    """Yield each direction of which a page says that its trains use platforms of several letters."""
    for same in group(platforms, direction_of):
        letters = {str(item.platform_code) for item in same}
        if len(letters) > 1:
            yield letter_dispute((Side(speaker=ONE_PAGE, says=letter) for letter in letters), same[0])


def _without_conflicts(platforms: list[ExitPlatform]) -> list[ExitPlatform]:
    letters = _letters(platforms)
    return [item for item in platforms if len(letters[direction_of(item)]) == 1]


def _letters(platforms: Iterable[ExitPlatform]) -> dict[tuple[str, str, str], set[str | None]]:
    found: dict[tuple[str, str, str], set[str | None]] = {}
    for item in platforms:
        found.setdefault(direction_of(item), set()).add(item.platform_code)
    return found
