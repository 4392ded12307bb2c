"""The dataset in a form small enough for a page: repeated parts are stored once and referred to.

Most of a dataset is evidence, and most evidence is repeated: 2,596 pairs of an exit and a bus stop are based
on 788 records. So documents, reasons, sets of reasons, bus stops and platforms are tables, and everything
else holds positions in them. ``assets/model.js`` reads this form.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any

from mrt_pipeline.contracts.evidence import Evidence, Provenance, Published
from mrt_pipeline.contracts.fields import FIELDS, PARTS, PLAIN_PARTS, Part
from mrt_pipeline.contracts.network import (
    ExitBusStop,
    Platform,
    PlatformLink,
    Station,
    StationExit,
    StationNames,
    TrainTimes,
)
from mrt_pipeline.report.texts import QUOTE_LENGTH, show

Row = list[Any]
_WHICH_REASON = attrgetter("document_id", "record_id", "quote", "char_start", "method", "licence")
Place = tuple[float, float]
"""metres east and south of the map's north-western corner"""


class Table:
    """Rows without repetition; the same key always gives the same position."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._positions: dict[Hashable, int] = {}

    def __getitem__(self, key: Hashable) -> int:
        """Return the position of the row with this key."""
        return self._positions[key]

    def put(self, key: Hashable, make: Callable[[], Any]) -> int:
        """Return the position of the row with this key; if there is none, it is made and appended."""
        if key not in self._positions:
            row = make()
            self._positions[key] = len(self.rows)
            self.rows.append(row)
        return self._positions[key]


class Condenser:
    """Converts records to short rows, and collects their common parts."""

    def __init__(
        self, provenance: Mapping[str, Provenance], places: Mapping[tuple[float, float], Place]
    ) -> None:
        """Start with the documents of a dataset and the map position of every place in it."""
        self._places = places
        self.documents = Table()
        self.reasons = Table()
        self.reason_sets = Table()
        self.bus_stops = Table()
        self.platforms = Table()
        self._known: dict[int, tuple[Evidence, int]] = {}
        """positions by object identity: most evidence is one object in many records"""
        for document_id, document in provenance.items():
            self.documents.put(document_id, partial(_document, document))

    def exits(self, station: Station) -> list[dict[str, Any]]:
        """Return the exits of a station, and register its platforms."""
        for platform in station.platforms:
            self.platforms.put(platform.platform_id, partial(self._platform, platform))
        return [self.exit(found) for found in station.exits]

    def trains(self, station: Station) -> list[Row]:
        """Return first and last trains at the platforms of a station, which must be registered already."""
        left_out = {"platform_id", "evidence"}
        names = [name for name in TrainTimes.model_fields if name not in left_out]
        return [
            [
                self.platforms[times.platform_id],
                *(_plain(getattr(times, name)) for name in names),
                self.why(times),
            ]
            for times in station.trains
        ]

    def exit(self, found: StationExit) -> dict[str, Any]:
        """Return an exit with all its values; empty ones are omitted."""
        row: dict[str, Any] = {
            "id": show(found.exit_id),
            "label": show(found.exit_code),
            "code": show(found.station_code),
            "line": show(found.line_code),
            "at": self.place(found),
            "lat": found.lat,
            "lng": found.lng,
            "why": self.why(found),
            "platforms": [self._link(link) for link in found.platforms],
            "stops": [self._bus_stop(stop) for stop in found.bus_stops],
            "access": self._row(PARTS["access"], found.access) if found.access else None,
            **{
                part.name: [self._row(part, record) for record in part.records(found)] for part in PLAIN_PARTS
            },
        }
        return {name: value for name, value in row.items() if value is not None and value != []}

    def names(self, names: StationNames) -> list[Any]:
        """Return a station's names by language tag, and the position of their reasons."""
        by_language = {"zh-Hans": names.zh_hans, "ms": names.ms, "ta": names.ta}
        return [{tag: show(name) for tag, name in by_language.items() if name is not None}, self.why(names)]

    def place(self, located: Any) -> Place:
        """Return the map position of something with ``lat`` and ``lng``."""
        return self._places[(located.lat, located.lng)]

    def why(self, record: Published) -> int:
        """Return the position of a record's reasons by field."""
        key = tuple((name, tuple(map(self._reason, reasons))) for name, reasons in record.evidence.items())
        return self.reason_sets.put(key, lambda: {name: list(reasons) for name, reasons in key})

    def _reason(self, evidence: Evidence) -> int:
        known = self._known.get(id(evidence))
        if known is None:
            number = self.reasons.put(_WHICH_REASON(evidence), partial(self._reason_row, evidence))
            known = self._known[id(evidence)] = evidence, number
        return known[1]

    def _reason_row(self, evidence: Evidence) -> Row:
        # a missing document is an error of a check; the page must show it nevertheless
        document = self.documents.put(evidence.document_id, lambda: {"id": show(evidence.document_id)})
        row: Row = [document, evidence.method.value, _or_none(evidence.record_id)]
        if evidence.quote is not None:
            row += [show(evidence.quote, QUOTE_LENGTH), evidence.char_start, evidence.char_end]
            row += [evidence.alignment.value if evidence.alignment else None]
        return row

    def _platform(self, platform: Platform) -> Row:
        codes = (platform.station_code, platform.line_code, platform.towards_code, platform.next_code)
        signs = list(map(show, platform.platform_codes))
        return [*map(show, codes), signs, platform.confidence.value, self.why(platform)]

    def _link(self, link: PlatformLink) -> Row:
        why = [self.why(link)] if link.evidence else []
        return [self.platforms[link.platform_id], link.is_same_building, link.confidence.value, *why]

    def _bus_stop(self, stop: ExitBusStop) -> Row:
        key = (stop.bus_stop_code, stop.description, stop.road_name, stop.lat, stop.lng, stop.services)
        position = self.bus_stops.put(key, partial(self._bus_stop_row, stop))
        return [position, stop.relation.value, stop.distance_m, stop.confidence.value, self.why(stop)]

    def _bus_stop_row(self, stop: ExitBusStop) -> Row:
        services = [show(service) for service in stop.services]
        named = [show(text) for text in (stop.bus_stop_code, stop.description, stop.road_name)]
        return [*named, self.place(stop), services, [stop.lat, stop.lng]]

    def _row(self, part: Part, record: Published) -> Row:
        """Return a record's values in attribute order, and its reasons."""
        return [*map(_plain, part.values(record).values()), self.why(record)]


