"""Find which stops LTA's descriptions tie to each station, once for all stations, and to which of its exits.

The field Description of BusStops follows one pattern (``Opp Maxwell Stn Exit 3``): optionally ``Opp``,
``Bef`` or ``Aft``, then the station's name in abbreviated words, ``Stn Exit``, and a label. After a slash
comes another label (``A/D``) or a place (``6/SGH``); a place may also precede the station (``Lot 1/Choa Chu
Kang Stn``). Last looked at on 2026-11-24, in the stops of April 2026. A name is never guessed:
``extraction.abbreviations`` finds the one station that its words abbreviate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import joined
from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import BusStopRelation, Station, StationExit
from mrt_pipeline.contracts.source import BusStop
from mrt_pipeline.extraction.exit_matching import LABEL
from mrt_pipeline.extraction.facts import REACH_M
from mrt_pipeline.extraction.place_names import ABBREVIATIONS, StationNames
from mrt_pipeline.network import CodeEntry, Network
from mrt_pipeline.runtime.geometry import Point, to_svy21, to_svy21_all


@dataclass(frozen=True, slots=True)
class NamedStop:
    """A stop whose description names exits of a station in operation."""

    stop: BusStop
    exits: NamedExits


@dataclass(frozen=True, slots=True)
class Naming:
    """What all descriptions say, by station."""

    stops: Mapping[str, tuple[NamedStop, ...]]
    """by slug of the station named"""
    naming_codes: frozenset[str]
    """codes of all stops that name an exit, known or not"""
    findings: Mapping[str, tuple[Finding, ...]]
    """findings about stops that could not be placed, by slug of the nearest station in operation"""


def read_naming(stops: Iterable[BusStop], network: Network, as_of: date, document_id: str) -> Naming:
    """Return what the descriptions of the given stops say about exits on a day."""
    names = StationNames(network.names)
    open_codes = network.open_codes(as_of)
    by_slug: dict[str, list[NamedStop]] = {}
    misplaced: list[tuple[BusStop, Finding]] = []
    speaking = [stop for stop in stops if mentions_exit(stop.description)]
    for stop in speaking:
        named = parse_description(stop.description)
        slug = names.find_slug(named.station) if named else None
        if named and slug in open_codes:
            by_slug.setdefault(slug, []).append(NamedStop(stop, named))
        else:
            misplaced.append((stop, _misplaced(stop, named, slug, document_id)))
    entries = [entry for group in open_codes.values() for entry in group]
    return Naming(
        stops={slug: tuple(found) for slug, found in by_slug.items()},
        naming_codes=frozenset(stop.bus_stop_code for stop in speaking),
        findings=_by_nearest_station(misplaced, entries),
    )


def _misplaced(stop: BusStop, named: NamedExits | None, slug: str | None, document_id: str) -> Finding:
    if named is None:
        check, fault = "bus-stop-exit-unreadable", "mentions an exit in words that no rule covers"
        remedy = "Extend the rule for LTA's descriptions."
    elif slug is None:
        check, fault = "bus-stop-station-unknown", f"names {named.station!r}, which is not a station"
        remedy = f"Check whether an abbreviation is missing in {ABBREVIATIONS.name}."
    else:
        check, fault = "bus-stop-station-not-open", f"names {slug}, which is not in operation"
        remedy = "Check whether its opening date is missing in the network table."
    return finding_of(
        check,
        f"Bus stop {stop.bus_stop_code} ({stop.description}) {fault}; it is assigned to no exit by "
        f"name. {remedy}",
        record_id=f"{document_id}:{stop.bus_stop_code}",
    )


def _by_nearest_station(
    misplaced: list[tuple[BusStop, Finding]], entries: list[CodeEntry]
) -> dict[str, tuple[Finding, ...]]:
    """Return each finding under the station nearest to its stop, so that it is reported once."""
    found: dict[str, tuple[Finding, ...]] = {}
    if not misplaced or not entries:
        return found
    places = to_svy21_all([(entry.lat, entry.lng) for entry in entries])
    for stop, finding in misplaced:
        here = to_svy21(stop.lat, stop.lng)
        slug = entries[min(range(len(entries)), key=lambda number: here.distance_m(places[number]))].slug
        found[slug] = (*found.get(slug, ()), finding.model_copy(update={"slug": slug}))
    return found


_RELATIONS = {
    "": BusStopRelation.AT,
    "opp": BusStopRelation.OPPOSITE,
    "bef": BusStopRelation.BEFORE,
    "aft": BusStopRelation.AFTER,
}
_LABELS = rf"{LABEL}(?:\s*(?:&|,|\+|\band\b)\s*{LABEL})*"
_NAMED = re.compile(
    rf"(?:(?P<relation>opp|bef|aft)\.?\s+)?(?P<station>\S.*?)\s+Stn\s+Exits?\s+(?P<labels>{_LABELS})",
    re.IGNORECASE,
)
_MORE_LABELS = re.compile(_LABELS, re.IGNORECASE)
_SPEAKS_OF_EXIT = re.compile(r"\bStn\b.*\bExits?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedExits:
    """Which exits of which station a description names, and where the stop is relative to them."""

    relation: BusStopRelation
    station: str
    """the station's name as LTA abbreviates it"""
    labels: tuple[str, ...]


