from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.network import ExitAccess, StationExit, StepFree
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.errors import UsageError
from mrt_pipeline.exports.lta_gtfs import CROSSWALK_NAME, FEED_NAME, join_feed
from mrt_pipeline.orchestrator.exporting import export_into
from tests.fakes.hostile_datasets import hostile_datasets
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    make_dataset,
    make_exit,
    make_station,
    station_platform,
)

NS13, NS17, *_ = SMALL_NETWORK.codes
HEAD = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,platform_code"
PLACE = "1.4294,103.835"
STATION = f"NS13,YISHUN,{PLACE},1,,"
OTHERS = {"trips.txt": b"route_id,service_id,trip_id\n1,2,\xff\n", "stop_times.txt": b"\r\n"}


def _exit(label: str, step_free: StepFree | None = None, **changes: Any) -> StationExit:
    access = None if step_free is None else ExitAccess(step_free=step_free, evidence=cited())
    return make_exit(NS13, label, access=access, **changes)


def _entrance(stop_id: str, found: StationExit, label: str = "", north_m: float = 0) -> str:
    """Return a row of LTA's for an exit, as far north of it as wanted."""
    lat = found.lat + north_m / 110_574
    return f"{stop_id},{label or found.exit_code},{lat},{found.lng},2,NS13,"


