"""``mrt-pipeline export`` as a person calls it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from mrt_pipeline.config.registry import all_exports
from tests.e2e.command import Workplace, load


@pytest.mark.parametrize("name", [spec.name for spec in all_exports()])
def test_any_format_is_written_from_a_run_that_did_not_write_it(
    finished: Workplace, tmp_path: Path, name: str
) -> None:
    result = finished.call("export", "latest", "--format", name, "--to", tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    files = next(spec for spec in all_exports() if spec.name == name).files
    assert {path.name for path in tmp_path.iterdir()} == files.keys()
    assert result.stdout.splitlines() == [f"Wrote {tmp_path / file}" for file in files]


def test_what_is_exported_is_what_a_run_writes(finished: Workplace, tmp_path: Path) -> None:
    finished.call("export", str(finished.latest), "--format", "json", "--to", tmp_path)
    assert (tmp_path / "mrt_transit_graph.json").read_bytes() == (
        finished.latest / "mrt_transit_graph.json"
    ).read_bytes()


def test_a_second_time_nothing_is_changed_and_another_file_is_never_written_over(
    finished: Workplace, tmp_path: Path
) -> None:
    export = ("export", "latest", "--format", "geojson", "--to", tmp_path)
    finished.call(*export)
    again = finished.call(*export)
    assert (
        again.returncode,
        "already exists with the same content; nothing was changed." in again.stdout,
    ) == (0, True)
    (tmp_path / "exits.geojson").write_text("mine", encoding="utf-8")
    refused = finished.call(*export)
    assert refused.returncode == 1
    assert "exits.geojson already exists with different content." in refused.stderr
    assert (tmp_path / "exits.geojson").read_text(encoding="utf-8") == "mine"


def test_an_export_for_open_licences_leaves_the_other_documents_out(
    finished: Workplace, tmp_path: Path
) -> None:
    for name in ("all", "open"):
        finished.call("export", "latest", "--format", "json", "--to", tmp_path / name, "--licences", name)
    metas = {name: load(tmp_path / name / "mrt_transit_graph.meta.json") for name in ("all", "open")}
    licences = {name: {it["licence"] for it in meta["documents"]} for name, meta in metas.items()}
    assert licences["open"] == licences["all"] & {"SODL-1.0", "CC-BY-4.0"} < licences["all"]
    assert metas["open"]["licences"] == "open"


def test_a_set_of_an_unknown_licence_is_refused(finished: Workplace, tmp_path: Path) -> None:
    export = ("export", "latest", "--format", "json", "--to", tmp_path, "--licences", "SODL-1.0,MIT")
    result = finished.call(*export)
    assert result.returncode == 2
    assert "--licences names 'MIT'; expected all, open, or a list of" in result.stderr


def test_an_unknown_format_is_refused_before_anything_is_read(place: Workplace) -> None:
    result = place.call("export", "nowhere", "--format", "xml", "--to", "out")
    assert result.returncode == 2
    assert (
        "Unknown format 'xml'; expected one of json, csv, geojson, geopackage, geoparquet, gtfs."
        in result.stderr
    )
    assert not (place.folder / "out").exists()


def test_the_dataset_of_a_run_that_did_not_end_well_comes_with_a_warning(
    after_a_run: Workplace, tmp_path: Path
) -> None:
    run = after_a_run.latest.resolve()
    failed = load(run / "manifest.json") | {"status": "failed"}
    (run / "manifest.json").write_text(json.dumps(failed), encoding="utf-8")
    result = after_a_run.call("export", str(run), "--format", "csv", "--to", tmp_path / "out")
    assert (result.returncode, (tmp_path / "out" / "mrt_tables.zip").is_file()) == (0, True)
    assert "has status failed; see why before you pass this on: mrt-pipeline show" in result.stderr


def test_a_dataset_without_its_run_comes_with_a_warning(finished: Workplace, tmp_path: Path) -> None:
    alone = tmp_path / "stage3_final.json"
    alone.write_bytes((finished.latest / "stage3_final.json").read_bytes())
    result = finished.call("export", alone, "--format", "gtfs", "--to", tmp_path)
    assert (result.returncode, (tmp_path / "mrt_gtfs.zip").is_file()) == (0, True)
    assert "the manifest of its run is not in the same folder" in result.stderr


def test_a_feed_of_lta_is_written_with_what_it_lacks_and_with_a_crosswalk(
    finished: Workplace, tmp_path: Path
) -> None:
    feed = tmp_path / "LTA.zip"
    with zipfile.ZipFile(feed, "w") as archive:
        head = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station"
        archive.writestr("stops.txt", f"{head}\nNS13,YISHUN,1.4294,103.835,1,\n")
    export = ("export", "latest", "--into", feed, "--to", tmp_path / "out", "--format")
    result = finished.call(*export, "gtfs")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Added: 5 exits (yishun-nsl-A," in result.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"lta_gtfs.zip", "crosswalk.csv"}
    refused = finished.call(*export, "csv")
    assert refused.returncode == 2
    assert "--into takes a GTFS feed; use it with --format gtfs." in refused.stderr