def parse_description(description: str) -> NamedExits | None:
    """Return the exits that a description names, or None if it does not follow the pattern."""
    parts = [part.strip() for part in description.split("/")]
    for number, part in enumerate(parts):
        if match := _NAMED.fullmatch(part):
            labels = [*_labels_in(match["labels"]), *_labels_that_follow(parts[number + 1 :])]
            relation = _RELATIONS[(match["relation"] or "").lower()]
            return NamedExits(relation, match["station"], tuple(dict.fromkeys(labels)))
    return None


def mentions_exit(description: str) -> bool:
    """Return whether a description contains the words for a station and an exit, in any pattern."""
    return _SPEAKS_OF_EXIT.search(description) is not None


def _labels_in(listed: str) -> Iterator[str]:
    yield from (label.upper() for label in re.findall(rf"\b{LABEL}\b", listed, re.IGNORECASE))


def _labels_that_follow(parts: list[str]) -> Iterator[str]:
    """Yield labels up to the first part that names another place."""
    for part in parts:
        if not _MORE_LABELS.fullmatch(part):
            return
        yield from _labels_in(part)


CLEARLY_NEARER = 2.0
"""Of two exits with one label, the nearer is taken as meant if the other is this many times as far."""


@dataclass(frozen=True, slots=True)
class ReachedStop:
    """A stop in relation to one exit."""

    stop: BusStop
    relation: BusStopRelation
    distance_m: float
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class ExitPlace:
    """An exit and its position."""

    station_exit: StationExit
    position: Point


@dataclass(frozen=True, slots=True)
class StopPlace:
    """A stop that names exits, its position, and the document that records it."""

    named: NamedStop
    position: Point
    record_id: str


def tie_stops(
    station: Station, exits: Sequence[ExitPlace], stops: Iterable[StopPlace]
) -> tuple[dict[str, list[ReachedStop]], list[Finding]]:
    """Return the stops tied to each exit, and a finding for every label that matches no exit or several.

    Args:
        station: the station that the stops name.
        exits: its exits.
        stops: the stops that name it.
    """
    ties: dict[str, list[ReachedStop]] = {}
    findings: list[Finding] = []
    for stop in stops:
        for label in stop.named.exits.labels:
            found = _by_distance(stop, label, exits)
            in_reach = [item for item in found if item[0] <= REACH_M]
            if in_reach:
                ties.setdefault(in_reach[0][1].exit_id, []).append(_tie(stop, in_reach))
            if len(in_reach) != 1:
                findings.append(_finding(station, stop, label, found, in_reach))
    return ties, findings


Found = tuple[float, StationExit]
"""an exit with the label in question, and its distance from the stop in metres"""


def _by_distance(stop: StopPlace, label: str, exits: Sequence[ExitPlace]) -> list[Found]:
    """Return the exits with a label, nearest first; two buildings of an interchange may have one each."""
    found = [
        (stop.position.distance_m(place.position), place.station_exit)
        for place in exits
        if place.station_exit.exit_code == label
    ]
    return sorted(found, key=lambda item: (item[0], item[1].exit_id))


def _tie(stop: StopPlace, in_reach: list[Found]) -> ReachedStop:
    return ReachedStop(
        stop=stop.named.stop,
        relation=stop.named.exits.relation,
        distance_m=in_reach[0][0],
        confidence=_confidence([metres for metres, _ in in_reach]),
    )


def _confidence(distances_m: list[float]) -> Confidence:
    """Return how certain it is that the nearest exit with a label is meant."""
    if len(distances_m) == 1:
        return Confidence.HIGH
    is_clear = distances_m[1] >= CLEARLY_NEARER * distances_m[0]
    return Confidence.MEDIUM if is_clear else Confidence.LOW


def _finding(
    station: Station, place: StopPlace, label: str, found: list[Found], in_reach: list[Found]
) -> Finding:
    check, fault = _describe_fault(station, found, in_reach)
    stop = place.named.stop
    return finding_of(
        check,
        f"Bus stop {stop.bus_stop_code} ({stop.description}) names exit {label} of {station.name}, {fault}",
        slug=station.slug,
        exit_id=found[0][1].exit_id if found else None,
        record_id=place.record_id,
    )


def _describe_fault(station: Station, found: list[Found], in_reach: list[Found]) -> tuple[str, str]:
    """Return the check that a label fails, and why."""
    if not found:
        known = ", ".join(sorted({item.exit_code for item in station.exits})) or "none"
        return "bus-stop-exit-unknown", (
            f"which has {known}; the stop is assigned to no exit by name. Check whether the exit is new, or "
            "LTA's description is outdated."
        )
    if not in_reach:
        return "bus-stop-exit-too-far", (
            f"which lies {found[0][0]:.0f} m away; expected at most {REACH_M:.0f} m. The stop is assigned to "
            "no exit by name. Check whether the position of the stop or of the exit is wrong."
        )
    choices = joined((f"{item.exit_id} ({metres:.0f} m)" for metres, item in in_reach), "and")
    all_of, nearest = ("both", "nearer") if len(in_reach) == 2 else ("all", "nearest")
    return "bus-stop-exit-ambiguous", (
        f"but {choices} are {all_of} within range. The stop was assigned to the {nearest}; verify on a map."
    )
