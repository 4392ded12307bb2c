"""From OneMap's hits, or a table of them, to one position per station code."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.source import StationLocation
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.sources.onemap.parsing import parse_stations
from tests.unit.sources.payloads import as_json, changed, checks, payload, plain

PLACES: list[dict[str, Any]] = plain("onemap-stations/places.json")


def search(code: str, name: str, *hits: dict[str, Any], **more: Any) -> bytes:
    """Return one station's search result in a file."""
    return as_json([{"Station": code, "Station Name": name, "Possible Locations": list(hits), **more}])


def hits_for(text: str) -> list[dict[str, Any]]:
    return [place for place in PLACES if text in place["SEARCHVAL"]]


def test_the_searches_of_2023_give_a_position_for_each_station_they_name_clearly() -> None:
    parsed = parse_stations(payload("onemap-stations/searches-2023.json"))
    assert [location.station_code for location in parsed.records] == ["BP1", "NS1", "NS4", "NS13"]
    assert parsed.records[1] == StationLocation("NS1", "JURONG EAST MRT STATION", 1.3331526, 103.7422865)


def test_a_station_whose_buildings_share_a_name_has_no_position_rather_than_a_wrong_one() -> None:
    findings = parse_stations(payload("onemap-stations/searches-2023.json")).findings
    told = {finding.record_id: finding.check for finding in findings}
    assert told == {
        "onemap-stations:NS9": "station-ambiguous",
        "onemap-stations:CC10": "station-ambiguous",
        "onemap-stations:BP13": "station-not-found",
    }
    assert {finding.severity for finding in findings} == {Severity.WARNING}


def test_the_code_in_parentheses_tells_the_buildings_of_an_interchange_apart() -> None:
    hits = hits_for("WOODLANDS")
    (north_south,) = parse_stations(search("NS9", "Woodlands", *hits)).records
    (thomson,) = parse_stations(search("TE2", "Woodlands", *hits)).records
    assert (north_south.lat, thomson.lat) == (1.4368196, 1.4360576)


def test_a_hit_with_the_code_is_preferred_to_one_without() -> None:
    plain_hit = changed(hits_for("(NS9)")[0], BUILDING="WOODLANDS MRT STATION", LATITUDE="1.44")
    plain_hit["SEARCHVAL"] = plain_hit["BUILDING"]
    (location,) = parse_stations(search("NS9", "Woodlands", plain_hit, *hits_for("WOODLANDS"))).records
    assert location.lat == 1.4368196


def test_a_hit_that_occurs_twice_at_one_place_is_one_building() -> None:
    near = changed(hits_for("(NS13)")[0], LATITUDE="1.42944608477331")
    assert len(parse_stations(search("NS13", "Yishun", near, *hits_for("(NS13)"))).records) == 1


def test_a_station_that_is_not_found_is_a_warning_that_names_it_and_what_came_instead() -> None:
    parsed = parse_stations(search("BP13", "Senja", *hits_for("SENJA"), *hits_for("YISHUN")))
    assert parsed.records == ()
    assert checks(parsed.findings) == [("station-not-found", Severity.WARNING)]
    assert "BP13" in parsed.findings[0].message
    assert "Senja" in parsed.findings[0].message
    assert "SENJA ROAD" in parsed.findings[0].message


def test_an_error_that_came_with_the_results_is_a_warning() -> None:
    parsed = parse_stations(search("NS13", "Yishun", *hits_for("YISHUN"), error="Token \x1b soon expires"))
    assert len(parsed.records) == 1
    assert checks(parsed.findings) == [("answer-with-error", Severity.WARNING)]
    assert parsed.findings[0].message.isprintable()


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"LATITUDE": "NIL"}, "position-not-a-number"),
        ({"LATITUDE": ...}, "position-not-a-number"),
        ({"LATITUDE": "nan"}, "position-not-a-number"),
        ({"LATITUDE": "1_4"}, "position-not-a-number"),
        ({"LATITUDE": "103.83", "LONGITUDE": "1.42"}, "position-swapped"),
        ({"LATITUDE": "51.5", "LONGITUDE": "-0.1"}, "position-outside-singapore"),
    ],
)
def test_a_building_without_a_usable_position_is_a_warning(changes: dict[str, Any], check: str) -> None:
    parsed = parse_stations(search("NS13", "Yishun", changed(hits_for("(NS13)")[0], **changes)))
    assert parsed.records == ()
    assert checks(parsed.findings) == [(check, Severity.WARNING)]


def test_a_table_gives_the_positions_that_are_onemap_s_own() -> None:
    parsed = parse_stations(payload("onemap-stations/stations-2025-07.csv"))
    codes = [location.station_code for location in parsed.records]
    assert codes == ["BP1", "CC30", "EW24", "NS1", "NS9", "NS13", "TE2", "TE10"]
    assert parsed.records[5] == StationLocation("NS13", "Yishun", 1.4294431, 103.835005)
    assert {finding.record_id for finding in parsed.findings} == {
        f"onemap-stations:{code}" for code in ("DT4", "TE22A", "NS3A")
    }
    assert {finding.severity for finding in parsed.findings} == {Severity.INFO}


def test_of_two_files_the_first_one_with_a_code_counts() -> None:
    table, searches = (f"onemap-stations/{name}" for name in ("stations-2025-07.csv", "searches-2023.json"))
    merged = parse_stations(payload(table), payload(searches))
    assert [location.station_code for location in merged.records][:4] == ["BP1", "CC30", "EW24", "NS1"]
    assert {location.building for location in merged.records if location.station_code == "NS1"} == {
        "Jurong East"
    }
    told = [finding for finding in merged.findings if finding.check == "record-id-not-unique"]
    assert sorted(finding.record_id or "" for finding in told) == [
        f"onemap-stations:{code}" for code in ("BP1", "NS1", "NS13")
    ]


