"""Which stops LTA's descriptions tie to which station, read once for all stations.

Field Description of BusStops keeps to one pattern (``Opp Maxwell Stn Exit 3``): an optional ``Opp``, ``Bef``
or ``Aft``, the station's name in abbreviated words, ``Stn Exit``, a label. After a slash stands another label
(``A/D``) or a place (``6/SGH``); a place may also stand before (``Lot 1/Choa Chu Kang Stn``). Last looked at
on 2026-11-24, in the stops of April 2026. A name is never guessed: ``extraction.abbreviations`` finds the one
station whose name its words stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import BusStopRelation
from mrt_pipeline.contracts.source import BusStop
from mrt_pipeline.extraction.place_names import ABBREVIATIONS, StationNames
from mrt_pipeline.network import CodeEntry, Network
from mrt_pipeline.runtime.geometry import to_svy21, to_svy21_all


@dataclass(frozen=True, slots=True)
class NamedStop:
    """A stop whose description names exits of a station in operation."""

    stop: BusStop
    exits: NamedExits


@dataclass(frozen=True, slots=True)
class Naming:
    """What all descriptions say."""

    stops: Mapping[str, tuple[NamedStop, ...]]
    """by slug of the station they name"""
    naming_codes: frozenset[str]
    """codes of all stops that name an exit, whether or not we know it"""
    findings: Mapping[str, tuple[Finding, ...]]
    """what could not be placed, by slug of the station in operation that is nearest to the stop"""


def read_naming(stops: Iterable[BusStop], network: Network, as_of: date, document_id: str) -> Naming:
    """Return what the descriptions of some stops say about exits on a day."""
    names = StationNames(network.names)
    open_codes = network.open_codes(as_of)
    by_slug: dict[str, list[NamedStop]] = {}
    misplaced: list[tuple[BusStop, Finding]] = []
    speaking = [stop for stop in stops if speaks_of_exit(stop.description)]
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
        check, fault = "bus-stop-exit-unreadable", "speaks of an exit in a wording that no rule reads"
        remedy = "Extend the rule for LTA's descriptions."
    elif slug is None:
        check, fault = "bus-stop-station-unknown", f"names {named.station!r}, the name of no station"
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
    """Return each finding under the station nearest to its stop, so that it is told once, and there."""
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
