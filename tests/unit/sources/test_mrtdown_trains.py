"""First and last trains: from MRTDown's files to the platforms of a station on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.findings import Finding, Severity, Side
from mrt_pipeline.contracts.network import ServiceDays, Station, TrainTimes
from mrt_pipeline.contracts.rows import from_row
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.recordings import load_recording
from mrt_pipeline.sources.mrtdown import ServiceTimes
from mrt_pipeline.sources.mrtdown.claims import name_directions, source_of
from mrt_pipeline.sources.mrtdown.reading import Tables
from mrt_pipeline.sources.mrtdown.trains import minutes_of, parse_trains, trains_on
from tests.fakes.mrtdown import Object, platform_of, service_file, station_file, trains_of
from tests.fakes.network_builder import make_station, provenance
from tests.unit.sources.payloads import as_json

NORTH, MID, PIER = ("NORTH", "NS1"), ("MID", "NS2"), ("PIER", "NS3")
SERVICE = service_file("NSL_S", NORTH, MID, PIER)
AS_OF = date(2026, 11, 23)
NETWORK = load_network()
PLATFORMS = {("NSL", "NS2", "NS3"): "mid-nsl-NS3", ("NSL", "NS2", "NS1"): "mid-nsl-NS1"}
CITED = provenance("mrtdown-trains", licence="CC-BY-4.0")


def files(*trains: Object, services: tuple[Object, ...] = (SERVICE,)) -> list[bytes]:
    """Return three stations, the middle one with trains, and services."""
    middle = station_file("MID", "NS2", platforms=[platform_of("MID", "B", "NSL_S")])
    middle["firstLastTrain"] = {"services": list(trains)}
    return [as_json([station_file("NORTH", "NS1"), middle, station_file("PIER", "NS3"), *services])]


def times(*trains: Object, **given_files: Any) -> list[str]:
    """Return what is joined as ``code>next service``, weekday and Sunday, once nothing was found amiss."""
    parsed = parse_trains(files(*trains, **given_files))
    assert parsed.findings == ()
    return [
        " ".join((f"{it.station_code}>{it.next_code}", *it.weekday, *it.sunday_public_holiday))
        for it in parsed.records
    ]


def test_times_belong_to_the_direction_that_their_service_takes() -> None:
    weekday = {"weekday": {"firstTrain": "05:20", "lastTrain": "23:31"}}
    assert times(trains_of("NSL_S")) == ["NS2>NS3 05:35 00:31 05:35 00:31"]
    assert times(trains_of("NSL_S", times=weekday)) == ["NS2>NS3 05:20 23:31"]
    assert times() == []


@pytest.mark.parametrize("last", ["00:31", "24:31"])
def test_a_last_train_after_midnight_is_the_same_however_it_is_written(last: str) -> None:
    records = parse_trains(files(trains_of("NSL_S", last=last))).records
    found, findings = trains_on(AS_OF, records, PLATFORMS, NETWORK, CITED)
    assert findings == ()
    assert [(it.days, it.first_train, it.last_train, it.is_last_next_day) for it in found["NS2"]] == [
        (days, "05:35", "00:31", True) for days in ServiceDays
    ]


@given(st.integers(min_value=3 * 60, max_value=27 * 60 - 1))
def test_every_minute_of_a_day_of_service_is_read_by_either_clock(minutes: int) -> None:
    hours, rest = divmod(minutes, 60)
    assert minutes_of(f"{hours:02}:{rest:02}") == minutes_of(f"{hours % 24:02}:{rest:02}") == minutes


@pytest.mark.parametrize(
    ("given_trains", "words"),
    [
        (trains_of("NSL_S", last="05:10"), "expected a first train before midnight and a later last one"),
        (trains_of("NSL_S", first="00:10"), "expected a first train before midnight"),
        (trains_of("NSL_S", last="27:10"), "'27:10' for NSL_S on 'weekday'; expected two times"),
        (trains_of("NSL_S", last="-"), "expected two times like 05:35 and 00:31"),
        (trains_of("NSL_S", times={"friday": {"firstTrain": "05:35", "lastTrain": "23:31"}}), "on 'friday'"),
        (trains_of("NSL_S", times=None), "expected two times"),
        (trains_of("NSL_X"), "names the service NSL_X; expected one of the files, once"),
        (trains_of("../../x"), "as serviceId"),
    ],
)
def test_a_time_that_cannot_be_true_is_a_warning_and_no_record(given_trains: Object, words: str) -> None:
    parsed = parse_trains(files(given_trains))
    assert parsed.records == ()
    assert words in parsed.findings[0].message
    assert {it.severity for it in parsed.findings} == {Severity.WARNING}


def test_a_service_that_a_station_names_twice_counts_once() -> None:
    parsed = parse_trains(files(trains_of("NSL_S"), trains_of("NSL_S", first="06:00")))
    assert {it.weekday for it in parsed.records} == {("05:35", "00:31")}
    assert "expected one of the files, once" in parsed.findings[0].message


def test_trains_that_are_no_list_of_services_are_a_warning() -> None:
    [content] = files()
    parsed = parse_trains([content.replace(b'"services": []', b'"services": 5')])
    assert [(it.check, it.severity) for it in parsed.findings] == [("field-missing", Severity.WARNING)]


def test_times_of_a_path_that_had_ended_when_the_station_was_looked_at_are_none() -> None:
    ended = service_file("NSL_S", NORTH, MID, PIER, endAt="2026-07-12")
    assert times(trains_of("NSL_S"), services=(ended,)) == []


def test_a_service_that_leaves_a_station_two_ways_is_reported_and_gives_no_times() -> None:
    there_and_back = service_file("NSL_S", NORTH, MID, PIER, MID, NORTH)
    records = parse_trains(files(trains_of("NSL_S"), services=(there_and_back,))).records
    found, [finding] = trains_on(AS_OF, records, PLATFORMS, NETWORK, CITED)
    assert found == {}
    assert (finding.check, finding.severity) == ("trains-without-platform", Severity.INFO)
    assert "of 1 service are not published" in finding.message
    assert ": MID NSL_S. This service leaves its station" in finding.message


def leaving(code: str, next_code: str, last: str, **changes: Any) -> ServiceTimes:
    """Return the times of a service to the north at a station, the same on all days."""
    of_day = dict.fromkeys((days.value for days in ServiceDays), ("05:35", last)) | changes
    weekday, saturday, sunday = of_day.values()
    return ServiceTimes(code, "N", code, next_code, "NSL", weekday, saturday, sunday, "1996-02-10", None)


def last_trains(*records: ServiceTimes) -> tuple[set[tuple[str, Confidence]], list[Finding]]:
    """Return codes with the confidence of their weekday's times, and what was found."""
    ways = {(it.line_code, it.station_code, it.next_code): it.station_code for it in records}
    found, findings = trains_on(AS_OF, records, ways, NETWORK, CITED)
    confidences = {
        (code, it.confidence)
        for code, trains in found.items()
        for it in trains
        if it.days is ServiceDays.WEEKDAY
    }
    return confidences, list(findings)


