"""The formats of a real run, read by programs of others, each in a fresh environment that it is installed in.

Each test also damages the file, and expects the reader to say so: one that accepts anything proves nothing.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import venv
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import mrt_pipeline
from tests.e2e.command import Workplace, load
from tests.fakes.lta_feed import lta_feed
from tests.fakes.release_crash_scene import OLD, prepare
from tests.fakes.train_schedules import zipped

pytestmark = pytest.mark.real_parts

READERS = (
    *("check-jsonschema>=0.39", "datasette>=0.65", "frictionless>=5.21", "geojson-validator>=0.7"),
    *("geoparquet-validator>=0.2", "gtfs-guru>=1.0", "gtfs-validator>=0.1.2", "pyogrio>=0.13"),
)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the programs of a fresh environment that the readers are installed in."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", *READERS], check=True)
    return programs


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that has written every format."""
    place = Workplace(
        tmp_path_factory.mktemp("run"),
        {"MRT_PIPELINE__OUTPUT__FORMATS": "[csv, geojson, geopackage, geoparquet, gtfs]"},
    )
    result = place.call("run")
    assert result.returncode == 0, result.stderr
    return place.latest.resolve()


def _call(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _unpack(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder


def _edit(table: Path, change: Callable[[list[dict[str, str]]], None]) -> None:
    """Change the rows of a table."""
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"), newline="")))
    change(rows)
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_frictionless_finds_the_tables_to_be_as_they_are_described(
    run: Path, programs: Path, tmp_path: Path
) -> None:
    folder = _unpack(run / "mrt_tables.zip", tmp_path)
    checked = _call(programs / "frictionless", "validate", folder / "datapackage.json")
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("table", "column", "value", "fault"),
    [
        ("exits", "lat", "north", "type-error"),
        ("exits", "slug", "nowhere", "foreign-key"),
        ("exits", "exit_id", "", "constraint-error"),
        ("exit_access", "step_free", "perhaps", "constraint-error"),
        ("platforms", "platform_codes", "A;B", "type-error"),
    ],
)
def test_frictionless_finds_what_is_not_as_described(
    run: Path, programs: Path, tmp_path: Path, table: str, column: str, value: str, fault: str
) -> None:
    folder = _unpack(run / "mrt_tables.zip", tmp_path)
    _edit(folder / f"{table}.csv", lambda rows: rows[0].update({column: value}))
    checked = _call(programs / "frictionless", "validate", "--json", folder / "datapackage.json")
    assert checked.returncode == 1
    assert f'"{fault}"' in checked.stdout


def _judge_feed(programs: Path, folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many errors of each code each of two validators finds in a feed."""
    report = folder.parent / "report"
    one = _call(programs / "gtfs-validator", "-i", folder, "-o", report, "-c", "sg", "--fail-on-error")
    notices = json.loads((report / "report.json").read_text(encoding="utf-8"))["notices"]
    found = {notice["code"]: notice["totalNotices"] for notice in notices if notice["severity"] == "ERROR"}
    assert one.returncode == bool(found), one.stderr
    ask = "import sys, gtfs_guru; print(*(e.code for e in gtfs_guru.validate(sys.argv[1], 'sg').errors()))"
    other = _call(programs / "python", "-c", ask, folder)
    assert other.returncode == 0, other.stderr
    return found, Counter(other.stdout.split())


def test_two_validators_of_gtfs_find_no_error(run: Path, programs: Path, tmp_path: Path) -> None:
    assert _judge_feed(programs, _unpack(run / "mrt_gtfs.zip", tmp_path / "feed")) == ({}, {})


@pytest.mark.parametrize(
    ("file", "column", "value", "fault"),
    [
        ("stops", "parent_station", "nowhere", "foreign_key_violation"),
        ("stops", "wheelchair_boarding", "yes", "invalid_integer"),
        ("routes", "route_color", "red", "invalid_color"),
        ("translations", "record_id", "nowhere", "translation_foreign_key_violation"),
    ],
)
def test_two_validators_of_gtfs_find_what_is_wrong(
    run: Path, programs: Path, tmp_path: Path, file: str, column: str, value: str, fault: str
) -> None:
    folder = _unpack(run / "mrt_gtfs.zip", tmp_path / "feed")
    _edit(folder / f"{file}.txt", lambda rows: rows[-1].update({column: value}))
    one, other = _judge_feed(programs, folder)
    assert (fault in one, fault in other) == (True, True), (one, other)


_FAULTS = {
    ("agency", "agency_timezone", "Asia/Changi"): "invalid_timezone",
    ("trips", "service_id", "nightly"): "foreign_key_violation",
    ("stop_times", "arrival_time", "25:61:00"): "invalid_time",
    ("stops", "parent_station", "nowhere"): "foreign_key_violation",
    ("stops", "stop_name", ""): "missing_stop_name",
}
"""what validators call a value that the last rows of a file should not have"""


def _put(place: int, column: str, value: str, rows: list[dict[str, str]]) -> None:
    rows[-place][column] = value


def _spoil(feed: Path) -> bytes:
    """Put every fault into an unpacked feed, and return it packed."""
    for place, (file, column, value) in enumerate(_FAULTS, 1):
        _edit(feed / f"{file}.txt", partial(_put, place, column, value))
    return zipped({path.name: path.read_bytes() for path in feed.iterdir()})


@pytest.mark.parametrize("is_sound", [True, False])
def test_joining_neither_adds_an_error_to_lta_s_feed_nor_hides_one(
    run: Path, programs: Path, tmp_path: Path, is_sound: bool
) -> None:
    dataset = mrt_pipeline.load(run)
    lta = tmp_path / "LTA.zip"
    lta.write_bytes(lta_feed(dataset.output, lacks=[found.exit_id for found in dataset.exits[::50]]))
    before = _unpack(lta, tmp_path / "before" / "feed")
    if not is_sound:
        lta.write_bytes(_spoil(before))
    called = Workplace(tmp_path).call("export", run, "--format", "gtfs", "--into", lta, "--to", tmp_path)
    assert "now have wheelchair_boarding" in called.stdout, called.stderr
    assert "Added: 2" in called.stdout
    errors = _judge_feed(programs, before)
    assert [faults.keys() for faults in errors] == [set() if is_sound else set(_FAULTS.values())] * 2
    assert _judge_feed(programs, _unpack(tmp_path / "lta_gtfs.zip", tmp_path / "after" / "feed")) == errors


def _describe_layers(programs: Path, package: Path) -> str:
    """Return what GDAL, which pyogrio brings along, says of each layer; it warns where a file is unsound."""
    ask = (
        "import sys, pyogrio\n"
        "for name, kind in pyogrio.list_layers(sys.argv[1]):\n"
        "    it = pyogrio.read_info(sys.argv[1], layer=name, force_total_bounds=kind is not None)\n"
        "    print(name, kind, it['crs'], it['features'], it['total_bounds'])\n"
    )
    read = _call(programs / "python", "-W", "error", "-c", ask, package)
    assert (read.returncode, read.stderr) == (0, "")
    return read.stdout


def test_gdal_reads_layers_and_tables_of_the_geopackage(run: Path, programs: Path) -> None:
    lines = _describe_layers(programs, run / "mrt.gpkg").splitlines()
    stations = load(run / "stage3_final.json")["stations"]
    exits = sum(len(station["exits"]) for station in stations)
    assert lines[0].startswith(f"stations Point EPSG:4326 {len(stations)} (103.")
    assert lines[1].startswith(f"exits Point EPSG:4326 {exits} (103.")
    assert [line.split()[1] for line in lines[2:]] == ["None"] * 9


def test_gdal_finds_out_that_a_geopackage_does_not_say_what_it_is(
    run: Path, programs: Path, tmp_path: Path
) -> None:
    content = bytearray((run / "mrt.gpkg").read_bytes())
    content[68:72] = b"NONE"
    damaged = tmp_path / "mrt.gpkg"
    damaged.write_bytes(content)
    with pytest.raises(AssertionError, match="application_id"):
        _describe_layers(programs, damaged)


def test_a_validator_of_geoparquet_finds_points_metadata_and_boxes_as_the_standard_has_them(
    run: Path, programs: Path, tmp_path: Path
) -> None:
    whole = _call(programs / "geoparquet-validator", "check", run / "exits.parquet")
    assert whole.returncode == 0, whole.stdout
    assert "rules: GeoParquet 1.1.0" in whole.stdout
    assert "0 fail, 0 skipped: conformant" in whole.stdout  # of the boxes' column
    damaged = tmp_path / "exits.parquet"
    damaged.write_bytes((run / "exits.parquet").read_bytes().replace(b'["bbox","xmin"]', b'["bbox","xxxx"]'))
    found = _call(programs / "geoparquet-validator", "check", damaged)
    assert (found.returncode, "FAIL  /conf/covering" in found.stdout) == (1, True), found.stdout


def test_datasette_finds_every_table_of_the_geopackage(run: Path, programs: Path) -> None:
    inspected = _call(programs / "datasette", "inspect", run / "mrt.gpkg")
    assert inspected.returncode == 0, inspected.stderr
    counts = {name: table["count"] for name, table in json.loads(inspected.stdout)["mrt"]["tables"].items()}
    with zipfile.ZipFile(run / "mrt_tables.zip") as packed:
        rows = {
            Path(name).stem: len(list(csv.reader(io.TextIOWrapper(packed.open(name), "utf-8")))) - 1
            for name in packed.namelist()
            if name.endswith(".csv")
        }
    assert len(rows) == 11
    assert {name: counts[name] for name in rows} == rows


def _judge_geojson(programs: Path, file: Path) -> dict[str, dict[str, Any]]:
    """Return what a checker of RFC 7946 finds wrong in the structure of a file and in its positions."""
    ask = (
        "import json, sys\n"
        "from geojson_validator import configure_logging, validate_geometries, validate_structure\n"
        "data = json.load(open(sys.argv[1], encoding='utf-8'))\n"
        "found = validate_geometries(data)\n"
        "print(json.dumps({'structure': validate_structure(data), **found}))\n"
    )
    checked = _call(programs / "python", "-c", ask, file)
    assert checked.returncode == 0, checked.stderr
    return dict(json.loads(checked.stdout))


def test_a_checker_of_geojson_finds_points_as_the_standard_has_them(
    run: Path, programs: Path, tmp_path: Path
) -> None:
    whole = _judge_geojson(programs, run / "exits.geojson")
    assert (whole["structure"], whole["invalid"]) == ({}, {})
    # LTA's positions have seven decimals, one more than the checker likes.
    assert whole["problematic"].keys() <= {"excessive_coordinate_precision"}
    content = load(run / "exits.geojson")
    content["features"][3]["geometry"]["coordinates"] = ["103.8", 1.3]
    damaged = tmp_path / "exits.geojson"
    damaged.write_text(json.dumps(content), encoding="utf-8")
    assert _judge_geojson(programs, damaged)["structure"] != {}


def test_the_lists_of_a_release_follow_the_schemas_that_come_with_the_package(
    programs: Path, tmp_path: Path
) -> None:
    releases = prepare(tmp_path / "place").folder / "releases"
    schemas = Path(mrt_pipeline.__file__).parent / "schemas"
    for schema, file, key in (
        ("release_index", f"{OLD}/index.json", "counts"),
        ("release_versions", "versions.json", "versions"),
    ):
        check = (programs / "check-jsonschema", "--schemafile", schemas / f"{schema}.schema.json")
        checked = _call(*check, releases / file)
        assert checked.returncode == 0, checked.stdout
        damaged = tmp_path / "damaged.json"
        damaged.write_text(json.dumps({**load(releases / file), key: "none"}), encoding="utf-8")
        assert _call(*check, damaged).returncode == 1
