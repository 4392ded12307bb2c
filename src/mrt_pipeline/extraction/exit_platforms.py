"""Claims about the platforms that an exit leads to, and whether they are in the same building.

The evidence for a direction is always the network table; that for a platform's letter is the publisher's
record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted, listed
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Evidence, EvidenceMap, Method
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import ExitPlatform, Platform, PlatformLink, Station, StationExit
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.network import Direction, Network, network_evidence

DirectionKey = tuple[str, str, str]
"""line code, station code, and code of the next station"""
SHOWN_DIRECTIONS = 10


def is_same_building(code: str, station_exit: StationExit, station: Station, network: Network) -> bool:
    """Return whether an exit leads to the platforms of a station code without a change of building.

    Two codes share a building if they have the same reference position (Jurong East), unless each has its own
    exits: HarbourFront is one position in OneMap, but its two lines each have an exit A, 249 m apart.
    """
    if code == station_exit.station_code:
        return True
    here, there = network.find_code(code), network.find_code(station_exit.station_code)
    if here is None or there is None or (here.lat, here.lng) != (there.lat, there.lng):
        return False
    return all(other.station_code != code for other in station.exits)


def claim_platform(
    way: Direction, found: StationExit, station: Station, network: Network, **said: Any
) -> ExitPlatform:
    """Return the claim that an exit leads to the trains of a direction.

    Args:
        way: the direction.
        found: the exit.
        station: the exit's station.
        network: determines which codes share a building.
        said: further fields, including ``evidence`` for all fields except ``is_same_building``.
    """
    evidence = {**said.pop("evidence"), "is_same_building": cite_buildings(way.station_code, found)}
    return ExitPlatform(
        station_code=way.station_code,
        line_code=way.line_code,
        towards_code=way.towards_code,
        towards_kind=way.towards_kind,
        next_code=way.next_code,
        is_same_building=is_same_building(way.station_code, found, station, network),
        evidence=evidence,
        **said,
    )


def cite_buildings(code: str, station_exit: StationExit) -> tuple[Evidence, ...]:
    """Return the evidence for ``is_same_building``: that for the exit's building, and both station codes."""
    return _cite_premises(station_exit.evidence_for("station_code"), station_exit.station_code, code)


def cite_link(
    link: PlatformLink, platform: Platform, station_exit: StationExit, field: str
) -> tuple[Evidence, ...]:
    """Return the evidence for a field of a link: its own, or that of the platform or buildings.

    That an exit leads to a platform of its station follows from the evidence for the platform.
    """
    if field in ("is_same_building", "confidence"):
        own = link.evidence.get("is_same_building")
        return own or cite_buildings(platform.station_code, station_exit)
    return link.evidence.get("platform_id") or platform.evidence_for("towards_code")


@dataclass(frozen=True, slots=True)
class SignedLetters:
    """The letters of all platforms that trains of one direction use."""

    codes: tuple[str, ...]
    """at least one, in natural order"""
    confidence: Confidence
    """the lowest of all letters"""
    evidence: tuple[Evidence, ...]
    """one record per platform"""


def key_of(way: Direction) -> DirectionKey:
    """Return the key under which the letters of a direction are stored."""
    return way.line_code, way.station_code, way.next_code


def find_strays(
    signed: Iterable[DirectionKey], directions: Collection[DirectionKey], document_id: str
) -> tuple[Finding, ...]:
    """Return a finding if letters belong to directions without trains on the run's day.

    Args:
        signed: the directions that have letters.
        directions: the network's directions on that day.
        document_id: the document that gives the letters.
    """
    stray = [direction for direction in signed if direction not in directions]
    if not stray:
        return ()
    named = (f"{here} to {following} ({line})" for line, here, following in stray)
    return (
        finding_of(
            "letter-without-direction",
            f"{document_id} has letters for {counted(len(stray), 'direction')} that the network's table does "
            f"not have on this day: {listed(named, SHOWN_DIRECTIONS)}. They are not used; see whether the "
            "table lacks a change.",
            record_id=document_id,
        ),
    )


def claim_letters(
    station: Station,
    ways_by_code: Mapping[str, Iterable[Direction]],
    letters: Mapping[DirectionKey, SignedLetters],
    network: Network,
) -> tuple[ExitEnrichment, ...]:
    """Return a claim for each exit, direction and platform letter of a station.

    Args:
        station: the station.
        ways_by_code: directions by station code.
        letters: platform letters by direction.
        network: determines which codes share a building.
    """
    signed = [
        (way, letters[key_of(way)])
        for code in station.mrt_codes
        for way in ways_by_code.get(code, ())
        if key_of(way) in letters
    ]
    return tuple(
        ExitEnrichment(
            exit_id=found.exit_id,
            platforms=tuple(
                claim for way, given in signed for claim in _claim(way, given, found, station, network)
            ),
        )
        for found in station.exits
    )


def _claim(
    way: Direction, signed: SignedLetters, found: StationExit, station: Station, network: Network
) -> Iterator[ExitPlatform]:
    evidence: EvidenceMap = {
        WHOLE_RECORD: (network_evidence(way.service_id, Method.TOPOLOGY),),
        "platform_code": signed.evidence,
    }
    for letter in signed.codes:
        yield claim_platform(
            way,
            found,
            station,
            network,
            platform_code=letter,
            confidence=signed.confidence,
            evidence=evidence,
        )


@lru_cache(maxsize=1024)
def _cite_premises(reasons: tuple[Evidence, ...], of_exit: str, of_platform: str) -> tuple[Evidence, ...]:
    premises = (reason.model_copy(update={"method": Method.DEDUCTION}) for reason in reasons)
    codes = (network_evidence(code, Method.DEDUCTION) for code in (of_exit, of_platform))
    return tuple(dict.fromkeys((*premises, *codes)))
