"""Parse OneMap's search results, or a table made from them, into one position per station code."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import starmap

from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.findings import REPEATED_ID, Finding, Severity
from mrt_pipeline.contracts.source import STATION_CODE, StationLocation
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.documents import Parsed
from mrt_pipeline.runtime.records import (
    RecordReader,
    as_utf8,
    is_list,
    is_object,
    name_or_place,
    natural_key,
    parse_json,
    show,
)
from mrt_pipeline.sources.onemap import STATIONS
from mrt_pipeline.sources.onemap.matching import has_code, is_building_of, names_of

STATIONS_ID = STATIONS.document_id
PUBLISHER = "onemap"
"""value in a table for a position from OneMap itself"""

MAX_NAME_CHARS = 100
SAME_PLACE_DEGREES = 1e-5
"""1 m: hits closer together than that are one building"""
_DELIMITERS = (",", ";", "\t")
_COLUMNS = frozenset({"station_code", "station_name", "lat", "lon"})

Read = tuple[RecordReader, StationLocation | None]
"""a record's reader, and its location where there is one"""


def parse_stations(*contents: bytes) -> Parsed[StationLocation]:
    """Return the position of each station code, sorted by code; the first file that has a code counts.

    Args:
        contents: files of search results by station as JSON (a list of ``Station``, ``Station Name`` and
            ``Possible Locations``), or a CSV table with the columns station_code, station_name, lat, lon and
            source, as spreadsheets save it: with commas, semicolons or tabs, quoted or not, in UTF-8 or
            UTF-16.

    Raises:
        SourceFormatError: if a file has neither layout.
    """
    return _collect(map(_read, contents))


def locate_stations(searches: Sequence[Mapping[str, object]]) -> Parsed[StationLocation]:
    """Return the position of each station that was searched for; see ``parse_stations``."""
    return _collect([starmap(_read_search, enumerate(searches))])


def _collect(files: Iterable[Iterable[Read]]) -> Parsed[StationLocation]:
    located: dict[str, StationLocation] = {}
    findings: list[Finding] = []
    for read in files:
        earlier = frozenset(located)
        for reader, location in read:
            if reader.is_sound and location is not None:
                _keep(location, located, reader, earlier)
            findings.extend(reader.findings)
    records = sorted(located.values(), key=lambda location: natural_key(location.station_code))
    return Parsed(tuple(records), tuple(findings))


def _read(content: bytes) -> Iterator[Read]:
    text = _decode(content).lstrip()
    first_line = text.partition("\n")[0]
    if not text.startswith(("[", "{", "<")) and any(sign in first_line for sign in _DELIMITERS):
        yield from _read_table(text)
    else:
        yield from _read_searches(text)


def _decode(content: bytes) -> str:
    try:
        return as_utf8(content).decode()
    except UnicodeDecodeError as error:
        raise SourceFormatError(
            STATIONS_ID,
            f"the file is not CSV or JSON in UTF-8 or UTF-16 ({error.reason} at byte {error.start}); "
            "save it as UTF-8.",
        ) from error


def _read_searches(text: str) -> Iterator[Read]:
    searches = parse_json(text.encode(), STATIONS_ID, "search results by station")
    if not is_list(searches) or not searches:
        given = "an empty list" if searches == [] else show(searches)
        raise SourceFormatError(
            STATIONS_ID, f"the file holds {given}; expected a list of stations with Possible Locations."
        )
    for number, search in enumerate(searches):
        yield _read_search(number, search if is_object(search) else {})


def _read_search(number: int, search: Mapping[str, object]) -> Read:
    """Return the one place where a station's hits agree; None if there is none or more than one."""
    reader = _reader(search.get("Station"), number, search)
    code = reader.text("Station", max_chars=6, pattern=STATION_CODE)
    name = reader.text("Station Name", max_chars=MAX_NAME_CHARS)
    if isinstance(told := search.get("error"), str):
        reader.note("answer-with-error", f"came with the message {show(told)}.")
    hits = search.get("Possible Locations")
    if not reader.is_sound:
        return reader, None
    if not is_list(hits):
        reader.lose("field-invalid", f"has {show(hits)} as Possible Locations; expected a list of hits.")
        return reader, None
    found = [hit for hit in hits if is_object(hit) and is_building_of(hit, code, name)]
    found = [hit for hit in found if has_code(hit, code)] or found
    if not found:
        others = ", ".join(show(name) for hit in hits[:3] if is_object(hit) for name in names_of(hit)[:1])
        reader.lose(
            "station-not-found", f"is {name}, and no hit is its building (found: {others or 'nothing'})."
        )
        return reader, None
    return reader, _locate(reader, code, found)