def test_a_code_that_occurs_twice_in_a_file_keeps_its_first_position() -> None:
    row = "NS13,Yishun,{},103.835005,onemap,\n"
    content = "station_code,station_name,lat,lon,source,comment\n" + row.format(1.4294) + row.format(1.4295)
    parsed = parse_stations(content.encode())
    assert [location.lat for location in parsed.records] == [1.4294]
    assert checks(parsed.findings) == [("record-id-not-unique", Severity.WARNING)]


COLUMNS = "station_code,station_name,lat,lon,source"
TABLES = {
    "a space after each comma": f"{COLUMNS.replace(',', ', ')}\nNS13, Yishun, 1.43, 103.83, onemap\n",
    "quoted after a space": f'{COLUMNS.replace(",", ", ")}\nNS13, "Yishun", 1.43, 103.83, "onemap"\n',
    "capitals": f"{COLUMNS.upper()}\nNS13,Yishun,1.43,103.83,OneMap\n",
    "spaces around": f"{COLUMNS.replace(',', ' ,')}\n NS13 ,Yishun , 1.43, 103.83 , onemap \n",
    "empty cells left out": f"{COLUMNS},comment\nNS13,Yishun,1.43,103.83,onemap\n",
    "empty cells too many": f"{COLUMNS}\n,,,,\nNS13,Yishun,1.43,103.83,onemap,,\n",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_is_read_however_its_cells_are_spaced_and_spelled(table: str) -> None:
    parsed = parse_stations(table.encode())
    assert parsed.records == (StationLocation("NS13", "Yishun", 1.43, 103.83),)
    assert parsed.findings == ()


@pytest.mark.parametrize(
    ("row", "given"),
    [
        ("NS13,Yishun,1.43,103.83", "4 cells"),
        ("NS13,1.43,103.83,onemap", "4 cells"),
        ("NS13", "1 cell;"),
        ("NS13,Yishun,1.43,103.83,onemap,OneMap", "6 cells"),
        ("NS13,Yishun, Blk 1,1.43,103.83,onemap", "6 cells"),
    ],
)
def test_a_row_whose_cells_are_not_as_many_as_its_header_s_is_refused(row: str, given: str) -> None:
    header = f"{COLUMNS}\nNS9,Woodlands,1.4368,103.7861,onemap\n"
    with pytest.raises(SourceFormatError, match=f"line 3 of the table has {given}"):
        parse_stations(f"{header}{row}\n".encode())


@pytest.mark.parametrize(
    "record", [None, 1, [], {}, {"Station": "NS13"}, {"Station": "no code", "Station Name": "x"}]
)
def test_an_invalid_search_result_is_a_warning(record: Any) -> None:
    parsed = parse_stations(as_json([record]))
    assert parsed.records == ()
    assert {finding.severity for finding in parsed.findings} == {Severity.WARNING}


def test_a_search_under_a_bad_code_is_blamed_for_its_code_alone() -> None:
    [finding] = parse_stations(search("no code", "Yishun", *hits_for("(NS13)"))).findings
    assert "Station" in finding.message
    assert "Possible Locations" not in finding.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<html>", "is HTML or XML"),
        (b"[]", "an empty list"),
        (b"{}", "a dict"),
        (b'[{"Station": "NS13"', "is cut off"),
        (b"station_code,lat\nNS13,1\n", "no column lon, station_name"),
        (b"station_code,station_name,lat,lon\n\xff\xfe", "is not CSV"),
        (b'station_code,station_name,lat,lon\nNS13,"Yishun,1,2', "is not CSV"),
    ],
)
def test_what_is_neither_search_result_nor_table_is_refused_in_one_sentence(
    content: bytes, words: str
) -> None:
    with pytest.raises(SourceFormatError, match=words):
        parse_stations(content)


HEADER = ("station_code", "station_name", "lat", "lon", "source")
ROW = ("NS13", "Yishun, the town", "1.4294431", "103.835005", "onemap")
YISHUN = StationLocation("NS13", "Yishun, the town", 1.4294431, 103.835005)


def _table(delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL, end: str = "\r\n") -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows([HEADER, ROW])
    return text.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_a_table_is_read_as_spreadsheets_save_it(encoding: str, delimiter: str, quoting: int) -> None:
    parsed = parse_stations(_table(delimiter, quoting).encode(encoding))
    assert (parsed.records, parsed.findings) == ((YISHUN,), ())


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\n" + _table(";"),
        _table().replace("station_code", " Station_Code "),
        _table().replace("\r\n", "\r\n\r\n"),
        _table(end="\n") + "\n",
        "\ufeff" + _table(";").replace("1.4294431", "1,4294431").replace("103.835005", "103,835005"),
        "\n".join(",".join(f'"{cell}"' for cell in reversed(row)) for row in (HEADER, ROW)),
    ],
)
def test_so_is_one_with_a_line_for_the_spreadsheet_other_order_or_decimal_commas(text: str) -> None:
    assert parse_stations(text.encode()).records == (YISHUN,)


def test_search_results_may_be_saved_as_utf_16_too() -> None:
    content = search("NS13", "Yishun", *hits_for("(NS13)"))
    assert parse_stations(content.decode().encode("utf-16")).records == parse_stations(content).records


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"code;name\r\n1;2", "the table has no column lat, lon, station_code, station_name"),
        (
            _table().replace("Yishun", "Yish\xfcn").encode("latin-1"),
            "in UTF-8 or UTF-16 .*as UTF-8",
        ),
        (b'station_code;station_name;lat;lon\r\n"NS13', "the table is not CSV"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(content: bytes, fault: str) -> None:
    with pytest.raises(SourceFormatError, match=fault):
        parse_stations(content)
