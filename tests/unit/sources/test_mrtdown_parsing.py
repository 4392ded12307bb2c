"""From MRTDown's files to letters by direction, and to names."""

from __future__ import annotations

import json
import unicodedata
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.sources.mrtdown import PlatformLetter
from mrt_pipeline.sources.mrtdown.parsing import parse_letters, parse_names
from tests.fakes.mrtdown import MrtdownRepository, Object, platform_of, service_file, station_file
from tests.unit.sources.payloads import as_json, checks

NORTH, SOUTH, PIER = ("NORTH", "NS1"), ("MID", "NS2"), ("PIER", "NS3")
LINE = (NORTH, SOUTH, PIER)


def files(
    *platforms: Object,
    services: tuple[Object, ...] = (service_file("NSL_S", *LINE),),
    names: Object | None = None,
) -> list[Object]:
    """Return three stations, the middle one with platforms, and services."""
    return [
        station_file("NORTH", "NS1"),
        station_file("MID", "NS2", platforms=platforms, names=names),
        station_file("PIER", "NS3"),
        *services,
    ]


def letters(*platforms: Object, **given: Any) -> list[str]:
    """Return what was joined as ``code>next letter basis``, once nothing was found amiss."""
    parsed = parse_letters([as_json(files(*platforms, **given))])
    assert parsed.findings == ()
    return [f"{it.station_code}>{it.next_code} {it.letter} {it.basis}" for it in parsed.records]


def test_a_letter_belongs_to_the_direction_that_its_service_takes() -> None:
    [found] = parse_letters([as_json(files(platform_of("MID", "B", "NSL_S")))]).records
    assert found == PlatformLetter(
        platform_id="MID_NSL_B",
        station_code="NS2",
        next_code="NS3",
        letter="B",
        line_code="NSL",
        basis="seen",
        updated_on="2026-07-20",
        valid_from="1987-11-07",
        valid_to=None,
    )


def test_a_letter_concluded_from_other_stations_is_distinguished_from_one_that_was_seen() -> None:
    inference = {"method": "same-line-platform-label", "basis": []}
    assert letters(platform_of("MID", "B", "NSL_S", inference=inference)) == ["NS2>NS3 B inferred"]
    assert letters(platform_of("MID", "B", "NSL_S", inference=None)) == ["NS2>NS3 B seen"]


def test_several_platforms_of_one_direction_are_all_kept() -> None:
    both = [platform_of("MID", letter, "NSL_S") for letter in ("D", "A")]
    assert letters(*both) == ["NS2>NS3 A seen", "NS2>NS3 D seen"]


def test_where_trains_end_no_direction_has_the_letter() -> None:
    ends_here = service_file("NSL_S", NORTH, SOUTH)
    assert letters(platform_of("MID", "B", "NSL_S"), services=(ends_here,)) == []


def test_a_service_that_leaves_a_station_two_ways_does_not_tell_which_one_the_letter_is_of() -> None:
    there_and_back = service_file("NSL_S", *LINE, SOUTH, NORTH)
    found = letters(platform_of("MID", "1", "NSL_S"), services=(there_and_back,))
    assert found == ["NS2>NS1 1 unclear", "NS2>NS3 1 unclear"]


def test_the_last_stop_of_a_loop_is_followed_by_its_second() -> None:
    loop = service_file("NSL_S", SOUTH, PIER, NORTH, SOUTH)
    assert letters(platform_of("MID", "1", "NSL_S"), services=(loop,)) == ["NS2>NS3 1 seen"]


def test_paths_that_had_ended_when_the_platform_was_looked_at_say_nothing() -> None:
    service = service_file("NSL_S", PIER, SOUTH, NORTH, endAt="2026-07-12")
    service["revisions"] += service_file("", *LINE, startAt="2026-07-12")["revisions"]
    [found] = parse_letters([as_json(files(platform_of("MID", "B", "NSL_S"), services=(service,)))]).records
    assert (found.next_code, found.valid_from, found.valid_to) == ("NS3", "2026-07-12", None)


def test_a_path_that_is_to_end_says_until_when() -> None:
    service = service_file("NSL_S", *LINE, endAt="2028-01-01")
    [found] = parse_letters([as_json(files(platform_of("MID", "B", "NSL_S"), services=(service,)))]).records
    assert (found.valid_from, found.valid_to) == ("1987-11-07", "2028-01-01")