def _locate(reader: RecordReader, code: str, hits: Sequence[Mapping[str, object]]) -> StationLocation | None:
    places = [reader.position(hit.get("LATITUDE"), hit.get("LONGITUDE")) for hit in hits]
    if not reader.is_sound:
        return None
    lat, lng = places[0]
    if any(max(abs(lat - y), abs(lng - x)) > SAME_PLACE_DEGREES for y, x in places):
        where = ", ".join(f"{y} {x}" for y, x in dict.fromkeys(places))
        reader.lose("station-ambiguous", f"has buildings of one name and without codes at {where}.")
        return None
    building = " ".join(names_of(hits[0])[0].split())
    return StationLocation(code, building, lat, lng)


def _read_table(text: str) -> Iterator[Read]:
    text, delimiter = _find_delimiter(text)
    try:
        rows = csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
        )
        columns = [name.strip().casefold() for name in next(rows, [])]
        if missing := _COLUMNS - set(columns):
            raise SourceFormatError(STATIONS_ID, f"the table has no column {', '.join(sorted(missing))}.")
        for number, cells in enumerate(row for row in rows if any(map(str.strip, row))):
            row = _by_column(columns, cells, rows.line_num)
            if delimiter != ",":  # a comma would then be a decimal separator
                row |= {name: row[name].replace(",", ".") for name in ("lat", "lon") if name in row}
            yield _read_row(number, row)
    except csv.Error as error:
        raise SourceFormatError(STATIONS_ID, f"the table is not CSV ({error}).") from error


def _by_column(columns: Sequence[str], cells: Sequence[str], line: int) -> dict[str, str]:
    """Return a row's cells by column name; spreadsheets leave out empty cells at the end of a row.

    Raises:
        SourceFormatError: if required cells are missing, or there are more cells than columns: then it is
            unclear which column each cell belongs to.
    """
    least = max(number for number, name in enumerate(columns, start=1) if name in _COLUMNS | {"source"})
    if len(cells) < least or any(map(str.strip, cells[len(columns) :])):
        raise SourceFormatError(
            STATIONS_ID,
            f"line {line} of the table has {counted(len(cells), 'cell')}; expected {len(columns)}, as in its "
            "header. Correct the file, or get it again.",
        )
    return {name: cell.strip() for name, cell in zip(columns, cells, strict=False)}


def _find_delimiter(text: str) -> tuple[str, str]:
    """Return a table from its header on, and its delimiter: the declared one, or that of the header."""
    first_line, _, rest = text.partition("\n")
    if (told := first_line.strip().strip('"')).startswith("sep=") and told[4:] in _DELIMITERS:
        return rest, told[4:]
    return text, max(_DELIMITERS, key=first_line.count)


def _read_row(number: int, row: Mapping[str, object]) -> Read:
    reader = _reader(row.get("station_code"), number, row)
    code = reader.text("station_code", max_chars=6, pattern=STATION_CODE)
    building = reader.text("station_name", max_chars=MAX_NAME_CHARS)
    lat, lng = reader.position(row.get("lat"), row.get("lon"))
    source = row.get("source")
    if not isinstance(source, str) or source.casefold() != PUBLISHER:
        reader.note(
            "position-not-onemap",
            f"has a position from {show(source)}, not from OneMap; it is left out.",
        )
        return reader, None
    return reader, StationLocation(code, building, lat, lng)


def _reader(code: object, number: int, fields: Mapping[str, object]) -> RecordReader:
    record_id = f"{STATIONS_ID}:{name_or_place(code, STATION_CODE, f'[{number}]')}"
    return RecordReader(record_id, fields, "position", Severity.WARNING)  # OneMap only confirms positions


def _keep(
    location: StationLocation,
    located: dict[str, StationLocation],
    reader: RecordReader,
    earlier: Collection[str],
) -> None:
    """Add a location unless its code already has one; the first is kept.

    Args:
        location: the location to add.
        located: the locations kept, by code.
        reader: receives the finding.
        earlier: codes in an earlier file, for which skipping loses nothing.
    """
    kept = located.setdefault(location.station_code, location)
    if location.station_code in earlier:
        reader.note(
            REPEATED_ID,
            f"is at {location.lat}, {location.lng} in another file; kept {kept.lat}, {kept.lng}.",
            Severity.INFO,
        )
    elif kept is not location:
        reader.lose(REPEATED_ID, f"occurs twice; kept {kept.lat}, {kept.lng}.")
