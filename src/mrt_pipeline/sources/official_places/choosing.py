"""Select the records that are well-known places, and write their names; others are left out, and counted.

Names are written as people write them: ``Bedok Reservoir Park``, not ``BEDOK RESERVOIR PK``. What no rule can
derive is in tables beside this module: ``spellings.csv`` (words that are not written with one initial
capital) and ``corrections.csv`` (whole names, and records that are left out, with the reason).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted, verb_of
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import LandmarkKind
from mrt_pipeline.contracts.source import BusStop, SourceTable
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.extraction.place_names import StationNames, write_out
from mrt_pipeline.network import Network
from mrt_pipeline.runtime.geometry import to_dots
from mrt_pipeline.sources.official_places import AnyPlace, Hotel, PlaceArea, PlacePoint
from mrt_pipeline.sources.official_places.outlines import to_areas
from mrt_pipeline.sources.official_places.parsing import LAYOUTS

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


MIN_ROOMS = 10
"""a licensed hotel with fewer is a hostel, a few rooms above a shop, or tents: not a landmark"""

_NOT_OPEN = re.compile(r"\bU/C\b|\bunder construction\b|\bpend\w*ng?\b|\btill\b|\bclosed\b", re.IGNORECASE)
_NO_PARK = re.compile(
    r"\b(?P<playground>PG|PLAYGROUND)\b|\b(?P<open_space>OS)\b|\b(?P<fitness_corner>FC|FITNESS CORNER)\b"
    r"|\b(?P<car_park>CAR PARK)\b"
)
_HOSTEL = re.compile(
    r"hostel|backpack|capsule|\bpods?\b|spacepod|guesthouse|lodge\b"
    r"|^(?:cube|rucksack inn|snooze inn|traveller@sg|wink)\b",  # hostels without the word in their names
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One record that is a landmark, or one part of an area with several parts, and its position."""

    name: str
    kind: LandmarkKind
    document: Provenance
    record_id: str
    shape: BaseGeometry
    """in SVY21"""


def choose_sites(tables: Iterable[SourceTable[AnyPlace]]) -> tuple[list[Site], list[Finding]]:
    """Return the places of all documents, and a finding for each document with records left out."""
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
    """Return why a record is not a landmark, or None if it is one."""
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
    """Return the usable records of a table, and the number of records left out for each reason."""
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
    reasons = ", ".join(f"{reason} ({times})" for reason, times in sorted(left_out.items()))
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
    """Yield each stop that LTA names as an interchange or terminal and where services end.

    ``Bt Panjang Int`` is Bukit Panjang Bus Interchange, ``Buona Vista Ter`` is Buona Vista Bus Terminal.
    Elsewhere ``Ter`` means terrace, and ferries and planes have terminals too, but no bus service ends at
    those.
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
    """Return the name of the interchange at a stop, or None if it is not one."""
    match = _INTERCHANGE.fullmatch(stop.description)
    if match is None or _NO_BUSES.search(stop.description):
        return None
    if known := corrections().get(stop.description):
        return known.written
    slug = names.find_slug(match["place"])
    place = network.names[slug] if slug else write_name(match["place"], LandmarkKind.BUS_INTERCHANGE)
    return f"{place} {_KINDS[match['kind']]}"


SPELLINGS = Path(__file__).with_name("spellings.csv")
CORRECTIONS = Path(__file__).with_name("corrections.csv")

_SMALL_WORDS = frozenset(("a", "an", "and", "at", "by", "de", "for", "in", "of", "on", "the", "to"))
_ABBREVIATED = frozenset((LandmarkKind.PARK, LandmarkKind.HAWKER_CENTRE, LandmarkKind.BUS_INTERCHANGE))
"""kinds whose names use abbreviations of LTA and NParks; in others ``V`` or ``Ch`` is a name"""
_AT_BLOCK = re.compile(r"(?P<street>[^()]+?) (?P<block>Blk [^()]+?)(?: \((?P<name>[^()]+)\))?")
"""``Jurong East Street 24 Blk 254 (Yuhua Village Market and Food Centre)``"""
_SAYS_FOOD = re.compile(r"\b(?:market|centre|mart|court|food|hawker|square|village)\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
_WORD = re.compile(r"[^\s/-]+")
_VOWELS = frozenset("AEIOUY")


@dataclass(frozen=True, slots=True)
class Correction:
    """The corrected name of a record, or the reason why it is not a landmark."""

    written: str
    why: str


def write_name(published: str, kind: LandmarkKind) -> str:
    """Return a name as people write it."""
    if (correction := corrections().get(published)) and correction.written:
        return correction.written
    name = _name_at_block(published) if kind is LandmarkKind.HAWKER_CENTRE else published
    if kind is not LandmarkKind.HOTEL:
        name = _IN_BRACKETS.sub("", name).strip() or name
    if kind in _ABBREVIATED:
        name = _WORD.sub(lambda match: _write_out(match.group()), name)
    return _in_mixed_case(name) if name == name.upper() else name


@cache
def corrections() -> Mapping[str, Correction]:
    """Return corrections of single records by their published names."""
    with CORRECTIONS.open(encoding="utf-8", newline="") as file:
        return {row["published"]: Correction(row["written"], row["why"]) for row in csv.DictReader(file)}


@cache
def _spellings() -> Mapping[str, str]:
    with SPELLINGS.open(encoding="utf-8", newline="") as file:
        return {row["written"].casefold(): row["written"] for row in csv.DictReader(file)}


def _name_at_block(published: str) -> str:
    """Return the name of a hawker centre that is published with its address first, or by address only."""
    match = _AT_BLOCK.fullmatch(published)
    if match is None:
        return published
    name = match["name"] or f"{match['block']} {match['street']}"
    return name if _SAYS_FOOD.search(name) else f"{name} Hawker Centre"


def _write_out(word: str) -> str:
    """Return a word written out, in the same case; single letters are kept, since they tell streets apart."""
    words = write_out(word) if len(word) > 1 else None
    if words is None:
        return word
    return words.upper() if word.isupper() else words.title()


def _in_mixed_case(name: str) -> str:
    """Return a name in capitals with only the initial letters of its words in capitals."""
    words = list(_WORD.finditer(name))
    outer = {words[0].start(), words[-1].start()} if words else set()
    return _WORD.sub(lambda match: _write_word(match.group(), is_inner=match.start() not in outer), name)


def _write_word(word: str, *, is_inner: bool) -> str:
    """Return one word of a name: lower case for small words, capitals for initialisms."""
    bare = word.strip("(),.:")
    if spelling := _spellings().get(bare.casefold()):
        return word.replace(bare, spelling)
    if bare.casefold() in _SMALL_WORDS and is_inner:
        return word.lower()
    if len(bare) > 1 and bare.isalpha() and not _VOWELS & set(bare):
        return word
    front, mark, rest = bare.partition("'")
    written = f"{front}{mark}{rest.capitalize()}" if mark and len(front) == 1 else bare.capitalize()
    return word.replace(bare, written)
