"""From LTA's GeoJSON to exits, whatever has happened to it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from mrt_pipeline.config import Settings
from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.source import ExitFeature
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.documents import Payload
from mrt_pipeline.sources.datagov.reading import exits_table, parse_exits
from tests.unit.sources.payloads import Feature, as_json, checks, exits_with, payload, plain

YISHUN_A = ExitFeature("21494", "YISHUN MRT STATION", "Exit A", 1.4293972, 103.8347836)


def test_every_feature_becomes_one_exit_in_the_order_of_objectid() -> None:
    parsed = parse_exits(payload("lta-station-exits/current.geojson"))
    assert [found.record_id for found in parsed.records] == [
        "21218",
        "21251",
        "21322",
        "21373",
        "21450",
        "21494",
        "21495",
        "21505",
        "21599",
        "21638",
        "21658",
    ]
    assert parsed.findings == ()
    assert YISHUN_A in parsed.records


def test_two_exits_of_one_station_and_label_are_both_kept() -> None:
    records = parse_exits(payload("lta-station-exits/current.geojson")).records
    harbourfront = [found for found in records if found.station_na == "HARBOURFRONT MRT STATION"]
    assert [found.exit_code for found in harbourfront] == ["Exit A", "Exit A"]


def test_the_older_shape_gives_the_same_exits_under_its_own_names() -> None:
    current = parse_exits(payload("lta-station-exits/current.geojson")).records
    older = parse_exits(payload("lta-station-exits/older.geojson"))
    assert older.findings == ()
    assert {found.record_id for found in older.records} == {f"kml_{number}" for number in range(1, 12)}
    assert {_without_id(found) for found in older.records} == {_without_id(found) for found in current}


def test_the_older_shape_is_sorted_by_number_not_by_letter() -> None:
    records = parse_exits(payload("lta-station-exits/older.geojson")).records
    assert [found.record_id for found in records][-2:] == ["kml_10", "kml_11"]


def test_a_byte_order_mark_and_a_third_coordinate_do_no_harm() -> None:
    content = b"\xef\xbb\xbf" + exits_with(lambda feature: feature["geometry"]["coordinates"].append(12.5))
    assert parse_exits(content).records == parse_exits(payload("lta-station-exits/current.geojson")).records


@pytest.mark.parametrize(
    ("change", "check", "words"),
    [
        ({"geometry": None}, "geometry-missing", "has no geometry"),
        ({"geometry": {"type": "LineString", "coordinates": [[1, 2]]}}, "geometry-not-a-point", "LineString"),
        ({"geometry": {"type": "Point", "coordinates": [103.8]}}, "geometry-not-a-point", "two coordinates"),
        ({"geometry": {"type": "Line", "coordinates": [103.8, 1.4]}}, "geometry-not-a-point", "'Line'"),
        ({"geometry": {"type": "Point", "coordinates": ["x", 1.3]}}, "position-not-a-number", "'x'"),
        ({"geometry": {"type": "Point", "coordinates": [None, 1.3]}}, "position-not-a-number", "None"),
        ({"geometry": {"type": "Point", "coordinates": [True, 1.3]}}, "position-not-a-number", "True"),
        ({"geometry": {"type": "Point", "coordinates": [1.3, 103.8]}}, "position-swapped", "latitude 103.8"),
        ({"geometry": {"type": "Point", "coordinates": [0, 0]}}, "position-outside-singapore", "0.0"),
    ],
)
def test_an_exit_without_a_usable_position_is_an_error_that_names_it(
    change: Feature, check: str, words: str
) -> None:
    parsed = parse_exits(exits_with(lambda feature: feature.update(change)))
    assert "21494" not in {found.record_id for found in parsed.records}
    (finding,) = parsed.findings
    assert (finding.check, finding.severity) == (check, Severity.ERROR)
    assert finding.record_id == "lta-station-exits:21494"
    assert words in finding.message


@pytest.mark.parametrize("field", ["STATION_NA", "EXIT_CODE"])
@pytest.mark.parametrize(
    ("value", "check"),
    [
        (None, "field-missing"),
        ("", "field-missing"),
        ("  ", "field-missing"),
        (["A"], "field-missing"),
        ("x" * 81, "field-invalid"),
        ("\u202e", "field-invalid"),
    ],
)
def test_an_exit_without_station_or_label_is_an_error_that_names_it(
    field: str, value: object, check: str
) -> None:
    parsed = parse_exits(exits_with(lambda feature: feature["properties"].update({field: value})))
    assert len(parsed.records) == 10
    assert (check, Severity.ERROR) in checks(parsed.findings)
    assert all(finding.record_id == "lta-station-exits:21494" for finding in parsed.findings)
    assert any(field in finding.message for finding in parsed.findings)


def test_every_fault_of_a_feature_is_reported_at_once() -> None:
    def damage(feature: Feature) -> None:
        feature["geometry"] = None
        del feature["properties"]["EXIT_CODE"], feature["properties"]["STATION_NA"]

    found = {finding.check for finding in parse_exits(exits_with(damage)).findings}
    assert found == {"geometry-missing", "field-missing"}


@pytest.mark.parametrize("objectid", [None, 1.5, True, "two words", [1]])
def test_a_feature_that_cannot_be_named_is_an_error_that_gives_its_place(objectid: object) -> None:
    parsed = parse_exits(exits_with(lambda feature: feature["properties"].update(OBJECTID=objectid), 3))
    assert len(parsed.records) == 10
    assert {finding.record_id for finding in parsed.findings} == {"lta-station-exits:features[3]"}


@pytest.mark.parametrize("feature", [None, 7, "text", [], {}, {"properties": None}])
def test_an_invalid_feature_is_an_error(feature: Any) -> None:
    document = plain("lta-station-exits/current.geojson")
    document["features"].insert(0, feature)
    parsed = parse_exits(as_json(document))
    assert len(parsed.records) == 11
    assert {finding.severity for finding in parsed.findings} == {Severity.ERROR}


def test_an_objectid_that_stands_for_two_exits_is_an_error_and_the_first_is_kept() -> None:
    parsed = parse_exits(exits_with(lambda feature: feature["properties"].update(OBJECTID=21494), 1))
    assert YISHUN_A in parsed.records
    assert len(parsed.records) == 10
    assert checks(parsed.findings) == [("record-id-not-unique", Severity.ERROR)]
    assert "Exit A" in parsed.findings[0].message
    assert "Exit D" in parsed.findings[0].message


def test_a_feature_that_occurs_twice_is_kept_once_and_told() -> None:
    document = plain("lta-station-exits/current.geojson")
    document["features"].append(document["features"][0])
    parsed = parse_exits(as_json(document))
    assert len(parsed.records) == 11
    assert checks(parsed.findings) == [("record-repeated", Severity.WARNING)]


def test_control_and_direction_characters_are_removed_and_told() -> None:
    parsed = parse_exits(
        exits_with(
            lambda feature: feature["properties"].update(STATION_NA="YISHUN\u202e\x07  MRT\tSTATION\n")
        )
    )
    assert YISHUN_A in parsed.records
    assert checks(parsed.findings) == [("text-cleaned", Severity.WARNING)]
    assert "U+0007, U+202E" in parsed.findings[0].message


def test_a_message_quotes_no_control_characters() -> None:
    parsed = parse_exits(exits_with(lambda feature: feature["properties"].update(EXIT_CODE="\x1b[2J" * 20)))
    assert all(finding.message.isprintable() for finding in parsed.findings)


def test_a_description_beside_the_fields_is_not_taken_for_them() -> None:
    parsed = parse_exits(exits_with(lambda feature: feature["properties"].update(Description="<p>North</p>")))
    assert YISHUN_A in parsed.records
    assert parsed.findings == ()


def test_a_label_given_as_a_number_is_its_digits() -> None:
    parsed = parse_exits(exits_with(lambda feature: feature["properties"].update(EXIT_CODE=1)))
    assert {found.exit_code for found in parsed.records if found.record_id == "21494"} == {"1"}


@pytest.mark.parametrize(
    "description", ["", "<", "plain words", "<?xml version='1.0' encoding='x'?><a/>", "x" * 30_000]
)
def test_an_older_feature_without_its_table_is_an_error_that_names_it(description: str) -> None:
    document = plain("lta-station-exits/older.geojson")
    document["features"][0]["properties"]["Description"] = description
    parsed = parse_exits(as_json(document))
    assert len(parsed.records) == 10
    assert {finding.record_id for finding in parsed.findings} == {"lta-station-exits:kml_1"}
    assert {finding.severity for finding in parsed.findings} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the content is empty"),
        (b"<!DOCTYPE html><title>Sorry</title>", "is HTML or XML"),
        (payload("lta-station-exits/current.geojson")[:500], "is cut off after 500 bytes"),
        (b"not json", "is not JSON"),
        (b"[" * 5000, "is not JSON"),
        (b"[]", "the file has no features"),
        (b"{}", "the file has no features"),
        (b'{"features": []}', "has no features"),
        (b'{"features": {}}', "a dict as features"),
        (b'{"features": "all"}', "'all' as features"),
    ],
)
def test_what_is_no_file_of_exits_is_refused_in_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(SourceFormatError) as refusal:
        parse_exits(content)
    message = str(refusal.value)
    assert message.startswith("lta-station-exits: ")
    assert words in message
    assert message.isprintable()
    assert len(message) < 250


def _without_id(found: ExitFeature) -> tuple[str, str, float, float]:
    return found.station_na, found.exit_code, found.lat, found.lng


def test_a_file_with_too_few_exits_says_how_many_features_could_not_be_read_and_not_how_many_faults() -> None:
    document = json.loads(payload("lta-station-exits/current.geojson"))
    for feature in document["features"][1:]:
        feature["geometry"] = None
        feature["properties"] = {}
    few = Payload(json.dumps(document).encode(), datetime(2026, 8, 1, tzinfo=UTC))
    with pytest.raises(SourceFormatError) as caught:
        exits_table(few, Settings())
    lost = len(document["features"]) - 1
    assert "the list gives 1 exit; expected at least 600" in str(caught.value)
    assert f" {lost} records could not be read; expected all to be readable. The first: " in str(caught.value)
