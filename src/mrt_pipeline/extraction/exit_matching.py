"""Match a publisher's record to an exit, by its label, or by the label and position of an entrance.

Two buildings of an interchange may have exits with the same label. Then the record's line decides, or the
position. If neither does, if it is uncertain which building these exits belong to, or if label and position
disagree, the record is not used, and a finding says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import joined
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.network.doubts import find_doubt_of_building
from mrt_pipeline.runtime.geometry import distance_m

LABEL = r"(?:[A-Z][0-9]?|[0-9]{1,2}[A-Z]?)"
_WORD = r"(?i:exits?)\s*:?\s*"
_LIST = re.compile(rf"(?:{_WORD})?{LABEL}(?:\s*(?:[,/&;]|(?i:\band\b))\s*(?:{_WORD})?{LABEL})*\.?")

TOLERANCE_M = 50.0
"""maximum distance between an entrance and the exit with its label"""
CLEAR_M = 15.0
"""an exit with another label that is nearer by this much is the likelier match; two surveys differ by less"""


@dataclass(frozen=True, slots=True)
class Naming:
    """An exit label in a publisher's record."""

    label: str
    line_code: str
    """the line whose building is meant if several exits have the label"""
    record_id: str
    """``document_id:record``"""
    words: str
    """the record's name in messages: ``LTA's lift 'EXIT A STREET LEVEL'``"""
    is_line_stated: bool = False
    """whether the record states the line, so that exits of other buildings are excluded"""


def read_exit_list(text: str) -> tuple[str, ...] | None:
    """Return the labels in ``A``, ``Exit A`` or ``A, B & C``; None if a text is anything else."""
    folded = " ".join(text.split())
    if not _LIST.fullmatch(folded):
        return None
    return tuple(dict.fromkeys(re.findall(rf"\b{LABEL}\b", folded)))


def match_exit(station: Station, naming: Naming) -> StationExit | Finding:
    """Return the exit that a label means, or a finding if it means none or may mean several."""
    named = [found for found in station.exits if found.exit_code == naming.label]
    if len(named) > 1 and find_doubt_of_building(station.slug, naming.label) is not None:
        return _ambiguous(station, naming, named)
    of_line = [found for found in named if found.line_code == naming.line_code]
    if naming.is_line_stated:
        named = of_line
    if not named:
        return _unknown(station, naming)
    if len(named) == 1:
        return named[0]
    return of_line[0] if len(of_line) == 1 else _ambiguous(station, naming, of_line or named)


@dataclass(frozen=True, slots=True)
class Entrance:
    """An entrance in a publisher's record."""

    label: str
    lat: float
    lng: float
    record_id: str
    """``document_id:record``"""
    words: str
    """the record's source in messages: ``LTA's train timetable``"""

    def distance_m(self, found: StationExit) -> float:
        """Return the distance to an exit in metres."""
        return distance_m(self.lat, self.lng, found.lat, found.lng)


def match_entrance(
    station: Station, entrance: Entrance, exits: Iterable[StationExit], beside: Iterable[Entrance] = ()
) -> StationExit | Finding:
    """Return the exit that an entrance is, or a finding if it is none or may be several.

    Args:
        station: the station that the entrance belongs to, or the nearest one.
        entrance: the record.
        exits: the exits to choose from.
        beside: the publisher's other entrances of the station, one of which may be a better match.
    """
    same = sorted(
        ((entrance.distance_m(found), found) for found in exits if found.exit_code == entrance.label),
        key=lambda pair: (pair[0], pair[1].exit_id),
    )
    near = [found for metres, found in same if metres <= TOLERANCE_M]
    if len(near) == 1:
        nearer = _find_nearer(station, entrance, near[0], beside)
        return _entrance_finding("entrance-ambiguous", station, entrance, nearer) if nearer else near[0]
    if near:
        listed = joined((found.exit_id for found in near), "or")
        return _entrance_finding("entrance-ambiguous", station, entrance, f"which may be {listed}")
    if same:
        metres, found = same[0]
        where = f"{metres:.0f} m from {found.exit_id}, the nearest of this label; expected at most"
        return _entrance_finding("entrance-far-from-exit", station, entrance, f"{where} {TOLERANCE_M:.0f} m")
    known = _list_labels(station)
    return _entrance_finding("entrance-without-exit", station, entrance, f"where LTA's exit dataset {known}")


def _list_labels(station: Station) -> str:
    """Return the exits that LTA's dataset has at a station, as part of a sentence."""
    labels = sorted({found.exit_code for found in station.exits})
    return f"lists only {', '.join(labels)}" if labels else "lists no exit"


def _unknown(station: Station, naming: Naming) -> Finding:
    known = _list_labels(station)
    of_line = f" of the {naming.line_code} building" if naming.is_line_stated else ""
    return finding_of(
        "access-exit-unknown",
        f"{naming.words} names exit {naming.label}{of_line} at {station.name}, where LTA's exit dataset "
        f"{known}; the record was not used. Check whether the exit is new or the record outdated.",
        slug=station.slug,
        record_id=naming.record_id,
    )


def _ambiguous(station: Station, naming: Naming, choices: list[StationExit]) -> Finding:
    listed = joined(sorted(found.exit_id for found in choices), "or")
    return finding_of(
        "access-exit-ambiguous",
        f"{naming.words} names exit {naming.label} at {station.name}, which may be {listed}; "
        "the record was not used. Check which one is meant.",
        slug=station.slug,
        record_id=naming.record_id,
    )


def _find_nearer(
    station: Station, entrance: Entrance, found: StationExit, beside: Iterable[Entrance]
) -> str | None:
    """Return what is clearly nearer: another exit to the entrance, or another entrance to the exit.

    The result is part of a sentence; None if there is no such exit or entrance.
    """
    most_m = entrance.distance_m(found) - CLEAR_M
    for other in station.exits if found in station.exits else ():
        if other.exit_code != entrance.label and entrance.distance_m(other) <= most_m:
            return f"to which {other.exit_id} is nearer than {found.exit_id}"
    for rival in beside:
        if rival.label != entrance.label and rival.distance_m(found) <= most_m:
            return f"while its entrance {rival.label} is nearer to {found.exit_id}"
    return None


def _entrance_finding(check: str, station: Station, entrance: Entrance, what: str) -> Finding:
    return finding_of(
        check,
        f"{entrance.words} has an entrance {entrance.label} at {station.name}, {what}; the entrance was "
        "not used. Check on a map which exit is meant.",
        slug=station.slug,
        record_id=entrance.record_id,
    )