@pytest.mark.parametrize("there", ["00:46", "00:50"])
def test_a_last_train_that_leaves_the_next_station_no_later_is_reported_with_both_sides(there: str) -> None:
    confidences, [finding] = last_trains(
        leaving("NS8", "NS7", "00:46"), leaving("NS7", "NS5", "00:50"), leaving("NS5", "NS4", there)
    )
    assert confidences == {("NS8", Confidence.MEDIUM), ("NS7", Confidence.LOW), ("NS5", Confidence.LOW)}
    assert (finding.check, finding.slug, finding.record_id) == (
        "last-trains-contradict",
        "kranji",
        "mrtdown-trains:NS7:N",
    )
    assert finding.sides == (
        Side(speaker="mrtdown", says="NS7 at 00:50", words="NS7:N"),
        Side(speaker="mrtdown", says=f"NS5 at {there}", words="NS5:N"),
    )


@pytest.mark.parametrize("there", ["00:51", "01:10"])
def test_a_last_train_that_leaves_the_next_station_later_contradicts_nothing(there: str) -> None:
    confidences, findings = last_trains(leaving("NS7", "NS5", "23:59"), leaving("NS5", "NS4", there))
    assert {confidence for _, confidence in confidences} == {Confidence.MEDIUM}
    assert findings == []


