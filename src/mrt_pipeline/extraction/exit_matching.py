"""Which exit a publisher's record means: by a label, or by the label and position of an entrance.

Two buildings of an interchange may each have an exit of one label. Then the line decides for which the list
is made, and a position tells two exits apart where a line does not. But where neither can, where the building
of these exits is itself in doubt, or where a label fits at a distance or two exits are near, nothing is
claimed, and a finding says so.
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
"""so far an entrance may lie from the exit of its label"""
CLEAR_M = 15.0
"""what is nearer by so much than that of its label is more likely the same; two surveys differ by less"""


@dataclass(frozen=True, slots=True)
class Naming:
    """A label as a publisher's record names it."""

    label: str
    line_code: str
    """the line whose building is meant if several have the label"""
    record_id: str
    """``document_id:record``"""
    words: str
    """what names it, for a person: ``LTA's lift 'EXIT A STREET LEVEL'``"""
    is_line_stated: bool = False
    """whether the record says expressly whose building it is, so that another one's exit is not meant"""


def read_exit_list(text: str) -> tuple[str, ...] | None:
    """Return the labels of ``A``, ``Exit A``, ``A, B & C``; none if a text is anything else."""
    folded = " ".join(text.split())
    if not _LIST.fullmatch(folded):
        return None
    return tuple(dict.fromkeys(re.findall(rf"\b{LABEL}\b", folded)))


def match_exit(station: Station, naming: Naming) -> StationExit | Finding:
    """Return the exit that a label means, or the finding that it means none, or one of several."""
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
    """An entrance as a publisher's record has it."""

    label: str
    lat: float
    lng: float
    record_id: str
    """``document_id:record``"""
    words: str
    """whose entrance it is, for a person: ``LTA's train timetable``"""

    def distance_m(self, found: StationExit) -> float:
        """Return how far an exit is away, metres."""
        return distance_m(self.lat, self.lng, found.lat, found.lng)


def match_entrance(
    station: Station, entrance: Entrance, exits: Iterable[StationExit], beside: Iterable[Entrance] = ()
) -> StationExit | Finding:
    """Return the exit that an entrance is, or the finding that it is none, or one of several.

    Args:
        station: the one that it belongs to, or that is nearest.
        entrance: the record.
        exits: those that it may be.
        beside: the publisher's entrances of the station, one of which may lie where the exit does.
    """
    same = sorted(
        ((entrance.distance_m(found), found) for found in exits if found.exit_code == entrance.label),
        key=lambda pair: (pair[0], pair[1].exit_id),
    )
    near = [found for metres, found in same if metres <= TOLERANCE_M]
    if len(near) == 1:
        nearer = _find_nearer(station, entrance, near[0], beside)
        return _tell_entrance("entrance-ambiguous", station, entrance, nearer) if nearer else near[0]
    if near:
        listed = joined((found.exit_id for found in near), "or")
        return _tell_entrance("entrance-ambiguous", station, entrance, f"which may be {listed}")
    if same:
        metres, found = same[0]
        where = f"{metres:.0f} m from {found.exit_id}, the nearest of this label; expected at most"
        return _tell_entrance("entrance-far-from-exit", station, entrance, f"{where} {TOLERANCE_M:.0f} m")
    known = _list_labels(station)
    return _tell_entrance("entrance-without-exit", station, entrance, f"where LTA's exit dataset {known}")


def _list_labels(station: Station) -> str:
    """Return which exits LTA's dataset has at a station, worded for a sentence."""
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
    """Return what of another label is clearly nearer to an entrance or to its exit, if anything is."""
    most_m = entrance.distance_m(found) - CLEAR_M
    for other in station.exits if found in station.exits else ():
        if other.exit_code != entrance.label and entrance.distance_m(other) <= most_m:
            return f"to which {other.exit_id} is nearer than {found.exit_id}"
    for rival in beside:
        if rival.label != entrance.label and rival.distance_m(found) <= most_m:
            return f"while its entrance {rival.label} is nearer to {found.exit_id}"
    return None


def _tell_entrance(check: str, station: Station, entrance: Entrance, what: str) -> Finding:
    return finding_of(
        check,
        f"{entrance.words} has an entrance {entrance.label} at {station.name}, {what}; the entrance was "
        "not used. Check on a map which exit is meant.",
        slug=station.slug,
        record_id=entrance.record_id,
    )
