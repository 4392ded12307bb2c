"""Which platforms an exit leads to, as sources claim it, and whether without a change of building.

The direction of trains always rests on the network's table. A letter that a publisher gives to a platform
rests on the publisher's record alone.
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
"""line, code of the station, code of the next one"""
SHOWN_DIRECTIONS = 10


def is_same_building(code: str, station_exit: StationExit, station: Station, network: Network) -> bool:
    """Return whether an exit leads to the platforms of a code without a change of building.

    One building serves two codes when they share a reference position (Jurong East), unless each has exits of
    its own: HarbourFront is one place to OneMap, but its two lines have an exit A each, 249 m apart.
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
        station: whose exit it is.
        network: by which buildings are told apart.
        said: further fields, among them the evidence for all but the building.
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
    """Return what ``is_same_building`` is concluded from: why the exit is of its building, and both codes."""
    return _cite_premises(station_exit.evidence_for("station_code"), station_exit.station_code, code)


def cite_link(
    link: PlatformLink, platform: Platform, station_exit: StationExit, field: str
) -> tuple[Evidence, ...]:
    """Return why a field of a link has its value: its own evidence, else what it follows from.

    Every exit leads to the platforms of its station for the reasons for which these are known.
    """
    if field in ("is_same_building", "confidence"):
        own = link.evidence.get("is_same_building")
        return own or cite_buildings(platform.station_code, station_exit)
    return link.evidence.get("platform_id") or platform.evidence_for("towards_code")


@dataclass(frozen=True, slots=True)
class SignedLetters:
    """All letters from which trains of one direction leave; several are all true."""

    codes: tuple[str, ...]
    """at least one, in natural order"""
    confidence: Confidence
    """of the least sure of them"""
    evidence: tuple[Evidence, ...]
    """one record for each platform"""


def key_of(way: Direction) -> DirectionKey:
    """Return what letters are looked up by."""
    return way.line_code, way.station_code, way.next_code


def find_strays(
    signed: Iterable[DirectionKey], directions: Collection[DirectionKey], document_id: str
) -> tuple[Finding, ...]:
    """Return a finding if letters are for directions that trains do not take on the run's day."""
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
    """Return for each exit a claim for each letter from which trains of each direction leave.

    Args:
        station: whose exits lead there.
        ways_by_code: where trains go from any station.
        letters: those of any direction.
        network: by which buildings are told apart.
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