def test_only_the_days_that_contradict_each_other_are_doubtful() -> None:
    later = ("05:35", "23:55")
    confidences, [finding] = last_trains(
        leaving("NS7", "NS5", "23:50"), leaving("NS5", "NS4", "23:40", weekday=later)
    )
    assert {confidence for _, confidence in confidences} == {Confidence.MEDIUM}
    assert "(saturday, sunday_public_holiday)" in finding.message


def test_the_last_train_of_a_ring_may_end_where_others_began() -> None:
    _, findings = last_trains(
        leaving("NS7", "NS5", "00:10"), leaving("NS5", "NS4", "00:14"), leaving("NS4", "NS7", "00:20")
    )
    assert findings == []


def test_the_recorded_last_trains_contradict_each_other_at_five_places() -> None:
    told = [it for it in source_of(recorded(), NETWORK, AS_OF).findings if it.sides]
    assert {(it.slug, *(side.says for side in it.sides or ())) for it in told} == {
        ("pioneer", "EW28 at 23:36", "EW27 at 23:34"),
        ("kranji", "NS7 at 00:50", "NS5 at 00:46"),
        ("caldecott", "TE9 at 23:58", "TE11 at 23:56"),
        ("simei", "EW3 at 00:37", "EW2 at 00:37"),
        ("yio-chu-kang", "NS15 at 23:31", "NS16 at 23:31"),
    }


def test_two_platforms_towards_one_station_take_no_times() -> None:
    [way] = [it for it in NETWORK.directions(AS_OF)["NS13"] if it.next_code == "NS12"]
    assert name_directions({"NS13": (way, way)}, NETWORK) == {("NSL", "NS13", "NS12"): "yishun-nsl-NS12"}
    named = name_directions({"NS13": (way, replace(way, towards_code="NS4"))}, NETWORK)
    assert named == {("NSL", "NS13", "NS12"): ""}


def recorded() -> Tables:
    """Return the times of the package, with neither letters nor names."""
    recording = load_recording("mrtdown-trains")
    rows = tuple(from_row(ServiceTimes, row) for row in recording.rows)
    trains = SourceTable(rows, recording.provenance)
    return Tables(SourceTable((), provenance("letters")), trains, SourceTable((), provenance("names")))


def recorded_trains(station: Station, day: date = AS_OF) -> tuple[TrainTimes, ...]:
    """Return what the recorded table says of a station on a day."""
    return source_of(recorded(), NETWORK, day).claims_for(station, ()).trains


def test_the_recorded_times_of_a_station_cite_their_record() -> None:
    trains = recorded_trains(make_station(NETWORK, "admiralty", AS_OF))
    said = {
        (it.platform_id, it.days.value): (it.first_train, it.last_train, it.is_last_next_day) for it in trains
    }
    assert said["admiralty-nsl-NS9", "weekday"] == ("05:35", "00:37", True)
    assert said["admiralty-nsl-NS11", "sunday_public_holiday"] == ("05:45", "23:11", False)
    assert {one.record_id for it in trains for one in it.all_evidence()} == {
        "ADM:NSL_MAIN_N",
        "ADM:NSL_MAIN_S",
    }


def test_most_platforms_of_the_network_have_trains_by_the_recorded_table() -> None:
    """``docs/sources/mrtdown.md`` has these numbers."""
    opened = source_of(recorded(), NETWORK, AS_OF)
    trains = [
        opened.claims_for(make_station(NETWORK, slug, AS_OF), ()).trains for slug in NETWORK.open_codes(AS_OF)
    ]
    platforms = {times.platform_id for of_station in trains for times in of_station}
    assert sum(map(len, trains)) == 349 * len(ServiceDays)
    assert (len(platforms), sum(map(bool, trains)), len(trains)) == (344, 150, 184)


def test_times_of_today_are_not_those_of_a_path_of_another_day() -> None:
    day = date(2017, 1, 1)
    assert recorded_trains(make_station(NETWORK, "jurong-east", day), day) == ()
