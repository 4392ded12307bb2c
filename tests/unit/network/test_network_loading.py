from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

import mrt_pipeline.network
from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.errors import InternalError
from mrt_pipeline.network import load_network, network_evidence, network_provenance
from mrt_pipeline.network.loading import TABLES
from mrt_pipeline.runtime.files import sha256_of

REAL = Path(mrt_pipeline.network.__file__).parent
PACKAGE = REAL.parent


def _copy(folder: Path) -> Path:
    for name in TABLES:
        shutil.copy(REAL / name, folder / name)
    return folder


def _append(folder: Path, table: str, row: str) -> None:
    with (folder / table).open("a", encoding="utf-8") as file:
        file.write(row + "\n")


def test_a_copy_of_the_tables_is_the_same_network(tmp_path: Path) -> None:
    assert load_network(_copy(tmp_path)) == load_network()


@pytest.mark.parametrize(
    ("table", "row", "fault"),
    [
        (
            "codes.csv",
            "NS1,jurong-east,NSL,1990-03-10,lta-announcements,,,,1.3,103.7,onemap",
            "a station code occurs twice",
        ),
        ("codes.csv", "NS99,nowhere,NSL,,,,,,1.3,103.7,manual", "NS99 belongs to nowhere, which is not in"),
        ("codes.csv", "XX1,yishun,XXL,,,,,,1.3,103.7,manual", "XX1 is on XXL, which is not in lines.csv"),
        (
            "codes.csv",
            "NS99,yishun,NSL,,,,,NS98,1.3,103.7,manual",
            "NS99 became NS98, which is not in codes.csv",
        ),
        (
            "codes.csv",
            "NS99,yishun,NSL,1990-01-01,,,,,1.3,103.7,manual",
            "NS99 needs opened_date and opened_document both or neither",
        ),
        (
            "codes.csv",
            "NS99,yishun,NSL,,,,lta-announcements,,1.3,103.7,manual",
            "NS99 needs closed_date and closed_document both or neither",
        ),
        (
            "codes.csv",
            "NS99,yishun,NSL,1990-01-01,hearsay,,,,1.3,103.7,manual",
            "NS99 opened by hearsay, which is not in documents.csv",
        ),
        ("services.csv", "x,NSL,linear,,,,NS1 NS99", "x stops at NS99, which is not in codes.csv"),
        ("services.csv", "x,SKL,loop,,,NS1,STC SE1 SE2", "x returns to NS1, which is not on SKL"),
        ("services.csv", "x,SKL,loop,,,STC9,STC SE1 SE2", "x returns to STC9, which is not on SKL"),
        ("services.csv", "x,NSL,linear,,,NS1,NS1 NS2", "x returns to NS1, but is not a loop"),
        (
            "known_exits.csv",
            "yishun,CCL,A,,1.4,103.8,why",
            "yishun-ccl-A is on CCL, which has no code at yishun",
        ),
        ("known_exits.csv", "harbourfront,NEL,A,,1.2,103.8,why", "harbourfront-nel-A occurs twice"),
        ("doubts.csv", "harborfront,A,building,why", "harborfront,A,building names no station of stations"),
        ("doubts.csv", "expo,A,buildings,why", "expo,A,buildings is neither building with an exit's label"),
        ("doubts.csv", "expo,,building,why", "expo,,building is neither building with an exit's label nor"),
        ("doubts.csv", "expo,A,further_exits,why", "nor further_exits without one"),
    ],
)
def test_tables_that_contradict_each_other_are_refused_with_the_row_that_is_wrong(
    tmp_path: Path, table: str, row: str, fault: str
) -> None:
    _append(_copy(tmp_path), table, row)
    with pytest.raises(InternalError) as raised:
        load_network(tmp_path)
    assert fault in str(raised.value)


@pytest.mark.parametrize("table", TABLES)
def test_the_fingerprint_changes_with_any_table(tmp_path: Path, table: str) -> None:
    _append(_copy(tmp_path), table, "")
    assert load_network(tmp_path).sha256 != load_network().sha256


def test_values_of_the_table_can_be_cited() -> None:
    document = network_provenance(load_network())
    evidence = network_evidence("NS13", Method.TOPOLOGY)
    assert evidence.document_id == document.document_id
    assert evidence.licence == document.licence
    assert evidence.record_id == "NS13"
    assert document.sha256 == load_network().sha256


def test_the_tables_fingerprints_can_be_computed_again_from_the_files_that_are_named() -> None:
    document = network_provenance(load_network())
    contents = [(PACKAGE / table.path).read_bytes() for table in document.recorded_tables]
    assert [sha256_of(content) for content in contents] == [item.sha256 for item in document.recorded_tables]
    assert sha256_of(b"".join(contents)) == document.sha256
    assert {(PACKAGE / table.path).name for table in document.recorded_tables} == {
        path.name for path in REAL.glob("*.csv") if path.name != "statements.csv"
    }


def test_the_horizon_is_read_and_a_day_beyond_it_is_described_as_known_then(tmp_path: Path) -> None:
    (_copy(tmp_path) / "horizon.csv").write_text("known_until,basis\n2026-12-31,announcements\n")
    network = load_network(tmp_path)
    assert network.known_until == date(2026, 12, 31)
    assert network.known_on(date(2026, 12, 31)) is None
    assert network.known_on(date(2027, 1, 1)) == date(2026, 12, 31)


@pytest.mark.parametrize("rows", ["", "2026-12-31,a\n2027-12-31,b\n"])
def test_a_network_without_one_horizon_is_refused(rows: str, tmp_path: Path) -> None:
    (_copy(tmp_path) / "horizon.csv").write_text(f"known_until,basis\n{rows}")
    with pytest.raises(InternalError, match=r"horizon\.csv"):
        load_network(tmp_path)