def describe_parts() -> list[dict[str, Any]]:
    """Return what the page needs to show the parts whose rows have no special form."""
    return [
        {"name": part.name, "title": FIELDS[part.name].title, "attributes": part.attributes}
        for part in PLAIN_PARTS
    ]


def locate(records: Iterable[Any]) -> dict[tuple[float, float], Place]:
    """Return the map position of every place in the records, all in one projection."""
    from mrt_pipeline.runtime.geometry import to_svy21_all

    positions = list(dict.fromkeys((record.lat, record.lng) for record in records))
    points = to_svy21_all(positions)
    west_m = min((point.easting_m for point in points), default=0.0)
    north_m = max((point.northing_m for point in points), default=0.0)
    return {
        position: (round(point.easting_m - west_m, 1), round(north_m - point.northing_m, 1))
        for position, point in zip(positions, points, strict=True)
    }


def _document(document: Provenance) -> dict[str, Any]:
    return {
        "id": show(document.document_id),
        "source": show(document.source_id),
        "title": show(document.title),
        "publisher": show(document.publisher),
        "url": show(document.url, QUOTE_LENGTH),
        "revision": _or_none(document.revision),
        "read": document.retrieved_at.date().isoformat(),
        "day": document.day.isoformat(),
        "licence": show(document.licence),
        "licence_url": show(document.licence_url, QUOTE_LENGTH),
        "attribution": show(document.attribution, QUOTE_LENGTH),
        "sha256": document.sha256,
        "tables": [[show(table.path), table.sha256] for table in document.recorded_tables],
        "records": document.records,
    }


def _plain(value: Any) -> Any:
    """Return a value for the page, a date as text."""
    if isinstance(value, tuple):
        return list(map(_plain, value))
    return value if value is None or isinstance(value, int | float) else show(str(value))


def _or_none(text: str | None) -> str | None:
    return None if text is None else show(text)
