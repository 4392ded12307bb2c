"""The tables in the package are whole, and say what their documents said when they were recorded."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.config import Secrets
from mrt_pipeline.config.registry import all_sources
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.extraction.facts import find_unknown_stops
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.recordings import RECORDED, load_recording
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.sources.datagov.reading import read_exits
from mrt_pipeline.sources.datamall.reading import read_bus_services, read_bus_stops
from mrt_pipeline.sources.mrtdown.claims import letters_on
from mrt_pipeline.sources.mrtdown.reading import read_tables
from mrt_pipeline.sources.official_places import SPEC as OFFICIAL_PLACES
from mrt_pipeline.sources.onemap.reading import read_stations
from tests.fakes.fake_time import FakeTime

AS_OF = date(2026, 11, 23)
DOCUMENTS = [
    document.document_id for spec in all_sources() if spec.is_recorded for document in spec.documents
]


@pytest.fixture(scope="module")
def access() -> SourceAccess:
    return SourceAccess(Settings(), secrets=Secrets(), cache_dir=Path("unused"), now=FakeTime().now)


@pytest.mark.parametrize("document_id", DOCUMENTS)
def test_every_document_is_recorded_with_its_day_and_number_of_records(document_id: str) -> None:
    recording = load_recording(document_id)
    assert len(recording.rows) == recording.provenance.records > 0
    assert f"on {recording.provenance.retrieved_at:%Y-%m-%d}" in recording.provenance.attribution


def test_nothing_else_lies_among_the_tables() -> None:
    names = {path.name for path in RECORDED.iterdir()}
    assert names == {"provenance.json", *(f"{document_id}.csv" for document_id in DOCUMENTS)}


def test_exits_are_all_there_and_named_once(access: SourceAccess) -> None:
    table = read_exits(access)
    assert len({found.record_id for found in table.records}) == 613
    assert table.findings == ()


def test_exits_that_share_a_label_are_all_there(access: SourceAccess) -> None:
    labels = Counter((found.station_na, found.exit_code) for found in read_exits(access).records)
    assert labels["HARBOURFRONT MRT STATION", "Exit A"] == 2
    assert labels["CHOA CHU KANG MRT STATION", "Exit A"] == 2


def test_bare_labels_and_bare_codes_are_as_published(access: SourceAccess) -> None:
    records = read_exits(access).records
    assert sum(not found.exit_code.startswith("Exit ") for found in records) == 23
    assert {found.station_na for found in records if len(found.station_na) < 5} == {
        *("CC9", "DT18", "DT4", "NE18", "CC30", "CC31", "CC32")
    }


def test_the_positions_of_interchanges_are_those_of_each_building(access: SourceAccess) -> None:
    places = {found.station_code: (found.lat, found.lng) for found in read_stations(access, ()).records}
    assert places["NS9"] == (1.4368196, 103.7860668)
    assert places["TE2"] == (1.4360576, 103.7879388)


def test_every_stop_of_every_service_is_listed(access: SourceAccess) -> None:
    services = read_bus_services(access)
    assert find_unknown_stops(read_bus_stops(access), services) == ()
    assert len({service.service_no for service in services.records}) == 599


def test_every_direction_of_the_network_has_a_letter_and_no_letter_is_for_another(
    access: SourceAccess,
) -> None:
    table = read_tables(access, AS_OF).letters
    directions = load_network().directions(AS_OF).values()
    wanted = {(way.line_code, way.station_code, way.next_code) for ways in directions for way in ways}
    assert set(letters_on(AS_OF, table.records, table.provenance)) == wanted


def test_letters_are_as_signed_where_it_matters(access: SourceAccess) -> None:
    table = read_tables(access, AS_OF).letters
    letters = letters_on(AS_OF, table.records, table.provenance)
    assert letters["NSL", "NS1", "NS2"].codes == ("A", "D", "E")
    assert letters["EWL", "CG2", "CG1"].codes == ("A", "B")
    assert letters["CCL", "CC34", "CC4"].codes == ("D",), "CE1 until 2026-07-12"
    assert {found.confidence for key, found in letters.items() if key[0] == "BPL"} == {Confidence.LOW}


def test_the_recorded_tables_are_small() -> None:
    assert sum(path.stat().st_size for path in RECORDED.iterdir()) < 800_000
    places = [f"{document.document_id}.csv" for document in OFFICIAL_PLACES.documents]
    assert sum((RECORDED / name).stat().st_size for name in places) < 300_000