def _feed(*rows: str, head: str = HEAD, **others: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("agency.txt", OTHERS["trips.txt"])
        archive.writestr("stops.txt", "\n".join((head, *rows)))
        for name, content in OTHERS.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _join(
    content: bytes, *exits: StationExit, **changes: Any
) -> tuple[str, dict[str, dict[str, str]], tuple[str, ...]]:
    """Return the written stops, the crosswalk by our ids, and the remarks."""
    station = make_station(SMALL_NETWORK, "yishun", exits=exits, **changes)
    joined = join_feed(make_dataset(station), "LTA.zip", content)
    with zipfile.ZipFile(io.BytesIO(joined.files[FEED_NAME])) as archive:
        stops = archive.read("stops.txt").decode()
    rows = csv.DictReader(io.StringIO(joined.files[CROSSWALK_NAME].decode(), newline=""))
    return stops, {row["our_id"]: row for row in rows}, joined.remarks


def _matches(crosswalk: dict[str, dict[str, str]]) -> dict[str, tuple[str, str]]:
    return {name: (row["match"], row["lta_stop_id"]) for name, row in crosswalk.items()}


def test_access_is_said_of_lta_s_entrances_and_every_other_byte_stays() -> None:
    known, unknown, no = _exit("A", StepFree.YES), _exit("B", east_m=90), _exit("C", StepFree.NO, east_m=180)
    rows = (
        STATION,
        _entrance("NS13_EA", known, '"A"'),
        _entrance("NS13_EB", unknown),
        _entrance("NS13_EC", no),
    )
    stops, crosswalk, _ = _join(_feed(*rows), known, unknown, no)
    expected = zip((HEAD, *rows), (",wheelchair_boarding", ",", ",1", ",", ",2"), strict=True)
    assert stops == "\n".join(row + said for row, said in expected)
    assert crosswalk["yishun-nsl-A"] == {
        **{"kind": "exit", "our_id": "yishun-nsl-A", "lta_stop_id": "NS13_EA", "match": "unique"},
        **{"distance_m": "0.0", "candidates": '["NS13_EA"]', "wheelchair_boarding": "1"},
        "document_ids": crosswalk["yishun-nsl-A"]["document_ids"],
    }
    assert "lta-station-exits" in crosswalk["yishun-nsl-A"]["document_ids"]
    assert crosswalk["yishun-nsl-B"]["wheelchair_boarding"] == ""


def test_an_entrance_that_the_feed_lacks_is_added_under_our_id_below_lta_s_station() -> None:
    there, lacking = _exit("A"), _exit("B", StepFree.YES, east_m=90)
    content = _feed(STATION, _entrance("NS13_EA", there))
    stops, crosswalk, remarks = _join(content, there, lacking)
    *_, added = csv.DictReader(io.StringIO(stops))
    assert added == {
        **{"stop_id": "yishun-nsl-B", "stop_name": "B", "location_type": "2", "parent_station": "NS13"},
        **{"stop_lat": str(lacking.lat), "stop_lon": str(lacking.lng), "platform_code": ""},
        "wheelchair_boarding": "1",
    }
    assert _matches(crosswalk)["yishun-nsl-B"] == ("none", "")
    assert "Added: 1 exit (yishun-nsl-B)." in remarks


def test_labels_that_are_swapped_nearby_leave_both_as_they_are() -> None:
    yes, unknown = _exit("A", StepFree.YES), _exit("B", east_m=20)
    rows = (STATION, _entrance("NS13_EA", unknown, "A"), _entrance("NS13_EB", yes, "B"))
    stops, crosswalk, _ = _join(_feed(*rows), yes, unknown)
    assert stops == "\n".join((HEAD, *rows))
    assert {row["match"] for name, row in crosswalk.items() if row["kind"] == "exit"} == {"ambiguous"}


def test_a_doubtful_yes_is_not_written() -> None:
    low = ExitAccess(step_free=StepFree.YES, confidence=Confidence.LOW, evidence=cited())
    found = make_exit(NS13, "A", access=low)
    content = _feed(STATION, _entrance("NS13_EA", found))
    assert _join(content, found)[0] == "\n".join((HEAD, STATION, _entrance("NS13_EA", found)))


def test_other_files_of_the_feed_are_the_same_and_in_the_same_order() -> None:
    joined = join_feed(make_dataset(), "LTA.zip", _feed(STATION))
    with zipfile.ZipFile(io.BytesIO(joined.files[FEED_NAME])) as archive:
        assert archive.namelist() == ["agency.txt", "stops.txt", *OTHERS]
        assert {name: archive.read(name) for name in OTHERS} == OTHERS


def test_a_feed_that_lacks_nothing_keeps_its_stops_to_the_byte() -> None:
    found = _exit("A")
    assert _join(_feed(STATION, _entrance("NS13_EA", found)), found)[0] == "\n".join(
        (HEAD, STATION, _entrance("NS13_EA", found))
    )


@pytest.mark.parametrize(
    ("north_m", "label", "match"),
    [
        (29, "A", "unique"),
        (29, "Exit a", "unique"),
        (31, "A", "ambiguous"),  # the same exit, or another one: who can tell
        (29, "Z", "ambiguous"),  # renamed, perhaps
        (31, "Z", "none"),
    ],
)
def test_an_exit_is_identified_by_its_label_and_by_distance(north_m: float, label: str, match: str) -> None:
    found = _exit("A", StepFree.YES)
    content = _feed(STATION, _entrance("NS13_E1", found, label, north_m))
    stops, crosswalk, remarks = _join(content, found)
    row = crosswalk["yishun-nsl-A"]
    assert row["match"] == match
    assert ("yishun-nsl-A" in stops) == (match == "none")
    if match == "ambiguous":
        assert (row["lta_stop_id"], row["candidates"]) == ("", '["NS13_E1"]')
        assert float(row["distance_m"]) == pytest.approx(north_m, abs=0.2)
        assert row["wheelchair_boarding"] == ""
        assert any("may be another entrance: 1 exit (yishun-nsl-A)" in remark for remark in remarks)


def test_of_two_exits_with_one_label_the_near_one_is_lta_s_and_the_other_is_lacking() -> None:
    one, other = _exit("A"), _exit("A", east_m=249).model_copy(update={"exit_id": "yishun-nsl-A-east"})
    stops, crosswalk, _ = _join(_feed(STATION, _entrance("NS13_EA", one)), one, other)
    assert _matches(crosswalk)["yishun-nsl-A"] == ("unique", "NS13_EA")
    assert _matches(crosswalk)["yishun-nsl-A-east"] == ("none", "")
    assert "yishun-nsl-A-east,A," in stops


def test_where_two_of_either_side_are_near_nothing_is_said() -> None:
    one, other = _exit("A"), _exit("A", east_m=20).model_copy(update={"exit_id": "yishun-nsl-A-east"})
    _, crosswalk, _ = _join(_feed(STATION, _entrance("NS13_EA", one)), one, other)
    assert {crosswalk[name]["match"] for name in ("yishun-nsl-A", "yishun-nsl-A-east")} == {"ambiguous"}
    rows = (STATION, _entrance("NS13_EA", one), _entrance("NS13_EA2", one, north_m=20))
    _, crosswalk, _ = _join(_feed(*rows), one)
    assert crosswalk["yishun-nsl-A"]["candidates"] == '["NS13_EA","NS13_EA2"]'


def test_what_lta_says_of_access_is_left_and_a_contradiction_is_reported() -> None:
    exits = [_exit(label, StepFree.YES, east_m=90 * place) for place, label in enumerate("ABC")]
    said = zip(exits, ("2", "0", "1"), strict=True)
    rows = [f"{_entrance(f'NS13_E{found.exit_code}', found)},{value}" for found, value in said]
    stops, _, remarks = _join(_feed(f"{STATION},", *rows, head=f"{HEAD},wheelchair_boarding"), *exits)
    assert [line[-1] for line in stops.splitlines()[2:]] == ["2", "1", "1"]
    assert "LTA's value kept, although this dataset contradicts it: 1 exit (yishun-nsl-A)." in remarks


def test_an_unknown_exit_is_not_added_where_it_would_inherit_a_yes() -> None:
    content = _feed(f"{STATION},1", head=f"{HEAD},wheelchair_boarding")
    stops, _, remarks = _join(content, _exit("A"), _exit("B", StepFree.NO, east_m=90))
    assert ("yishun-nsl-A" in stops, "yishun-nsl-B" in stops) == (False, True)
    assert "Not added, because they would inherit their station's access: 1 exit (yishun-nsl-A)." in remarks


def test_a_station_of_a_code_that_lies_elsewhere_is_another_one() -> None:
    stops, crosswalk, remarks = _join(_feed("NS13,YISHUN,1.44,103.835,1,,"), _exit("A"))
    assert (crosswalk["yishun"]["match"], "yishun-nsl-A" in stops) == ("none", False)
    assert "Not added, because the feed has no single station for them: 1 exit (yishun-nsl-A)." in remarks


@pytest.mark.parametrize(
    ("letters", "theirs", "match"),
    [
        ([("A",), ("B",)], ["A", "B"], "unique"),
        ([("A", "B"), ("C",)], ["A / B", "C"], "unique"),
        ([("A",), ("A",)], ["A", "B"], "ambiguous"),
        ([("A",), ("B",)], ["A / B", "C"], "ambiguous"),
        ([(), ("B",)], ["A", "B"], "none"),
    ],
)
def test_a_platform_is_reported_by_its_letters(
    letters: list[tuple[str, ...]], theirs: list[str], match: str
) -> None:
    """The suffix of LTA's id is not the letter."""
    platforms = tuple(
        station_platform(NS13, NS17, platform_codes=codes).model_copy(update={"platform_id": f"p{place}"})
        for place, codes in enumerate(letters)
    )
    rows = [f"NS13_{'BA'[place]},YISHUN,{PLACE},0,NS13,{code}" for place, code in enumerate(theirs)]
    _, crosswalk, _ = _join(_feed(STATION, *rows), platforms=platforms)
    assert _matches(crosswalk)["p0"] == (match, "NS13_B" if match == "unique" else "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_feed(STATION, STATION), "lists the stop 'NS13' 2 times"),
        (_feed("NS13,YISHUN,north,103.8,1,,"), "'NS13' is at 'north', '103.8'; expected degrees"),
        (_feed("NS13,YISHUN,,,1,,"), "expected degrees"),
        (_feed(head="stop_id,stop_name"), "no column stop_lat"),
    ],
)
def test_a_feed_that_is_not_as_it_must_be_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        join_feed(make_dataset(), "LTA.zip", content)


@given(hostile_datasets())
def test_every_exit_of_the_dataset_is_once_in_the_joined_feed(dataset: Stage3Output) -> None:
    joined = join_feed(
        dataset, "LTA.zip", _feed(STATION, f"NS17,BISHAN,{dataset.stations[1].lat},103.848,1,,")
    )
    with zipfile.ZipFile(io.BytesIO(joined.files[FEED_NAME])) as archive:
        stops = list(csv.DictReader(io.StringIO(archive.read("stops.txt").decode(), newline=""), strict=True))
    added = [stop["stop_id"] for stop in stops if stop["location_type"] == "2"]
    ids = (" ".join(found.exit_id.split()) for station in dataset.stations for found in station.exits)
    assert added == list(dict.fromkeys(ids)), "ids that differ in white space alone are one in a feed"


def test_a_feed_that_is_not_there_or_is_too_big_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.zip not found; expected LTA's GTFS feed"):
        export_into(make_dataset(), tmp_path / "none.zip", tmp_path / "out")
    big = tmp_path / "big.zip"
    with big.open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    with pytest.raises(UsageError, match="expected a feed of at most"):
        export_into(make_dataset(), big, tmp_path / "out")
    assert not (tmp_path / "out").exists()
