"""Landmarks of every exit, from the documents recorded in the package and from services that serve the same.

Distances are looked at here in degrees instead of a projection, so that a fault of the code under test does
not hide itself.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.contracts.network import Landmark, Station
from mrt_pipeline.errors import SourceError, SourceFormatError
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.runtime.context import RunContext, default_context
from mrt_pipeline.runtime.geometry import distance_m
from mrt_pipeline.runtime.recordings import RECORDED, load_recording
from mrt_pipeline.sources.datamall.reading import read_bus_tables
from mrt_pipeline.sources.official_places import DATASETS, SPEC
from mrt_pipeline.sources.official_places.claims import open_source
from mrt_pipeline.sources.official_places.reading import read_places, record
from mrt_pipeline.stages.stage1_ingestion import Stage1Ingestion
from tests.fakes.place_files import place_file, place_files
from tests.fakes.publishers import Publishers

CONFIG = Path(__file__).parents[2] / "config" / "pipeline.yaml"
AS_OF = date(2026, 11, 23)
MIN_COVERED = 290
KNOWN = {
    "bedok-ewl-C": "Bedok Bus Interchange",
    "bishan-ccl-D": "Bishan CC",
    "bishan-nsl-A": "Bishan Public Library",
    "botanic-gardens-ccl-A": "Singapore Botanic Gardens",
    "bugis-ewl-A": "Albert Centre",
    "chinatown-nel-A": "Chinatown Complex Market",
    "chinatown-nel-C": "People's Park Food Centre",
    "city-hall-nsl-A": "Swissotel The Stamford, Singapore",
    "clarke-quay-nel-A": "Hong Lim Park",
    "clementi-ewl-A": "Clementi Public Library",
    "dhoby-ghaut-nsl-A": "Fort Canning Park",
    "dhoby-ghaut-nel-C": "Istana Park",
    "hillview-dtl-A": "Dairy Farm Nature Park",
    "kranji-nsl-C": "Rail Corridor",
    "outram-park-nel-4": "Duxton Plain Park",
    "toa-payoh-nsl-B": "Toa Payoh Town Park",
    "yishun-nsl-E": "Yishun Public Library",
}
"""of exits that people know"""


@pytest.fixture(scope="module")
def context() -> RunContext:
    return default_context(PipelineConfig(CONFIG), AS_OF)


@pytest.fixture(scope="module")
def stations(context: RunContext) -> tuple[Station, ...]:
    return Stage1Ingestion(PipelineConfig(CONFIG), context).execute(None).stations


@pytest.fixture(scope="module")
def tables(context: RunContext) -> BusTables:
    return read_bus_tables(context)


def assign(
    context: RunContext, tables: BusTables, stations: tuple[Station, ...]
) -> dict[str, list[Landmark]]:
    source = open_source(context, tables)
    source.prepare(stations)
    source.survey(stations)
    claims = (source.claims_for(station, ()) for station in stations)
    return {found.exit_id: list(found.landmarks) for each in claims for found in each.exits}


@pytest.fixture(scope="module")
def assigned(
    context: RunContext, tables: BusTables, stations: tuple[Station, ...]
) -> dict[str, list[Landmark]]:
    return assign(context, tables, stations)


def test_nearly_half_of_the_exits_have_a_landmark(assigned: dict[str, list[Landmark]]) -> None:
    assert len(assigned) == 607
    assert sum(bool(found) for found in assigned.values()) >= MIN_COVERED


@pytest.mark.parametrize("exit_id", KNOWN)
def test_a_known_exit_has_its_landmark(exit_id: str, assigned: dict[str, list[Landmark]]) -> None:
    assert KNOWN[exit_id] in {landmark.name for landmark in assigned[exit_id]}


def test_no_name_is_abbreviated_in_capitals_or_in_use_for_something_that_is_not_open(
    assigned: dict[str, list[Landmark]],
) -> None:
    names = {landmark.name for found in assigned.values() for landmark in found}
    assert {name for name in names if name.isupper() or " PK" in name or "U/C" in name} == set()
    assert {name for name in names if "hostel" in name.lower() or "playground" in name.lower()} == set()


def test_every_distance_is_that_of_the_cited_record_and_no_exit_is_nearer(
    assigned: dict[str, list[Landmark]], stations: tuple[Station, ...]
) -> None:
    exits = {found.exit_id: (found.lat, found.lng) for station in stations for found in station.exits}
    places = _recorded_points()
    for exit_id, landmarks in assigned.items():
        for landmark in landmarks:
            cited = [
                places.get((why.document_id, why.record_id or "")) for why in landmark.evidence["record"]
            ]
            points = [point for point in cited if point is not None]
            if len(points) != len(cited):
                continue  # a park, which is an area
            assert landmark.distance_m is not None
            nearest = min(distance_m(*exits[exit_id], *point) for point in points)
            assert landmark.distance_m == pytest.approx(nearest, abs=1)
            assert landmark.distance_m <= 400
            others = (distance_m(*place, *point) for place in exits.values() for point in points)
            assert min(others) >= landmark.distance_m - 1


def _recorded_points() -> dict[tuple[str, str], tuple[float, float]]:
    points = {
        ("lta-bus-stops", row["bus_stop_code"]): (float(row["lat"]), float(row["lng"]))
        for row in load_recording("lta-bus-stops").rows
    }
    for document in SPEC.documents:
        for row in load_recording(document.document_id).rows:
            if "lat" in row:
                points[document.document_id, row["record_id"]] = float(row["lat"]), float(row["lng"])
    return points


def test_the_order_of_stations_makes_no_difference(
    context: RunContext, tables: BusTables, stations: tuple[Station, ...], assigned: dict[str, list[Landmark]]
) -> None:
    shuffled = list(stations)
    Random(7).shuffle(shuffled)  # noqa: S311  # not for secrets
    assert assign(context, tables, tuple(shuffled)) == assigned


def test_files_with_the_recorded_facts_give_the_recorded_tables_in_live_mode(
    tmp_path: Path, context: RunContext
) -> None:
    recorded = read_places(context.access)
    with Publishers() as publishers:
        publishers.datagov.others = place_files()
        access = publishers.access(tmp_path)
        access.recorded_folder = RECORDED
        live = read_places(access)
        again = read_places(access)
        asked = len(publishers.datagov_server.requests)
    for was, now in zip(recorded, live, strict=True):
        assert now.records == was.records
        assert now.provenance.document_id == was.provenance.document_id
    assert again[0].records == live[0].records
    assert asked == 2 * len(DATASETS), "kept answers are used again"
    only = [finding.record_id for table in live for finding in table.findings]
    assert only == ["nhb-museums", "stb-hotels"]


def test_only_what_can_be_asked_for_is_recorded_anew(tmp_path: Path) -> None:
    with Publishers() as publishers:
        publishers.datagov.others = place_files()
        access = publishers.access(tmp_path)
        access.recorded_folder = RECORDED
        assert [table.provenance.document_id for table in record(access)] == list(DATASETS)


def test_a_file_that_lost_a_place_is_refused(tmp_path: Path) -> None:
    with Publishers() as publishers:
        publishers.datagov.others = place_files()
        file = place_file("nea-hawker-centres").replace(b'"Point"', b'"Pint"', 1)
        publishers.datagov.others[DATASETS["nea-hawker-centres"]] = file
        with pytest.raises(SourceFormatError, match="1 record could not be read"):
            read_places(publishers.access(tmp_path))


def test_a_service_that_does_not_know_a_dataset_is_reported(tmp_path: Path) -> None:
    with Publishers() as publishers, pytest.raises(SourceError, match="nea-hawker-centres"):
        read_places(publishers.access(tmp_path))
