"""Which letters stand at the platforms of each direction on one day, how surely, and by which records.

Pure: from recorded letters to letters by (station code, next code), whatever a platform looks like elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from mrt_pipeline.contracts.evidence import Confidence, Provenance
from mrt_pipeline.extraction.signed_letters import DirectionKey, SignedLetters
from mrt_pipeline.runtime.records import natural_key
from mrt_pipeline.sources.mrtdown import PlatformLetter, ServiceTimes
from mrt_pipeline.sources.mrtdown.parsing import Basis

UNEVEN_LINES = frozenset({"BPL"})
"""Bukit Panjang LRT: platforms of one side are not numbered alike at all stations"""

_CONFIDENCE = {
    Basis.SEEN: Confidence.HIGH,
    Basis.INFERRED: Confidence.MEDIUM,
    Basis.UNCLEAR: Confidence.LOW,
}
_WEAKEST_LAST = list(Confidence)


def letters_on(
    as_of: date, letters: Iterable[PlatformLetter], provenance: Provenance
) -> dict[DirectionKey, SignedLetters]:
    """Return the letters of every direction on a day.

    Args:
        as_of: the day.
        letters: the records, in any order.
        provenance: the document that they are of.
    """
    by_direction: dict[DirectionKey, list[PlatformLetter]] = defaultdict(list)
    for letter in letters:
        if holds_on(as_of, letter):
            by_direction[letter.line_code, letter.station_code, letter.next_code].append(letter)
    return {direction: _sign(same, provenance) for direction, same in sorted(by_direction.items())}


def holds_on(day: date, record: PlatformLetter | ServiceTimes) -> bool:
    """Return whether a record's stretch of time holds a day."""
    iso = day.isoformat()
    return record.valid_from <= iso and (record.valid_to is None or iso < record.valid_to)


def _sign(same: list[PlatformLetter], provenance: Provenance) -> SignedLetters:
    records = dict.fromkeys(sorted(letter.platform_id for letter in same))
    return SignedLetters(
        codes=tuple(sorted({letter.letter for letter in same}, key=natural_key)),
        confidence=max((_confidence_of(letter) for letter in same), key=_WEAKEST_LAST.index),
        evidence=tuple(map(provenance.cite, records)),
    )


def _confidence_of(letter: PlatformLetter) -> Confidence:
    return Confidence.LOW if letter.line_code in UNEVEN_LINES else _CONFIDENCE[Basis(letter.basis)]
