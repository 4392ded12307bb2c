"""Read LTA's bus stop descriptions that name an exit: ``Opp Maxwell Stn Exit 3``, ``C'wealth Stn Exit A/D``.

Publisher: Land Transport Authority, DataMall, BusStops, field Description. The wording is LTA's own and
keeps to one pattern: an optional ``Opp``, ``Bef`` or ``Aft``, the station's name in abbreviated words, ``Stn
Exit``, a label. After a slash stands another label (``A/D``) or a place (``6/SGH``, ``A/Blk 99``); a place
may also stand before (``Lot 1/Choa Chu Kang Stn``). Last looked at on 2026-11-24, in the stops of April 2026.

A name is never guessed: ``extraction.abbreviations`` finds the one station whose name its words stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mrt_pipeline.contracts.network import BusStopRelation

_RELATIONS = {
    "": BusStopRelation.AT,
    "opp": BusStopRelation.OPPOSITE,
    "bef": BusStopRelation.BEFORE,
    "aft": BusStopRelation.AFTER,
}
_LABEL = r"(?:[A-Z][0-9]?|[0-9]{1,2}[A-Z]?)"
_LABELS = rf"{_LABEL}(?:\s*(?:&|,|\+|\band\b)\s*{_LABEL})*"
_NAMED = re.compile(
    rf"(?:(?P<relation>opp|bef|aft)\.?\s+)?(?P<station>\S.*?)\s+Stn\s+Exits?\s+(?P<labels>{_LABELS})",
    re.IGNORECASE,
)
_MORE_LABELS = re.compile(_LABELS, re.IGNORECASE)
_SPEAKS_OF_EXIT = re.compile(r"\bStn\b.*\bExits?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedExits:
    """Which exits of which station a description names, and how the stop lies to them."""

    relation: BusStopRelation
    station: str
    """the station's name as LTA abbreviates it"""
    labels: tuple[str, ...]


def parse_description(description: str) -> NamedExits | None:
    """Return the exits that a description names, nothing if it does not keep to the pattern."""
    parts = [part.strip() for part in description.split("/")]
    for number, part in enumerate(parts):
        if match := _NAMED.fullmatch(part):
            labels = [*_labels_in(match["labels"]), *_labels_that_follow(parts[number + 1 :])]
            relation = _RELATIONS[(match["relation"] or "").lower()]
            return NamedExits(relation, match["station"], tuple(dict.fromkeys(labels)))
    return None


def speaks_of_exit(description: str) -> bool:
    """Return whether a description has the words for a station and an exit, in whatever pattern."""
    return _SPEAKS_OF_EXIT.search(description) is not None


def _labels_in(listed: str) -> Iterator[str]:
    yield from (label.upper() for label in re.findall(rf"\b{_LABEL}\b", listed, re.IGNORECASE))


def _labels_that_follow(parts: list[str]) -> Iterator[str]:
    """Yield labels up to the first part that is another place."""
    for part in parts:
        if not _MORE_LABELS.fullmatch(part):
            return
        yield from _labels_in(part)
