"""``mrt_gtfs.zip``: stations, platforms and exits as a GTFS Schedule feed without services.

It is meant for joining: a router finds no trips, since the dataset has no timetable and none is made up. Nor
are there pathways, which would have to be complete for each station. Fields: GTFS Schedule
Reference (https://gtfs.org/documentation/schedule/reference).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.network import Platform, Station, StationExit, StepFree
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.archives import pack, to_csv
from mrt_pipeline.exports.plain import plain_names
from mrt_pipeline.exports.tables import lines_of
from mrt_pipeline.network import Line

Row = tuple[str, ...]

AGENCY_ID, AGENCY_URL = "LTA", "https://www.lta.gov.sg"
_STATION, _PLATFORM, _ENTRANCE = "1", "0", "2"
_ROUTE_TYPES = {"mrt": "1", "lrt": "0"}
"""metro; light rail"""
_YES, _NO, _UNKNOWN = "1", "2", ""
"""values of ``wheelchair_boarding`` for an exit"""
_LANGUAGES = {"zh_hans": "zh-Hans", "ms": "ms", "ta": "ta"}
"""BCP 47 tags of station names"""
_STOP_FIELDS = (
    *("stop_id", "stop_code", "stop_name", "stop_lat", "stop_lon", "location_type", "parent_station"),
    *("wheelchair_boarding", "platform_code"),
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NO_SERVICE = {
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
    "calendar.txt": ("service_id", *_DAYS, "start_date", "end_date"),
}
"""mandatory files with their fields; they stay empty"""


def render_gtfs(dataset: Stage3Output) -> bytes:
    """Return the feed as a zip archive."""
    tables = {
        "agency.txt": _agency(),
        "stops.txt": (_STOP_FIELDS, *_stops(dataset.stations)),
        "routes.txt": _routes(lines_of(dataset)),
        **{name: (fields,) for name, fields in _NO_SERVICE.items()},
        "feed_info.txt": _feed_info(dataset),
        "attributions.txt": _attributions(dataset),
        "translations.txt": _translations(dataset.stations),
    }
    return pack({name: _to_csv(rows) for name, rows in tables.items()})


def to_line(text: str) -> str:
    """Return a text on one line: the reference allows neither tabs nor line breaks in a value."""
    return " ".join(text.split())


def wheelchair_boarding(found: StationExit) -> str:
    """Return whether an exit is step-free, for a field that cannot express doubt.

    A ``yes`` of low confidence, or of an exit whose lift is out of service, is left empty.
    """
    access = found.access
    if access is None or access.step_free is StepFree.UNKNOWN:
        return _UNKNOWN
    if access.step_free is StepFree.NO:
        return _NO
    is_doubtful = access.confidence is Confidence.LOW or access.out_of_service is not None
    return _UNKNOWN if is_doubtful else _YES


def _to_csv(rows: Sequence[Row]) -> bytes:
    head, *others = rows
    return to_csv(head, ([to_line(cell) for cell in row] for row in others))


def _agency() -> Sequence[Row]:
    """Return the authority as the agency; the dataset does not say who operates a line."""
    return (
        ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"),
        (AGENCY_ID, "Land Transport Authority", AGENCY_URL, "Asia/Singapore", "en"),
    )


def _stops(stations: Iterable[Station]) -> Iterator[Row]:
    for station in stations:
        place = str(station.lat), str(station.lng)
        yield station.slug, " ".join(station.mrt_codes), station.name, *place, _STATION, "", "", ""
        yield from (_platform(station, platform) for platform in station.platforms)
        yield from (_entrance(station, found) for found in station.exits)


def _platform(station: Station, platform: Platform) -> Row:
    """Return a platform with its letters joined as in LTA's feed; its position is its station's."""
    place = str(station.lat), str(station.lng)
    letters = " / ".join(platform.platform_codes)
    named = (platform.platform_id, platform.station_code, station.name)
    return *named, *place, _PLATFORM, station.slug, "", letters


def _entrance(station: Station, found: StationExit) -> Row:
    """Return an exit; an empty ``wheelchair_boarding`` inherits its station's, which is empty as well."""
    place = str(found.lat), str(found.lng)
    named = (found.exit_id, found.exit_code, f"{station.name} Exit {found.exit_code}")
    return *named, *place, _ENTRANCE, station.slug, wheelchair_boarding(found), ""


def _routes(lines: Iterable[Line]) -> Sequence[Row]:
    head = ("route_id", "agency_id", "route_short_name", "route_long_name", "route_type")
    return ((*head, "route_color", "route_text_color"), *map(_route, lines))


def _route(line: Line) -> Row:
    colour = line.colour.removeprefix("#")
    kind = _ROUTE_TYPES.get(line.mode, "")  # the mode of a line missing from the network table is unknown
    return line.line_code, AGENCY_ID, line.line_code, line.name, kind, colour, _readable_on(colour)


def _readable_on(colour: str) -> str:
    """Return black or white, whichever contrasts more with a colour (brightness by ITU-R BT.601)."""
    if not colour:
        return ""
    red, green, blue = bytes.fromhex(colour)
    return "000000" if 299 * red + 587 * green + 114 * blue > 127_500 else "FFFFFF"


def _feed_info(dataset: Stage3Output) -> Sequence[Row]:
    """Return who made the feed and for which date; the reference permits the agency's page for it."""
    head = ("feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_version")
    return head, (dataset.metadata.pipeline_name, AGENCY_URL, "en", dataset.metadata.as_of.isoformat())


def _attributions(dataset: Stage3Output) -> Sequence[Row]:
    """Return every document; the last two fields are ours, as GTFS has none for what a licence requires."""
    head = ("attribution_id", "organization_name", "is_producer", "attribution_url", "licence", "attribution")
    return (
        head,
        *(
            (found.document_id, found.publisher, "1", found.url, found.licence, found.attribution)
            for found in dataset.provenance.values()
        ),
    )


def _translations(stations: Iterable[Station]) -> Sequence[Row]:
    head = ("table_name", "field_name", "language", "translation", "record_id")
    return (head, *(row for station in stations for row in _translate(station)))


def _translate(station: Station) -> Iterator[Row]:
    """Yield the translated names of a station and of its platforms, which have the same names."""
    for name, translation in plain_names(station).items():
        if translation:
            for stop_id in (station.slug, *(platform.platform_id for platform in station.platforms)):
                yield "stops", "stop_name", _LANGUAGES[name], translation, stop_id


EXPORT = ExportSpec(
    name="gtfs",
    file_name="mrt_gtfs.zip",
    render=render_gtfs,
    title="Stations, platforms and exits as a GTFS feed without trips, for joining to other GTFS feeds",
)