@pytest.mark.parametrize(
    ("spans", "united"),
    [
        ([("2000-01-01", "2027-01-01"), ("2010-01-01", None)], [("2000-01-01", None)]),
        ([("2000-01-01", None), ("2010-01-01", "2027-01-01")], [("2000-01-01", None)]),
        ([("2000-01-01", "2027-01-01"), ("2027-01-01", "2028-01-01")], [("2000-01-01", "2028-01-01")]),
        (
            [("2000-01-01", "2027-01-01"), ("2028-01-01", None)],
            [("2000-01-01", "2027-01-01"), ("2028-01-01", None)],
        ),
    ],
)
def test_stretches_of_time_that_touch_or_overlap_are_one(spans: list[Any], united: list[Any]) -> None:
    named = [(f"NSL_{number}", span) for number, span in enumerate(spans)]
    for given_order in permutations(named):
        services = tuple(service_file(name, *LINE, startAt=a, endAt=b) for name, (a, b) in given_order)
        platform = platform_of("MID", "B", *(name for name, _ in given_order))
        records = parse_letters([as_json(files(platform, services=services))]).records
        assert [(it.valid_from, it.valid_to) for it in records] == united


@pytest.mark.parametrize(
    ("line", "ours"), [("BPLRT", "BPL"), ("SKLRT", "SKL"), ("PGLRT", "PGL"), ("CCL", "CCL")]
)
def test_lines_are_called_as_here(line: str, ours: str) -> None:
    platform = platform_of("MID", "1", "X", line=line)
    given_files = files(platform, services=(service_file("X", *LINE, line=line),))
    [found] = parse_letters([as_json(given_files)]).records
    assert found.line_code == ours


@pytest.mark.parametrize(
    ("changes", "check", "told"),
    [
        ({"label": "A" * 40}, "field-invalid", "MID_NSL_B has 'AAAA"),
        ({"label": "a"}, "field-invalid", "as label"),
        ({"label": None}, "field-missing", "has nothing as label; expected a text"),
        ({"id": None}, "field-missing", "as id"),
        ({"lineId": 7.5}, "field-missing", "as lineId"),
        ({"serviceIds": None}, "field-invalid", "as serviceIds; expected a list of ids"),
        ({"serviceIds": ["../x"]}, "field-invalid", "as serviceIds"),
        ({"serviceIds": ["NSL_X"]}, "field-invalid", "names the service NSL_X; expected one of NSL"),
        ({"lineId": "EWL"}, "field-invalid", "names the service NSL_S; expected one of EWL"),
        ({"lastUpdated": "2026-02-30"}, "field-invalid", "'2026-02-30' as lastUpdated; expected a day"),
        ({"lastUpdated": "yesterday"}, "field-invalid", "as lastUpdated"),
    ],
)
def test_a_platform_that_cannot_be_read_is_reported_and_left_out(
    changes: Object, check: str, told: str
) -> None:
    parsed = parse_letters([as_json(files(platform_of("MID", "B", "NSL_S", **changes)))])
    assert checks(parsed.findings) == [(check, Severity.ERROR)]
    assert told in parsed.findings[0].message
    assert "mrtdown-platforms:" in parsed.findings[0].message


@pytest.mark.parametrize("name", ["layout", "stationCodes"])
@pytest.mark.parametrize("value", [None, 7, "x", [1]])
def test_a_station_without_its_parts_is_reported(name: str, value: Any) -> None:
    station = station_file("MID", "NS2") | {name: value}
    parsed = parse_letters([as_json([station, station_file("PIER", "NS3")])])
    assert checks(parsed.findings) == [("field-missing", Severity.ERROR)]
    assert "mrtdown-platforms:MID" in parsed.findings[0].message


@pytest.mark.parametrize("stop", [("NOWHERE", "NS2"), ("MID", "NS99"), ("MID", "NS1")])
def test_a_path_through_an_unknown_station_or_code_is_reported(stop: tuple[str, str]) -> None:
    service = service_file("NSL_S", NORTH, stop, PIER)
    parsed = parse_letters([as_json(files(services=(service,)))])
    assert checks(parsed.findings) == [("field-invalid", Severity.ERROR)]
    assert f"stops at {stop[0]!r} as {stop[1]!r}; expected a station among the files" in (
        parsed.findings[0].message
    )


@pytest.mark.parametrize(
    "revision", [{"startAt": None}, {"endAt": "soon"}, {"path": None}, {"path": {"stations": None}}]
)
def test_a_revision_that_cannot_be_read_is_reported(revision: Object) -> None:
    parsed = parse_letters([as_json(files(services=(service_file("NSL_S", *LINE, **revision),)))])
    assert [finding.severity for finding in parsed.findings] == [Severity.ERROR]
    assert "mrtdown-platforms:NSL_S" in parsed.findings[0].message


