"""``snapshot refresh``, and that a run on what it recorded sees what a live run on the same answers sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from mrt_pipeline.cli.snapshots import files_by_document, refresh
from mrt_pipeline.errors import SourceFormatError, UsageError
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.recordings import load_recording
from mrt_pipeline.sources.datagov.reading import parse_exits, read_exits
from mrt_pipeline.sources.datamall.parsing import parse_bus_stops, parse_routes_file
from mrt_pipeline.sources.datamall.reading import read_bus_services, read_bus_stops
from mrt_pipeline.sources.mrtdown.reading import read_tables
from mrt_pipeline.sources.official_places import DATASETS
from mrt_pipeline.sources.onemap.reading import read_stations
from tests.fakes.http_server import Reply
from tests.fakes.place_files import place_files
from tests.fakes.publishers import ACCOUNT_KEY, FIXTURES, READY_TOKEN, Publishers

DAY = datetime(2026, 8, 1)  # noqa: DTZ001 - as the command line gives it
DOCUMENTS = {
    "exits": "lta-station-exits",
    "onemap": "onemap-stations",
    "bus_stops": "lta-bus-stops",
    "bus_services": "lta-bus-services",
}
NO_FILES: dict[str, Any] = {"exits": None, "onemap": [], "bus_stops": None, "bus_services": None}
ALL_FILES: dict[str, Any] = {
    "exits": FIXTURES / "lta-station-exits/current.geojson",
    "onemap": [
        FIXTURES / "onemap-stations/stations-2025-07.csv",
        FIXTURES / "onemap-stations/searches-2023.json",
    ],
    "bus_stops": FIXTURES / "lta-bus-stops/stops.json",
    "bus_services": FIXTURES / "lta-bus-services/services.min.json",
}


def _by_document(files: dict[str, Any]) -> dict[str, list[Path]]:
    """Return the files of each document that has some."""
    given = {DOCUMENTS[name]: [paths] if isinstance(paths, Path) else paths for name, paths in files.items()}
    return {document: paths for document, paths in given.items() if paths}


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    with Publishers() as running:
        running.datagov.others = place_files()
        yield running


@pytest.fixture
def config(publishers: Publishers, tmp_path: Path) -> Path:
    path = tmp_path / "pipeline.yaml"
    path.write_text(yaml.safe_dump(publishers.config("snapshot")))
    return path


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    return tmp_path / "recorded"


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MRT_PIPELINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ONEMAP_API_KEY", READY_TOKEN)
    monkeypatch.setenv("LTA_ACCOUNT_KEY", ACCOUNT_KEY)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())} if folder.exists() else {}


def test_recorded_exits_are_exactly_those_of_the_payload(
    publishers: Publishers, config: Path, recorded: Path, tmp_path: Path
) -> None:
    refresh(config, _by_document(NO_FILES | {"exits": ALL_FILES["exits"]}), DAY, recorded)
    table = read_exits(publishers.access(tmp_path, mode="snapshot"))
    assert table.records == parse_exits(ALL_FILES["exits"].read_bytes()).records
    assert table.findings == ()


def test_recorded_bus_tables_are_exactly_those_of_the_payload(
    publishers: Publishers, config: Path, recorded: Path, tmp_path: Path
) -> None:
    refresh(config, _by_document(ALL_FILES), DAY, recorded)
    access = publishers.access(tmp_path, mode="snapshot")
    assert read_bus_stops(access).records == parse_bus_stops(ALL_FILES["bus_stops"].read_bytes()).records
    services = parse_routes_file(ALL_FILES["bus_services"].read_bytes())[0].records
    assert read_bus_services(access).records == services


def test_recorded_positions_are_those_of_all_files(
    publishers: Publishers, config: Path, recorded: Path, tmp_path: Path
) -> None:
    refresh(config, _by_document(ALL_FILES), DAY, recorded)
    codes = [
        found.station_code
        for found in read_stations(publishers.access(tmp_path, mode="snapshot"), ()).records
    ]
    assert codes == ["BP1", "CC30", "EW24", "NS1", "NS4", "NS9", "NS13", "TE2", "TE10"]


def test_provenance_names_the_payload_the_table_the_day_and_the_licence(config: Path, recorded: Path) -> None:
    refresh(config, _by_document(ALL_FILES), DAY, recorded)
    entries = json.loads((recorded / "provenance.json").read_bytes())
    assert set(entries) == {"lta-bus-services", "lta-bus-stops", "lta-station-exits", "onemap-stations"}
    entry = entries["lta-station-exits"]
    assert entry["table_sha256"] == sha256_of((recorded / "lta-station-exits.csv").read_bytes())
    provenance = load_recording("lta-station-exits", recorded).provenance
    assert provenance.sha256 == sha256_of(ALL_FILES["exits"].read_bytes())
    assert provenance.retrieved_at == datetime(2026, 8, 1, tzinfo=UTC)
    assert provenance.records == 11
    assert provenance.licence == "SODL-1.0"
    assert provenance.attribution == (
        "Contains information from LTA MRT Station Exit accessed on 2026-08-01 from the Land Transport "
        "Authority at data.gov.sg which is made available under the terms of the Singapore Open Data Licence "
        "version 1.0 https://data.gov.sg/open-data-licence"
    )


def test_equal_facts_give_equal_bytes(config: Path, recorded: Path, tmp_path: Path) -> None:
    refresh(config, _by_document(ALL_FILES), DAY, recorded)
    document = json.loads(ALL_FILES["exits"].read_bytes())
    document["features"].reverse()
    shuffled = tmp_path / "shuffled.geojson"
    shuffled.write_text(json.dumps(document))
    refresh(config, _by_document(ALL_FILES | {"exits": shuffled}), DAY, tmp_path / "again")
    again = contents(tmp_path / "again")
    assert {name: again[name] for name in again if name.endswith(".csv")} == {
        name: content for name, content in contents(recorded).items() if name.endswith(".csv")
    }


def test_only_documents_whose_file_is_given_are_recorded_anew(config: Path, recorded: Path) -> None:
    refresh(config, _by_document(ALL_FILES), DAY, recorded)
    before = contents(recorded)
    later = datetime(2026, 9, 1)  # noqa: DTZ001 - as the command line gives it
    refresh(
        config,
        _by_document(NO_FILES | {"exits": FIXTURES / "lta-station-exits/older.geojson"}),
        later,
        recorded,
    )
    after = contents(recorded)
    assert {name for name in after if after[name] != before[name]} == {
        "lta-station-exits.csv",
        "provenance.json",
    }
    entries = [json.loads(content["provenance.json"]) for content in (before, after)]
    assert entries[0]["lta-bus-stops"] == entries[1]["lta-bus-stops"]
    assert entries[0]["lta-station-exits"] != entries[1]["lta-station-exits"]


def test_a_payload_that_loses_a_record_is_not_recorded(
    config: Path, recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refresh(config, _by_document(ALL_FILES), DAY, recorded)
    before = contents(recorded)
    document = json.loads(ALL_FILES["exits"].read_bytes())
    document["features"][0]["geometry"] = None
    damaged = tmp_path / "damaged.geojson"
    damaged.write_text(json.dumps(document))
    with pytest.raises(SourceFormatError, match=r"1 record could not be read.* Nothing was recorded"):
        refresh(config, _by_document(ALL_FILES | {"exits": damaged}), DAY, recorded)
    assert contents(recorded) == before
    assert "lta-station-exits:21494 has no geometry" in capsys.readouterr().out


@pytest.mark.parametrize(
    "table",
    [
        "station_code,station_name,lat,lon,source\n",
        "station_code,station_name,lat,lon,source\nNS13,Yishun,1.43,103.83,google\n",
        "station_code,station_name,lat,lon\nNS13,Yishun,1.43,103.83\n",
        '[{"Station": "NS13", "Station Name": "Yishun", "Possible Locations": []}]',
    ],
)
def test_a_document_without_a_record_is_not_recorded(
    config: Path, recorded: Path, tmp_path: Path, table: str
) -> None:
    (tmp_path / "table.csv").write_text(table)
    with pytest.raises(SourceFormatError, match="onemap-stations: holds no record that can be recorded"):
        refresh(config, _by_document(ALL_FILES | {"onemap": [tmp_path / "table.csv"]}), DAY, recorded)
    assert contents(recorded) == {}


def test_one_bad_file_keeps_the_good_ones_from_being_recorded(
    config: Path, recorded: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html>")
    with pytest.raises(SourceFormatError, match=rf"HTML.* It was read from {page}\.$"):
        refresh(config, _by_document(ALL_FILES | {"bus_services": page}), DAY, recorded)
    assert contents(recorded) == {}


def test_services_at_unlisted_stops_are_reported(
    config: Path, recorded: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    services = tmp_path / "services.json"
    services.write_text('{"2": {"routes": [["01012", "77777"]]}}')
    refresh(config, _by_document(ALL_FILES | {"bus_services": services}), DAY, recorded)
    assert "bus-stop-not-listed" in capsys.readouterr().out


def test_a_file_without_its_day_is_refused(config: Path, recorded: Path) -> None:
    with pytest.raises(UsageError, match="--retrieved-at is missing"):
        refresh(config, _by_document(ALL_FILES), None, recorded)
    assert contents(recorded) == {}


def test_a_day_without_a_file_is_refused(config: Path, recorded: Path) -> None:
    with pytest.raises(UsageError, match="--retrieved-at applies to downloaded files"):
        refresh(config, _by_document(NO_FILES), DAY, recorded)
    assert contents(recorded) == {}


def test_a_file_that_is_not_there_is_refused(config: Path, recorded: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.json not found"):
        refresh(config, _by_document(NO_FILES | {"bus_stops": tmp_path / "nothing.json"}), DAY, recorded)


@pytest.mark.usefixtures("secrets")
def test_without_files_the_live_services_are_recorded(
    publishers: Publishers, config: Path, recorded: Path, tmp_path: Path
) -> None:
    content = publishers.config("snapshot")
    content["apis"]["datagov"]["mode"] = "snapshot"  # what a run reads is no matter here
    config.write_text(yaml.safe_dump(content))
    refresh(config, _by_document(NO_FILES), None, recorded)
    snapshot = publishers.access(tmp_path, mode="snapshot")
    live = publishers.access(tmp_path)
    assert read_exits(snapshot).records == read_exits(live.keeping(0)).records
    assert read_bus_stops(snapshot).records == read_bus_stops(live.keeping(0)).records
    assert read_bus_services(snapshot).records == read_bus_services(live.keeping(0)).records
    today = singapore_date(live.now())
    letters, asked = (read_tables(access.keeping(0), today) for access in (snapshot, live))
    assert letters.letters.records == asked.letters.records
    assert letters.names.records == asked.names.records
    codes = [found.station_code for found in read_stations(snapshot, ()).records]
    assert codes == ["BP1", "EW24", "NS1", "NS4", "NS9", "NS13", "TE2", "TE3"]


@pytest.mark.usefixtures("secrets")
def test_without_a_secret_its_documents_stay_as_they_are(
    config: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ONEMAP_API_KEY")
    monkeypatch.delenv("LTA_ACCOUNT_KEY")
    refresh(config, _by_document(NO_FILES), None, recorded)
    of_data_gov_sg = {f"{document_id}.csv" for document_id in ("lta-station-exits", *DATASETS)}
    of_mrtdown = {"mrtdown-names.csv", "mrtdown-platforms.csv", "mrtdown-trains.csv"}
    assert set(contents(recorded)) == {
        *of_data_gov_sg,
        *of_mrtdown,
        "sbs-station-pages.csv",
        "provenance.json",
    }
    told = capsys.readouterr().out
    assert "Unchanged: OneMap needs ONEMAP_API_KEY" in told
    assert "Unchanged: LTA DataMall needs LTA_ACCOUNT_KEY" in told


@pytest.mark.usefixtures("secrets")
def test_a_service_that_fails_keeps_all_documents_as_they_are(
    publishers: Publishers, config: Path, recorded: Path
) -> None:
    publishers.datamall.interpose("BusRoutes", Reply(body=b"<html>"))
    with pytest.raises(SourceFormatError, match="lta-bus-services"):
        refresh(config, _by_document(NO_FILES), None, recorded)
    assert contents(recorded) == {}


def test_any_document_can_be_given_by_its_id_and_anything_else_is_refused(tmp_path: Path) -> None:
    stops = tmp_path / "stops.json"
    assert files_by_document({"onemap-stations": []}, [f"lta-bus-stops={stops}"]) == {
        "lta-bus-stops": [stops]
    }
    with pytest.raises(UsageError, match="expected DOCUMENT=PATH"):
        files_by_document({}, ["lta-bus-stops"])


def test_an_unknown_document_is_refused_with_the_known_ones(tmp_path: Path, config: Path) -> None:
    with pytest.raises(
        UsageError, match="nosuch is not a recorded document; expected one of lta-station-exits"
    ):
        refresh(config, {"nosuch": [tmp_path / "a"]}, DAY, tmp_path / "out")
