"""Stage 1 over the tables recorded in the package, against what is known of the network, typed by hand."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from mrt_pipeline.config import Secrets, Settings
from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.contracts.outputs import FeatureOutcome
from mrt_pipeline.network import load_network
from mrt_pipeline.network.doubts import BUILDING, TABLE
from mrt_pipeline.runtime.geometry import to_svy21
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.sources.datagov.reading import read_exits
from mrt_pipeline.sources.onemap.reading import read_stations
from mrt_pipeline.stages.checks import check_features
from mrt_pipeline.stages.ingestion import Ingested, ingest
from tests.fakes.network_builder import NOW

DAY = date(2026, 11, 23)
BEFORE_THE_RING = date(2026, 7, 11)
AFTER_IT = date(2026, 7, 13)

SHARED_LABELS = {
    ("bedok-north", "B"): {"bedok-north-dtl-B-north": "21542", "bedok-north-dtl-B-south": "21537"},
    ("bukit-panjang", "A"): {
        "bukit-panjang-bpl-A": "21583",
        "bukit-panjang-dtl-A-north": "21640",
        "bukit-panjang-dtl-A-northwest": "21185",
        "bukit-panjang-dtl-A-south": "21449",
    },
    ("bukit-panjang", "B"): {"bukit-panjang-bpl-B": "21584", "bukit-panjang-dtl-B": "21267"},
    ("choa-chu-kang", "B"): {"choa-chu-kang-bpl-B": "21459", "choa-chu-kang-nsl-B": "21374"},
    ("choa-chu-kang", "D"): {"choa-chu-kang-nsl-D-north": "21439", "choa-chu-kang-nsl-D-south": "21376"},
    ("expo", "A"): {"expo-dtl-A": "21392", "expo-ewl-A": "21671"},
    ("harbourfront", "A"): {"harbourfront-ccl-A": "21599", "harbourfront-nel-A": "21658"},
    ("upper-changi", "A"): {"upper-changi-dtl-A-east": "21532", "upper-changi-dtl-A-west": "21536"},
}
"""every label that a station has more than once, with OBJECTIDs of LTA's file of July 2026"""


@cache
def _access() -> SourceAccess:
    return SourceAccess(Settings(), secrets=Secrets(), cache_dir=Path("never-written"), now=lambda: NOW)


@cache
def _ingested(day: date = DAY) -> Ingested:
    return ingest(load_network(), day, read_exits(_access()), read_stations(_access(), []))


def _exits(day: date = DAY) -> dict[str, StationExit]:
    return {found.exit_id: found for station in _ingested(day).stations for found in station.exits}


def _station(slug: str) -> Station:
    return next(station for station in _ingested().stations if station.slug == slug)


def _record_of(found: StationExit) -> str | None:
    return found.evidence_for("exit_code")[0].record_id


def test_184_stations_with_217_codes_on_nine_lines_have_607_exits() -> None:
    stations = _ingested().stations
    assert len(stations) == Settings().expected_stations == 184
    assert sum(len(station.mrt_codes) for station in stations) == 217
    assert len({line for station in stations for line in station.lines}) == Settings().expected_lines == 9
    assert len(_exits()) == sum(len(station.exits) for station in stations) == 607


def test_all_613_features_are_accounted() -> None:
    features = _ingested().features
    assert Counter(feature.outcome for feature in features) == {
        FeatureOutcome.KEPT: 607,
        FeatureOutcome.MERGED: 2,
        FeatureOutcome.SET_APART: 4,
    }
    assert {feature.record_id for feature in features} == {
        item.record_id for item in read_exits(_access()).records
    }
    assert list(check_features(features, _ingested().stations)) == []


def test_what_was_set_apart_is_marina_south() -> None:
    apart = [item for item in _ingested().features if item.outcome is FeatureOutcome.SET_APART]
    assert {item.station_na for item in apart} == {"MARINA SOUTH MRT STATION"}
    assert "marina-south" in {station.slug for station in _ingested().future_stations}


def test_what_was_merged_is_two_exits_of_choa_chu_kang_surveyed_twice() -> None:
    merged = {
        item.record_id: item.exit_id for item in _ingested().features if item.outcome is FeatureOutcome.MERGED
    }
    assert merged == {"21505": "choa-chu-kang-nsl-A", "21504": "choa-chu-kang-nsl-C"}


