"""What LTA's train timetable says of platforms and entrances, and what is no timetable."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Method
from mrt_pipeline.contracts.network import Station, StepFree
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.exit_platforms import SignedLetters, claim_letters, key_of
from mrt_pipeline.extraction.merging import merge_claims
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.documents import Payload
from mrt_pipeline.runtime.table_source import TableSource
from mrt_pipeline.sources.lta_train_gtfs import archive
from mrt_pipeline.sources.lta_train_gtfs.claims import source_of
from mrt_pipeline.sources.lta_train_gtfs.letters import letters_of, platforms_served
from mrt_pipeline.sources.lta_train_gtfs.parsing import parse_schedule
from tests.fakes.network_builder import provenance
from tests.fakes.real_stations import real_station
from tests.fakes.train_schedules import (
    CALL_COLUMNS,
    STOP_COLUMNS,
    entrance,
    platform,
    table,
    train_schedule,
    zipped,
)

NETWORK = load_network()
AS_OF = date(2026, 11, 23)
READ_AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
YISHUN = real_station("yishun", NS13="A B")
CHINATOWN = real_station("chinatown", NE4="A B")
HERE = (YISHUN.exits[0].lat, YISHUN.exits[0].lng)
FAR = (HERE[0] + 0.01, HERE[1])
AROUND = (platform("NS13_A", "B"), platform("NS13_B", "A"), platform("NS12_A", "B"), platform("NS14_B", "A"))
TRIPS = (("NS12_A", "NS13_A", "NS14_B"), ("NS14_B", "NS13_B", "NS12_A"))


def source(*stops: dict[str, str], trips: tuple[tuple[str, ...], ...] = TRIPS) -> TableSource:
    if not any(stop["location_type"] == "2" for stop in stops):
        stops += (entrance("NS13_EA", HERE), entrance("NS13_EB", HERE))
    content = train_schedule(stops, trips)
    return source_of(Payload(content, READ_AT), parse_schedule(content), NETWORK, AS_OF)


def claims(
    *stops: dict[str, str], about: Station = YISHUN, **options: tuple[tuple[str, ...], ...]
) -> StationClaims:
    return source(*stops, **options).claims_for(about, ())


def letters(said: StationClaims) -> set[tuple[str, str | None]]:
    return {(one.next_code, one.platform_code) for found in said.exits for one in found.platforms}


def step_free(said: StationClaims) -> list[tuple[str, StepFree]]:
    return [(found.exit_id, found.access.step_free) for found in said.exits if found.access]


def checks(said: StationClaims) -> list[str]:
    return [finding.check for finding in said.findings]


# platforms


def test_the_sign_of_each_direction_is_that_of_the_platform_its_trains_leave_from() -> None:
    said = claims(*AROUND)
    assert letters(said) == {("NS14", "B"), ("NS12", "A")}
    one = said.exits[0].platforms[0]
    assert (one.confidence, one.evidence["platform_code"][0].record_id) == (Confidence.HIGH, "NS13_A")
    assert one.evidence["record"][0].method is Method.TOPOLOGY
    assert said.outranks == ("mrtdown",)


def test_a_platform_of_several_letters_gives_each_and_one_without_gives_none() -> None:
    stops = (platform("NS13_A", "A / D / E"), platform("NS13_B", ""), *AROUND[2:])
    assert letters(claims(*stops)) == {("NS14", "A"), ("NS14", "D"), ("NS14", "E")}


def test_letters_that_cannot_be_read_are_reported_and_the_platform_still_counts_as_a_stop() -> None:
    found = source(platform("NS13_A", "East side"), *AROUND[1:])
    assert [finding.check for finding in found.findings] == ["field-invalid"]
    assert letters(found.claims_for(YISHUN, ())) == {("NS12", "A")}


def test_a_direction_is_found_whatever_code_the_timetable_calls_the_station_by() -> None:
    tanah_merah = real_station("tanah-merah", EW4="A")
    stops = (platform("EW4_C", "C"), platform("CG1_A", "A"), entrance("EW4_EA", HERE))
    said = claims(*stops, about=tanah_merah, trips=(("EW4_C", "CG1_A"),))
    assert {(one.station_code, one.next_code, one.platform_code) for one in said.exits[0].platforms} == {
        ("CG", "CG1", "C")
    }


def test_two_lines_between_the_same_stations_are_distinguished() -> None:
    city_hall = real_station("city-hall", EW13="A")
    stops = (
        *(platform("EW13_A", "D"), platform("NS25_A", "A")),
        *(platform("EW14_A", "A"), platform("NS26_A", "B"), entrance("EW13_EA", HERE)),
    )
    said = claims(*stops, about=city_hall, trips=(("EW13_A", "EW14_A"), ("NS25_A", "NS26_A")))
    assert letters(said) == {("EW14", "D"), ("NS26", "A")}


def test_no_two_directions_of_the_network_are_taken_for_one() -> None:
    ways = [way for found in NETWORK.directions(AS_OF).values() for way in found]
    places = {
        (way.line_code, NETWORK.find_code(way.station_code), NETWORK.find_code(way.next_code)): key_of(way)
        for way in ways
    }
    stops = {
        f"{key_of(way)[1]}_{number}": (platform(f"{key_of(way)[1]}_{number}", "A"), way)
        for number, way in enumerate(ways)
    }
    ends = [
        (platform(f"{way.next_code}_X{number}", ""), name)
        for number, (name, (_, way)) in enumerate(stops.items())
    ]
    content = train_schedule(
        [*(row for row, _ in stops.values()), *(row for row, _ in ends), entrance("NS13_EA", HERE)],
        [(name, row["stop_id"]) for row, name in ends],
    )
    served = platforms_served(parse_schedule(content), ways, NETWORK)
    found = letters_of(served, provenance("lta-train-gtfs"))
    assert set(found) == {key_of(way) for way in ways} == set(places.values())


def test_trains_in_directions_without_service_on_the_day_are_reported_and_not_used() -> None:
    found = source(*AROUND, platform("NS3_A", "A"), trips=(*TRIPS, ("NS13_B", "NS3_A")))
    assert [finding.check for finding in found.findings] == ["letter-without-direction"]
    assert letters(found.claims_for(YISHUN, ())) == {("NS14", "B"), ("NS12", "A")}


def test_stops_beside_one_that_is_unknown_are_no_neighbours() -> None:
    found = source(*AROUND, trips=(("NS12_A", "NS99_A", "NS13_A", "NS14_B"),))
    assert letters(found.claims_for(YISHUN, ())) == {("NS14", "B")}
    assert [finding.check for finding in found.findings] == ["field-invalid"]


def test_the_order_of_rows_does_not_matter() -> None:
    calls = [("t", "NS14_B", "10"), ("t", "NS12_A", "2"), ("t", "NS13_A", "9")]
    rows = [dict(zip(("trip_id", "stop_id", "stop_sequence"), call, strict=True)) for call in calls]
    stops = [*AROUND, entrance("NS13_EA", HERE)]
    content = train_schedule(stops, stop_times=table(CALL_COLUMNS, rows))
    assert parse_schedule(content).steps == {("NS12_A", "NS13_A"): 1, ("NS13_A", "NS14_B"): 1}


@pytest.mark.parametrize("code", ["", "Platform B"])
def test_a_direction_one_of_whose_platforms_has_no_letter_has_none(code: str) -> None:
    stops = (platform("NS13_A", code), platform("NS13_C", "C"), *AROUND[1:])
    found = source(*stops, trips=(*TRIPS, ("NS13_C", "NS14_B")))
    assert letters(found.claims_for(YISHUN, ())) == {("NS12", "A")}
    assert [one.slug for one in found.findings if one.check == "platform-letter-doubtful"] == ["yishun"]


@pytest.mark.parametrize(("others", "expected"), [(19, {"A", "B"}), (20, {"B"})])
def test_a_platform_of_less_than_one_train_in_twenty_does_not_lend_its_letter(
    others: int, expected: set[str]
) -> None:
    trips = (*[TRIPS[0]] * others, TRIPS[1], ("NS13_B", "NS14_B"))
    found = source(*AROUND, trips=trips)
    assert {letter for way, letter in letters(found.claims_for(YISHUN, ())) if way == "NS14"} == expected
    told = [one.check for one in found.findings]
    assert told == [] if len(expected) > 1 else ["platform-letter-doubtful"]


def test_one_letter_for_two_directions_that_mrtdown_tells_apart_is_reported_and_not_claimed() -> None:
    said = claims(platform("NS13_A", "B"), platform("NS13_B", "B"), *AROUND[2:])
    record = provenance("mrtdown-services")
    known = {
        key_of(way): SignedLetters((letter,), Confidence.MEDIUM, (record.cite("x"),))
        for way in NETWORK.directions(AS_OF)["NS13"]
        for letter in ["B" if way.next_code == "NS14" else "A"]
    }
    exits = claim_letters(YISHUN, NETWORK.directions(AS_OF), known, NETWORK)
    mrtdown = StationClaims(source="mrtdown", exits=exits, provenance={record.document_id: record})
    merged = merge_claims(YISHUN, [said, mrtdown])
    assert {(one.next_code, one.platform_codes, one.confidence) for one in merged.platforms} == {
        ("NS14", ("B",), Confidence.MEDIUM),
        ("NS12", ("A",), Confidence.MEDIUM),
    }
    assert [finding.check for finding in merged.findings] == ["sources-disagree"] * 2


# entrances


def test_an_entrance_that_is_called_accessible_or_not_is_ltas_word_for_its_exit() -> None:
    said = claims(*AROUND, entrance("NS13_EA", HERE, "1"), entrance("NS13_EB", HERE, "2"))
    assert step_free(said) == [("yishun-nsl-A", StepFree.YES), ("yishun-nsl-B", StepFree.NO)]
    assert checks(said) == []
    (reason,) = next(found.access for found in said.exits if found.access).evidence_for("step_free")
    assert (reason.document_id, reason.record_id, reason.licence) == ("lta-train-gtfs", "NS13_EA", "SODL-1.0")


@pytest.mark.parametrize("value", ["", "0"])
def test_an_entrance_of_which_nothing_is_said_has_no_statement(value: str) -> None:
    assert step_free(claims(*AROUND, entrance("NS13_EA", HERE, value))) == []


@pytest.mark.parametrize("other", ["1", "", "0"])
def test_a_yes_means_nothing_if_no_entrance_is_a_no(other: str) -> None:
    found = source(*AROUND, entrance("NS13_EA", HERE, "1"), entrance("NS13_EB", HERE, other))
    assert step_free(found.claims_for(YISHUN, ())) == []
    assert [finding.check for finding in found.findings] == ["access-words-unread"]


@pytest.mark.parametrize(
    ("row", "check"),
    [
        (entrance("NS13_EA", FAR, "1"), "entrance-far-from-exit"),
        (entrance("NS13_EC", HERE, "1"), "entrance-without-exit"),
    ],
)
def test_an_entrance_that_is_no_exit_of_ours_is_reported_and_claims_nothing(
    row: dict[str, str], check: str
) -> None:
    said = claims(*AROUND, row, entrance("NS13_EB", HERE, "2"))
    assert [name for name in checks(said) if name != "exit-without-entrance"] == [check]
    assert step_free(said) == [("yishun-nsl-B", StepFree.NO)]


def test_an_exit_that_the_timetable_lacks_is_reported() -> None:
    said = claims(*AROUND, entrance("NS13_EA", HERE))
    assert [(finding.check, finding.exit_id) for finding in said.findings] == [
        ("exit-without-entrance", "yishun-nsl-B")
    ]


def test_an_entrance_of_an_interchange_is_found_under_any_of_its_codes() -> None:
    there = (CHINATOWN.exits[0].lat, CHINATOWN.exits[0].lng)
    said = claims(*AROUND, entrance("DT19_EA", there, "2"), about=CHINATOWN)
    assert step_free(said) == [("chinatown-nel-A", StepFree.NO)]


def test_two_exits_of_one_label_nearby_are_not_reported_apart() -> None:
    expo = real_station("expo", DT35="A", CG1="A")
    there = (expo.exits[0].lat, expo.exits[0].lng)
    twin = expo.exits[1].model_copy(update={"lat": there[0], "lng": there[1] + 0.0002})
    expo = expo.model_copy(update={"exits": (expo.exits[0], twin)})
    said = claims(*AROUND, entrance("CG1_EA", there, "2"), about=expo)
    assert (step_free(said), checks(said)) == ([], ["entrance-ambiguous"])


def test_an_entrance_is_not_the_exit_on_whose_spot_the_timetable_has_another_one() -> None:
    beside = (HERE[0] + 40 / 111_000, HERE[1])
    said = claims(*AROUND, entrance("NS13_EA", beside, "1"), entrance("NS13_EB", HERE, "2"))
    assert (step_free(said), checks(said)) == ([("yishun-nsl-B", StepFree.NO)], ["entrance-ambiguous"])


def test_an_entrance_of_an_unknown_station_is_reported() -> None:
    found = source(*AROUND, entrance("NS99_EA", HERE, "2"))
    assert [finding.check for finding in found.findings] == ["entrance-without-exit"]


@pytest.mark.parametrize(
    "changes",
    [
        {"wheelchair_boarding": "yes"},
        {"stop_name": "Exit A (lift only)"},
        {"stop_lat": "0"},
        {"parent_station": "<b>"},
        {"stop_id": "NS13_EB"},
    ],
)
def test_an_entrance_that_cannot_be_read_is_a_warning_and_left_out(changes: dict[str, str]) -> None:
    found = source(*AROUND, entrance("NS13_EB", HERE, "2"), entrance("NS13_EA", HERE, "2") | changes)
    assert [finding.severity.value for finding in found.findings] == ["warning"]
    assert step_free(found.claims_for(YISHUN, ())) == [("yishun-nsl-B", StepFree.NO)]


# what is no timetable


def bomb(size: int) -> bytes:
    return train_schedule(stops=bytes(size))


def encrypted() -> bytes:
    content = bytearray(train_schedule())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    return bytes(content)


def packed_otherwise() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("stops.txt", b"stop_id")
    return content.getvalue()


def damaged() -> bytes:
    content = bytearray(train_schedule())
    content[60] ^= 0xFF
    return bytes(content)


EMPTY_STOPS, EMPTY_CALLS = table(STOP_COLUMNS, []), table(CALL_COLUMNS, [])
BAD = {
    "nothing": (b"", "zip file"),
    "HTML": (b"<html>busy</html>", "zip file"),
    "cut": (train_schedule()[:-40], "zip file"),
    "damaged": (damaged(), "damaged"),
    "encrypted": (encrypted(), "encrypted"),
    "another method": (packed_otherwise(), "packed in a way"),
    "a bomb": (bomb(2**20), "unpacks from"),
    "many members": (zipped({f"{number}.txt": b"" for number in range(65)}), "65 members"),
    "a list of members without end": (b"PK\x01\x02" * 10_000, "lists 10000 members"),
    "one member twice": (zipped({"a.txt": b"", "b.txt": b""}).replace(b"b.txt", b"a.txt"), "or one twice"),
    "no stops": (train_schedule(stops=None), "no stops.txt"),
    "no calls": (train_schedule(stop_times=None), "no stop_times.txt"),
    "no column": (train_schedule(stops=b"stop_id,stop_name\r\n"), "no column stop_lat"),
    "empty stops": (train_schedule(stops=EMPTY_STOPS), "no platform"),
    "no entrance": (train_schedule(stops=table(STOP_COLUMNS, AROUND)), "no entrance"),
    "empty calls": (train_schedule(stop_times=EMPTY_CALLS), "no train"),
    "no UTF-8": (train_schedule(stops=b"stop_id\xff\xfe"), "damaged"),
    "an open quote": (train_schedule(stop_times=b'trip_id,stop_id,stop_sequence\r\n"a,b,c'), "damaged"),
    "no number": (train_schedule(stop_times=b"trip_id,stop_id,stop_sequence\r\na,b,first"), "'first'"),
}


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD)
def test_what_is_no_timetable_is_refused_in_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(SourceFormatError, match=words):
        parse_schedule(content)


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ("MAX_ROWS", "more than 9 rows"),
        ("MAX_ALL_BYTES", "3 members of"),
        ("MAX_MEMBER_BYTES", "unpacks from"),
    ],
)
def test_a_file_that_is_too_large_is_refused(bound: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, bound, 9)
    with pytest.raises(SourceFormatError, match=words):
        parse_schedule(train_schedule(AROUND, TRIPS * 9))


GOOD = train_schedule()


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255), st.integers(0, len(GOOD)))
def test_a_damaged_timetable_is_refused_or_read_and_nothing_else(place: int, byte: int, length: int) -> None:
    content = bytearray(GOOD)
    content[place] = byte
    for tried in (bytes(content), bytes(content[:length])):
        try:
            parse_schedule(tried)
        except SourceFormatError:
            continue


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_any_text_in_the_tables_is_read_or_refused(name: str, code: str, value: str) -> None:
    rows = [platform("NS13_A", code), entrance("NS13_EA", HERE, value, stop_name=name), *AROUND[2:]]
    try:
        parse_schedule(train_schedule(rows, TRIPS))
    except SourceFormatError:
        return
