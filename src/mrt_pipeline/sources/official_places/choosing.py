"""Which records are places that people know, and what they call them; the rest is left out, and counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted, verb_of
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import LandmarkKind
from mrt_pipeline.contracts.source import BusStop, SourceTable
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.extraction.place_names import StationNames
from mrt_pipeline.network import Network
from mrt_pipeline.runtime.geometry import to_dots
from mrt_pipeline.sources.official_places import AnyPlace, Hotel, PlaceArea, PlacePoint
from mrt_pipeline.sources.official_places.naming import corrections, write_name
from mrt_pipeline.sources.official_places.outlines import to_areas
from mrt_pipeline.sources.official_places.parsing import LAYOUTS

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


MIN_ROOMS = 10
"""a licensed hotel with fewer is a hostel, a few rooms above a shop, or tents: nobody's landmark"""

_NOT_OPEN = re.compile(r"\bU/C\b|\bunder construction\b|\bpend\w*ng?\b|\btill\b|\bclosed\b", re.IGNORECASE)
_NO_PARK = re.compile(
    r"\b(?P<playground>PG|PLAYGROUND)\b|\b(?P<open_space>OS)\b|\b(?P<fitness_corner>FC|FITNESS CORNER)\b"
    r"|\b(?P<car_park>CAR PARK)\b"
)
_HOSTEL = re.compile(
    r"hostel|backpack|capsule|\bpods?\b|spacepod|guesthouse|lodge\b"
    r"|^(?:cube|rucksack inn|snooze inn|traveller@sg|wink)\b",  # hostels that do not say so
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One record that is a landmark, or one part of it if it is an area of several, and where it lies."""

    name: str
    kind: LandmarkKind
    document: Provenance
    record_id: str
    shape: BaseGeometry
    """in SVY21"""


def choose_sites(tables: Iterable[SourceTable[AnyPlace]]) -> tuple[list[Site], list[Finding]]:
    """Return the places of all documents, and a finding for each document with records that are left out."""
    sites: list[Site] = []
    findings: list[Finding] = []
    for table in tables:
        kind = LAYOUTS[table.provenance.document_id].kind
        chosen, left_out = _sort_out(table, kind)
        sites.extend(
            Site(write_name(record.name, kind), kind, table.provenance, record.record_id, shape)
            for record, shapes in zip(chosen, _shapes_of(chosen), strict=True)
            for shape in shapes
        )
        if left_out:
            findings.append(_tell(table.provenance.document_id, len(table.records), left_out))
    return sites, findings


def find_reason_against(record: AnyPlace, kind: LandmarkKind) -> str | None:
    """Return why a record is no landmark; nothing if it is one."""
    known = corrections().get(record.name)
    if known is not None and not known.written:
        return known.why
    if isinstance(record, PlacePoint):
        is_open = not any(_NOT_OPEN.search(text) for text in (record.name, record.status or ""))
        return None if is_open else "not open"
    if isinstance(record, Hotel):
        if _HOSTEL.search(record.name):
            return "hostel"
        return f"fewer than {MIN_ROOMS} rooms" if record.rooms < MIN_ROOMS else None
    match = _NO_PARK.search(record.name.upper())
    return (match.lastgroup or "").replace("_", " ") if match else None


def _sort_out(table: SourceTable[AnyPlace], kind: LandmarkKind) -> tuple[list[AnyPlace], Counter[str]]:
    """Return the records of a table to use, and how many are left out, by the reason."""
    left_out: Counter[str] = Counter()
    chosen: list[AnyPlace] = []
    for record in table.records:
        if reason := find_reason_against(record, kind):
            left_out[reason] += 1
        else:
            chosen.append(record)
    return chosen, left_out


def _shapes_of(records: Sequence[AnyPlace]) -> Iterator[Sequence[BaseGeometry]]:
    """Yield the parts of each record of a table."""
    dots = iter(
        to_dots([(record.lat, record.lng) for record in records if not isinstance(record, PlaceArea)])
    )
    for record in records:
        yield to_areas(record.outline) if isinstance(record, PlaceArea) else (next(dots),)


def _tell(document_id: str, number: int, left_out: Counter[str]) -> Finding:
    reasons = ", ".join(f"{reason} {times}" for reason, times in sorted(left_out.items()))
    total = left_out.total()
    return finding_of(
        "place-left-out",
        f"{total} of {counted(number, 'record')} in {document_id} {verb_of(total)} left out: {reasons}.",
        record_id=document_id,
    )


_INTERCHANGE = re.compile(r"(?!(?:Opp|Bef|Aft)\b)(?P<place>[\w' ]+) (?P<kind>Int|Ter)")
_KINDS = {"Int": "Bus Interchange", "Ter": "Bus Terminal"}
_NO_BUSES = re.compile(r"\b(?:Ferry|Cargo|Marine)\b")


def find_interchanges(tables: BusTables, network: Network) -> Iterator[Site]:
    """Yield each stop that LTA names as an interchange or terminal and that services end at.

    ``Bt Panjang Int`` is Bukit Panjang Bus Interchange, ``Buona Vista Ter`` is Buona Vista Bus Terminal.
    ``Ter`` means terrace elsewhere, and ferries and planes have terminals too: no bus service ends at those.
    """
    names = StationNames(network.names)
    ends = {
        code
        for service in tables.services.records
        for code in (service.stop_codes[0], service.stop_codes[-1])
    }
    for stop in tables.stops.records:
        if stop.bus_stop_code in ends and (name := _name_of(stop, names, network)):
            yield Site(
                name=name,
                kind=LandmarkKind.BUS_INTERCHANGE,
                document=tables.stops.provenance,
                record_id=stop.bus_stop_code,
                shape=to_dots([(stop.lat, stop.lng)])[0],
            )


def _name_of(stop: BusStop, names: StationNames, network: Network) -> str | None:
    """Return the name of the interchange that a stop is; nothing if it is none."""
    match = _INTERCHANGE.fullmatch(stop.description)
    if match is None or _NO_BUSES.search(stop.description):
        return None
    if known := corrections().get(stop.description):
        return known.written
    slug = names.find_slug(match["place"])
    place = network.names[slug] if slug else write_name(match["place"], LandmarkKind.BUS_INTERCHANGE)
    return f"{place} {_KINDS[match['kind']]}"