def test_an_id_that_stands_for_two_records_is_reported() -> None:
    two = [platform_of("MID", "B", "NSL_S"), platform_of("MID", "C", "NSL_S", id="MID_NSL_B")]
    assert checks(parse_letters([as_json(files(*two))]).findings) == [
        ("record-id-not-unique", Severity.ERROR)
    ]
    stations = [station_file("MID", "NS2"), station_file("MID", "NS3")]
    assert checks(parse_letters([as_json(stations)]).findings) == [("record-id-not-unique", Severity.ERROR)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<html>rate limited</html>", "the content is HTML or XML"),
        (b"", "the content is empty"),
        (b"404: Not Found", "the content is not JSON"),
        (b"[]", "no station is among the files"),
        (b"[7]", "a file holds 7; expected a station or a service"),
        (b'[{"id": "CCL", "serviceIds": []}]', "'CCL' has neither stationCodes nor revisions"),
    ],
)
def test_what_is_no_file_of_mrtdown_is_refused(content: bytes, told: str) -> None:
    for parse in (parse_letters, parse_names):
        with pytest.raises(SourceFormatError, match=told):
            parse([content])


def test_names_are_those_of_each_language_with_all_codes() -> None:
    station = station_file("MID", "CE1", "CC34", names={"zh-Hans": "海湾舫", "ta": "பேஃபிரண்ட்"})
    [found] = parse_names([as_json(station)]).records
    assert (found.station_id, found.station_codes) == ("MID", ("CE1", "CC34"))
    assert (found.zh_hans, found.ms, found.ta) == ("海湾舫", None, "பேஃபிரண்ட்")


@pytest.mark.parametrize(
    ("name", "check"), [("x" * 200, "field-invalid"), (7.5, "field-missing"), ("", "field-missing")]
)
def test_a_name_that_cannot_be_read_is_reported_among_names_alone(name: Any, check: str) -> None:
    given_files = files(platform_of("MID", "B", "NSL_S"), names={"ta": name})
    parsed = parse_names([as_json(given_files)])
    assert checks(parsed.findings) == [(check, Severity.ERROR)]
    assert [found.station_id for found in parsed.records] == ["NORTH", "PIER"]
    assert parse_letters([as_json(given_files)]).findings == ()


def test_a_station_whose_name_is_no_object_is_reported() -> None:
    parsed = parse_names([as_json(station_file("MID", "NS2") | {"name": "Mid"})])
    assert checks(parsed.findings) == [("field-missing", Severity.ERROR)]


def test_control_characters_in_a_name_are_taken_out_and_told() -> None:
    parsed = parse_names([as_json(station_file("MID", "NS2", names={"ta": "வட்\u00adடாரம்\u202e"}))])
    assert parsed.records[0].ta == "வட்டாரம்"
    assert checks(parsed.findings) == [("text-cleaned", Severity.WARNING)]


REPOSITORY = MrtdownRepository()
WHOLE = json.loads(REPOSITORY.content("station", "service"))


@given(st.permutations(WHOLE))
def test_the_order_of_files_does_not_matter(shuffled: list[Object]) -> None:
    assert parse_letters([as_json(shuffled)]) == parse_letters([as_json(WHOLE)])
    assert parse_names([as_json(shuffled)]) == parse_names([as_json(WHOLE)])


def test_one_list_or_a_file_for_each_is_the_same() -> None:
    assert parse_letters([as_json(item) for item in WHOLE]) == parse_letters([as_json(WHOLE)])


@given(st.data())
def test_whatever_stands_in_a_field_is_read_told_or_refused(data: st.DataObject) -> None:
    """Nothing else comes of it, and a letter is one that stands in the files."""
    item = data.draw(st.sampled_from(WHOLE))
    path = data.draw(st.sampled_from(list(_paths(item))))
    value = data.draw(
        st.none() | st.booleans() | st.integers() | st.text(max_size=50) | st.lists(st.none() | st.text())
    )
    changed = _with(item, path, value)
    try:
        parsed = parse_letters([as_json([changed if it is item else it for it in WHOLE])])
    except SourceFormatError:
        return
    seen = "".join(char for char in str(value) if unicodedata.category(char)[0] != "C").strip()
    assert {found.letter for found in parsed.records} <= {"A", "B", seen}  # control characters are removed
    assert all(len(found.letter) <= 2 for found in parsed.records)


def _paths(value: Any, *path: str | int) -> Any:
    """Yield where in a value another one can stand."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _paths(inner, *path, key)


def _with(value: Any, path: tuple[Any, ...], put: Any) -> Any:
    if not path:
        return put
    copied = value.copy()
    copied[path[0]] = _with(value[path[0]], path[1:], put)
    return copied
