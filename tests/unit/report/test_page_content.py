"""What the page is told: every value with its reasons, and the run as it will stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from mrt_pipeline.contracts.comparison import Comparison
from mrt_pipeline.contracts.evidence import Published
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import StationExit, StationNames
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import RunStatus, StageStatus
from mrt_pipeline.network import Network
from mrt_pipeline.report import selection
from mrt_pipeline.report.content import make_content
from mrt_pipeline.runtime.geometry import to_svy21
from tests.fakes.manifests import make_manifest, make_stage_record
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    links_to,
    make_dataset,
    make_exit,
    make_station,
    make_trains,
    station_platform,
)
from tests.unit.compare.comparison_scene import (
    AFTER,
    BEFORE,
    OPENING,
    RING_NETWORK,
    compare,
    get_exit,
    network_dataset,
    replace_station,
)
from tests.unit.report.page_scenes import enriched_dataset


def content_of(
    dataset: Stage3Output,
    comparison: Comparison | None = None,
    network: Network = SMALL_NETWORK,
    **manifest: Any,
) -> dict[str, Any]:
    """Return what a page says."""
    return make_content(dataset, make_manifest(**manifest), comparison, network)


def published_in(found: StationExit) -> Iterator[Published]:
    """Yield an exit and what belongs to it with evidence, in the order in which the page has them."""
    yield found
    yield from (link for link in found.platforms if link.evidence)
    yield from found.bus_stops
    if found.access:
        yield found.access
    yield from found.landmarks


def whys_of(row: dict[str, Any]) -> list[int]:
    """Return the positions of all reasons of an exit, in the same order."""
    access = [row["access"][-1]] if "access" in row else []
    links = (link for link in row.get("platforms", ()) if len(link) > len(("platform", "building", "trust")))
    hanging = [*links, *row.get("stops", ())]
    return [
        row["why"],
        *(item[-1] for item in hanging),
        *access,
        *(landmark[-1] for landmark in row.get("landmarks", ())),
    ]


def test_every_value_of_every_exit_and_platform_keeps_all_of_its_reasons() -> None:
    dataset = with_own_evidence(enriched_dataset())
    content = content_of(dataset)
    platforms: list[Published] = [platform for station in dataset.stations for platform in station.platforms]
    shared: tuple[list[Published], list[int]] = (platforms, [row[-1] for row in content["platforms"]])
    assert platforms
    for station, row in zip(dataset.stations, content["stations"], strict=True):
        pairs = [
            (list(published_in(found)), whys_of(exit_row))
            for found, exit_row in zip(station.exits, row["exits"], strict=True)
        ]
        for records, whys in (*pairs, shared):
            for record, why in zip(records, whys, strict=True):
                told = {
                    field: [reason_of(content, number) for number in numbers]
                    for field, numbers in content["whys"][why].items()
                }
                assert told == {
                    field: [(one.document_id, one.method.value, one.record_id, one.quote) for one in reasons]
                    for field, reasons in record.evidence.items()
                }


def with_own_evidence(dataset: Stage3Output) -> Stage3Output:
    """Return a dataset whose first exit leads to a platform for reasons of its own."""
    first, *others = dataset.stations
    found, *exits = first.exits
    links = tuple(
        link.model_copy(update={"evidence": {"platform_id": found.evidence_for("lat")}})
        for link in found.platforms
    )
    changed = (found.model_copy(update={"platforms": links}), *exits)
    stations = (first.model_copy(update={"exits": changed}), *others)
    return dataset.model_copy(update={"stations": stations})


def reason_of(content: dict[str, Any], number: int) -> tuple[Any, ...]:
    """Return document, method, record and quote of a reason."""
    document, method, record, *quoted = content["reasons"][number]
    return content["documents"][document]["id"], method, record, quoted[0] if quoted else None


def test_equal_reasons_stand_once() -> None:
    content = content_of(enriched_dataset())
    assert len({str(reason) for reason in content["reasons"]}) == len(content["reasons"])
    assert len({str(why) for why in content["whys"]}) == len(content["whys"])


def test_the_same_words_at_two_places_are_two_reasons() -> None:
    found = make_exit(SMALL_NETWORK.codes[0])
    [quoted] = get_exit(enriched_dataset(), "yishun-nsl-A").landmarks
    [reason] = quoted.evidence["record"]
    elsewhere = reason.model_copy(update={"char_start": 500, "char_end": 500 + len(reason.quote or "")})
    landmarks = tuple(
        quoted.model_copy(update={"name": str(start.char_start), "evidence": {"record": (start,)}})
        for start in (reason, elsewhere)
    )
    found = found.model_copy(update={"landmarks": landmarks})
    station = make_station(SMALL_NETWORK, "yishun", exits=(found,))
    content = content_of(make_dataset(station))
    assert [row[4] for row in content["reasons"] if len(row) > 3] == [10, 500]


def test_a_document_that_is_missing_is_named_all_the_same() -> None:
    content = content_of(make_dataset(provenance={}))
    assert content["documents"] == [{"id": "lta-station-exits"}]


def test_places_on_the_map_are_metres_from_its_north_western_corner() -> None:
    dataset = make_dataset()
    content = content_of(dataset)
    places = {row["slug"]: row["at"] for row in content["stations"]}
    yishun, bishan = (
        next(item for item in dataset.stations if item.slug == slug) for slug in ("yishun", "bishan")
    )
    one, other = to_svy21(yishun.lat, yishun.lng), to_svy21(bishan.lat, bishan.lng)
    assert places["bishan"][0] - places["yishun"][0] == pytest.approx(
        other.easting_m - one.easting_m, abs=0.2
    )
    assert places["bishan"][1] - places["yishun"][1] == pytest.approx(
        one.northing_m - other.northing_m, abs=0.2
    )
    assert min(place[0] for place in places.values()) >= 0
    assert min(place[1] for place in places.values()) >= 0


def test_a_station_knows_the_codes_it_bore_before() -> None:
    content = content_of(network_dataset(AFTER), network=RING_NETWORK)
    former = {row["slug"]: row["former"] for row in content["stations"]}
    assert former["bayfront"] == [["CE1", "2026-07-12", "CC34"]]
    assert former["keppel"] == []
    on_the_day = content_of(network_dataset(OPENING), network=RING_NETWORK)
    assert {row["slug"] for row in on_the_day["stations"] if row["former"]} == {"bayfront", "marina-bay"}
    before = content_of(network_dataset(BEFORE), network=RING_NETWORK)
    assert not any(row["former"] for row in before["stations"])


def test_names_in_other_languages_and_all_letters_are_shown_with_their_reasons() -> None:
    entry = SMALL_NETWORK.codes[0]
    platform = station_platform(entry, SMALL_NETWORK.codes[1], platform_codes=("A", "D"))
    found = make_exit(entry).model_copy(update={"platforms": links_to(platform)})
    names = StationNames(zh_hans="义顺", ta="யீஷூன்", evidence=cited("YIS"))
    station = make_station(SMALL_NETWORK, "yishun", exits=(found,), platforms=(platform,), names=names)
    content = content_of(make_dataset(station))
    shown, why = content["stations"][0]["names"]
    assert shown == {"zh-Hans": "义顺", "ta": "யீஷூன்"}
    [reason] = content["whys"][why]["record"]
    assert content["reasons"][reason][2] == "YIS"
    assert content["platforms"][0][4] == ["A", "D"]


def test_first_and_last_trains_are_shown_at_their_platforms_with_their_reasons() -> None:
    platforms = [station_platform(SMALL_NETWORK.codes[0], code) for code in SMALL_NETWORK.codes[1:3]]
    trains = tuple(map(make_trains, platforms[::-1]))
    station = make_station(SMALL_NETWORK, "yishun", platforms=tuple(platforms), trains=trains)
    content = content_of(make_dataset(station))
    rows = content["stations"][0]["trains"]
    times = ["NSL_MAIN_S", "weekday", "05:35", "00:31", True, "medium"]
    assert [row[:-1] for row in rows] == [[1, *times], [0, *times]]
    assert [content["platforms"][row[0]][3] for row in rows] == [one.next_code for one in platforms[::-1]]
    [reason] = content["whys"][rows[0][-1]]["record"]
    assert content["reasons"][reason][2] == "YIS:NSL_MAIN_S"


def test_lines_come_with_their_colours_those_in_operation_first() -> None:
    future = make_station(SMALL_NETWORK, "keppel")
    lines = content_of(make_dataset(future_stations=(future,)))["lines"]
    assert [(line["code"], line["colour"], line["open"]) for line in lines] == [
        ("NSL", "#D42E12", True),
        ("CCL", "#FA9E0D", True),
        ("BPL", "#748477", True),
    ]


def test_a_line_that_is_yet_to_open_comes_last() -> None:
    senja = make_station(SMALL_NETWORK, "senja")
    keppel = make_station(SMALL_NETWORK, "keppel")
    lines = content_of(make_dataset(senja, future_stations=(keppel,)))["lines"]
    assert [(line["code"], line["open"]) for line in lines] == [("BPL", True), ("CCL", False)]


def test_the_verdict_gets_how_many_exits_lack_each_field_and_whether_that_is_most_of_them() -> None:
    coverage = content_of(enriched_dataset())["coverage"]
    assert [row[0] for row in coverage["unknown"]] == coverage["fields"]
    assert ["Step-free access (yes or no)", 4, 6, True] in coverage["unknown"]
    all_exits = coverage["rows"][0][1:]
    assert [total - unknown for _, unknown, total, _ in coverage["unknown"]] == [it[0] for it in all_exits]


def test_coverage_counts_each_exit_once_under_the_line_of_its_building() -> None:
    content = content_of(enriched_dataset())
    place = content["coverage"]["fields"].index("Step-free access (yes or no)") + 1
    measured = {row[0]: row[place] for row in content["coverage"]["rows"]}
    assert measured == {None: [2, 6], "NSL": [2, 4], "CCL": [0, 1], "BPL": [0, 1]}


def test_a_running_run_whose_last_stage_is_done_is_reported_as_completed() -> None:
    """The page is written before the run ends, and read after it."""
    record = make_stage_record("stage3_merger", b"")
    done = content_of(make_dataset(), status=RunStatus.RUNNING, stages={"stage3_merger": record})
    assert done["run"]["status"] == "completed"
    failed = record.model_copy(update={"status": StageStatus.FAILED})
    running = content_of(make_dataset(), status=RunStatus.RUNNING, stages={"stage3_merger": failed})
    assert running["run"]["status"] == "running"


def test_a_run_that_failed_after_its_last_stage_is_reported_as_failed() -> None:
    record = make_stage_record("stage3_merger", b"")
    failed = content_of(make_dataset(), status=RunStatus.FAILED, stages={"stage3_merger": record})
    assert failed["run"]["status"] == "failed"


def test_stages_are_reported_with_their_reasons() -> None:
    record = make_stage_record("stage1_ingestion", b"", reused=True, reason="nothing differs")
    [stage] = content_of(make_dataset(), stages={"stage1_ingestion": record})["run"]["stages"]
    assert (stage["reused"], stage["reason"]) == (True, "nothing differs")


def test_findings_come_gravest_first_and_point_to_their_station() -> None:
    findings = tuple(
        Finding(check="a-check", severity=severity, message=severity.value, slug="bishan")
        for severity in (Severity.INFO, Severity.ERROR, Severity.WARNING)
    )
    told = content_of(make_dataset(findings=findings))["findings"]
    assert [finding["message"] for finding in told] == ["error", "warning", "info"]
    assert {finding["station"] for finding in told} == {1}


def test_a_finding_that_an_earlier_run_did_not_have_is_new() -> None:
    known, new = (Finding(check=name, severity=Severity.INFO, message=name) for name in ("known", "new"))
    old_dataset = network_dataset(findings=(known,))
    new_dataset = network_dataset(findings=(known, new))
    told = content_of(new_dataset, compare(old_dataset, new_dataset), RING_NETWORK)["findings"]
    assert {finding["check"]: finding.get("new", False) for finding in told} == {"known": False, "new": True}


def test_a_finding_that_is_only_reworded_is_not_new() -> None:
    old, new = (Finding(check="a", severity=Severity.INFO, message=text) for text in ("one", "two"))
    old_dataset, new_dataset = network_dataset(findings=(old,)), network_dataset(findings=(new,))
    [told] = content_of(new_dataset, compare(old_dataset, new_dataset), RING_NETWORK)["findings"]
    assert "new" not in told


def test_without_an_earlier_run_there_are_no_changes() -> None:
    assert content_of(make_dataset())["changes"] is None


def test_changes_name_the_run_they_are_seen_from() -> None:
    old, new = network_dataset(BEFORE), network_dataset(AFTER)
    changes = content_of(new, compare(old, new), RING_NETWORK)["changes"]
    assert (changes["as_of"], changes["stations"]) == (BEFORE.isoformat(), 3)
    assert changes["headline"].startswith("1 station opened, 2 codes renumbered")


def test_a_name_that_changed_is_the_new_one() -> None:
    old = network_dataset()
    new = replace_station(old, "bayfront", name="Bay Front")
    content = content_of(new, compare(old, new), RING_NETWORK)
    assert "Bay Front" in {row["name"] for row in content["stations"]}


def test_the_day_is_that_of_the_dataset() -> None:
    assert content_of(make_dataset(as_of=date(2026, 7, 13)))["run"]["as_of"] == "2026-07-13"


def test_the_page_counts_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    findings = tuple(
        Finding(check="exit-label-shared", severity=Severity.WARNING, message=f"{slug}.", slug=slug)
        for slug in ("yishun", "bishan", "senja")
    )
    dataset = make_dataset(findings=findings)
    whole = content_of(dataset)
    assert whole["left_out"] == {"stations": 0, "findings": 0}
    monkeypatch.setattr(selection, "MAX_STATIONS", 1)
    monkeypatch.setattr(selection, "MAX_FINDINGS", 2)
    content = content_of(dataset)
    assert content["left_out"] == {"stations": 2, "findings": 1}
    assert (len(content["stations"]), len(content["findings"])) == (1, 2)
    assert [finding.get("station") for finding in content["findings"]].count(0) == 1
    assert (content["counts"], content["coverage"]) == (whole["counts"], whole["coverage"])
