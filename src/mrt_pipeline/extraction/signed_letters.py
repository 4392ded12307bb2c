"""Claim the letters that publishers give to platforms, for directions that the network's table has.

So the direction itself rests on that table, and the letter alone on the publisher's record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted, listed
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Evidence, EvidenceMap, Method
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import ExitPlatform, Station, StationExit
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.extraction.buildings import cite_buildings, is_same_building
from mrt_pipeline.network import Direction, Network, network_evidence

DirectionKey = tuple[str, str, str]
"""line, code of the station, code of the next one"""
SHOWN_DIRECTIONS = 10


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
                platform
                for way, given in signed
                for platform in _claim(
                    way,
                    given,
                    found,
                    is_same_building=is_same_building(way.station_code, found, station, network),
                )
            ),
        )
        for found in station.exits
    )


def _claim(
    way: Direction, letters: SignedLetters, found: StationExit, *, is_same_building: bool
) -> Iterator[ExitPlatform]:
    evidence: EvidenceMap = {
        WHOLE_RECORD: (network_evidence(way.service_id, Method.TOPOLOGY),),
        "platform_code": letters.evidence,
        "is_same_building": cite_buildings(way.station_code, found),
    }
    for letter in letters.codes:
        yield ExitPlatform(
            station_code=way.station_code,
            line_code=way.line_code,
            towards_code=way.towards_code,
            towards_kind=way.towards_kind,
            next_code=way.next_code,
            platform_code=letter,
            is_same_building=is_same_building,
            confidence=letters.confidence,
            evidence=evidence,
        )