def test_every_station_in_operation_has_an_exit() -> None:
    assert [station.slug for station in _ingested().stations if not station.exits] == []


def test_labels_that_a_station_has_twice_are_all_kept_under_settled_ids() -> None:
    found: dict[tuple[str, str], dict[str, str | None]] = {}
    for station in _ingested().stations:
        counts = Counter(item.exit_code for item in station.exits)
        for item in station.exits:
            if counts[item.exit_code] > 1:
                found.setdefault((station.slug, item.exit_code), {})[item.exit_id] = _record_of(item)
    assert found == SHARED_LABELS


def test_every_doubt_of_a_building_is_about_an_exit_that_lta_has() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["doubt"] == BUILDING]
    labels = {(station.slug, item.exit_code) for station in _ingested().stations for item in station.exits}
    assert [row for row in rows if (row["slug"], row["exit_code"]) not in labels] == []


def test_only_one_finding_beside_the_known_doubts_asks_a_person_to_look() -> None:
    warnings = [item for item in _ingested().findings if item.severity is not Severity.INFO]
    doubts = [str(item.slug) for item in warnings if item.check == "exit-building-in-doubt"]
    assert sorted(doubts) == ["expo"] * 2 + ["harbourfront"] * 6
    others = [item for item in warnings if item.check != "exit-building-in-doubt"]
    assert [(item.check, item.record_id) for item in others] == [
        ("exit-nearer-to-another-station", "lta-station-exits:21185")
    ]


@pytest.mark.parametrize(
    ("slug", "ids"),
    [
        ("paya-lebar", ["ccl-D", "ccl-E", "ccl-F", "ewl-A", "ewl-B", "ccl-C"]),
        ("telok-ayer", ["dtl-A", "dtl-B", "dtl-C", "dtl-D", "dtl-E"]),
        ("hume", ["dtl-1", "dtl-2"]),
        ("punggol-coast", ["nel-1", "nel-2"]),
        ("keppel", ["ccl-1", "ccl-2", "ccl-3"]),
        ("cantonment", ["ccl-1", "ccl-2", "ccl-3", "ccl-4"]),
        ("prince-edward-road", ["ccl-1", "ccl-2"]),
        ("punggol", ["nel-A", "nel-B", "pgl-C", "pgl-D"]),
        ("city-hall", ["nsl-A", "nsl-B", "nsl-C", "nsl-D"]),
        ("yishun", ["nsl-A", "nsl-B", "nsl-C", "nsl-D", "nsl-E"]),
    ],
)
def test_a_station_has_the_exits_of_ltas_file(slug: str, ids: list[str]) -> None:
    assert {found.exit_id for found in _station(slug).exits} == {f"{slug}-{tail}" for tail in ids}


def test_the_three_new_stations_are_the_whole_difference_that_the_ring_makes() -> None:
    before, after = _exits(BEFORE_THE_RING), _exits(AFTER_IT)
    new = {exit_id for exit_id in after if exit_id.startswith(("keppel", "cantonment", "prince-edward-road"))}
    assert after.keys() - before.keys() == new
    assert before.keys() <= after.keys()
    changed = {exit_id for exit_id in before if before[exit_id] != after[exit_id]}
    renumbered = {(before[item].station_code, after[item].station_code) for item in changed}
    assert renumbered == {("CE1", "CC34"), ("CE2", "CC33")}


def test_exit_ids_are_built_of_safe_letters() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+-[A-Z0-9]{1,2}(-[a-z]+)?", exit_id) for exit_id in _exits())


def test_every_exit_is_within_600_m_of_its_building() -> None:
    network = load_network()
    for found in _exits().values():
        entry = network.find_code(found.station_code)
        assert entry is not None
        assert to_svy21(found.lat, found.lng).distance_m(to_svy21(entry.lat, entry.lng)) < 600


def test_every_known_exit_is_there() -> None:
    assert {known.exit_id for known in load_network().known_exits} <= _exits().keys()


def test_positions_of_stations_come_from_onemap_where_it_has_them() -> None:
    documents = Counter(station.evidence_for("lat")[0].document_id for station in _ingested().stations)
    assert documents["onemap-stations"] >= 180
    assert documents.total() == 184
