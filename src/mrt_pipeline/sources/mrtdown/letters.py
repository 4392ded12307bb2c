"""Which letters stand at the platforms of each direction on one day, how surely, and by which records.

Pure: from recorded letters to letters by (station code, next code), whatever a platform looks like elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.evidence import Confidence, Evidence, Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.runtime.records import natural_key
from mrt_pipeline.sources.mrtdown import PlatformLetter
from mrt_pipeline.sources.mrtdown.parsing import Basis

Direction = tuple[str, str, str]
"""line, code of the station, code of the next one"""

UNEVEN_LINES = frozenset({"BPL"})
"""Bukit Panjang LRT: platforms of one side are not numbered alike at all stations"""

_CONFIDENCE = {
    Basis.SEEN: Confidence.HIGH,
    Basis.INFERRED: Confidence.MEDIUM,
    Basis.UNCLEAR: Confidence.LOW,
}
_WEAKEST_LAST = list(Confidence)
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


def letters_on(
    as_of: date, letters: Iterable[PlatformLetter], provenance: Provenance
) -> dict[Direction, SignedLetters]:
    """Return the letters of every direction on a day.

    Args:
        as_of: the day.
        letters: the records, in any order.
        provenance: the document that they are of.
    """
    by_direction: dict[Direction, list[PlatformLetter]] = defaultdict(list)
    for letter in letters:
        if _holds_on(as_of.isoformat(), letter):
            by_direction[letter.line_code, letter.station_code, letter.next_code].append(letter)
    return {direction: _sign(same, provenance) for direction, same in sorted(by_direction.items())}


def find_strays(
    signed: Mapping[Direction, SignedLetters], directions: Collection[Direction], document_id: str
) -> tuple[Finding, ...]:
    """Return a finding if letters are for directions that trains do not take on the run's day."""
    stray = [direction for direction in signed if direction not in directions]
    if not stray:
        return ()
    shown = ", ".join(f"{here} to {following} ({line})" for line, here, following in stray[:SHOWN_DIRECTIONS])
    more = f" and {len(stray) - SHOWN_DIRECTIONS} more" if len(stray) > SHOWN_DIRECTIONS else ""
    return (
        finding_of(
            "letter-without-direction",
            f"{document_id} has letters for {counted(len(stray), 'direction')} that the network's table does "
            f"not have on this day: {shown}{more}. They are not used; see whether the table lacks a change.",
            record_id=document_id,
        ),
    )


def _holds_on(day: str, letter: PlatformLetter) -> bool:
    return letter.valid_from <= day and (letter.valid_to is None or day < letter.valid_to)


def _sign(same: list[PlatformLetter], provenance: Provenance) -> SignedLetters:
    records = dict.fromkeys(sorted(letter.platform_id for letter in same))
    return SignedLetters(
        codes=tuple(sorted({letter.letter for letter in same}, key=natural_key)),
        confidence=max((_confidence_of(letter) for letter in same), key=_WEAKEST_LAST.index),
        evidence=tuple(map(provenance.cite, records)),
    )


def _confidence_of(letter: PlatformLetter) -> Confidence:
    return Confidence.LOW if letter.line_code in UNEVEN_LINES else _CONFIDENCE[Basis(letter.basis)]
