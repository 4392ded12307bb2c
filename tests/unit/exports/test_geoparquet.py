from __future__ import annotations

import io
import json
import struct
import sys
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given

from mrt_pipeline.config import Settings
from mrt_pipeline.config.registry import missing_packages
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.errors import ConfigError, UsageError
from mrt_pipeline.exports.geoparquet import EXPORT
from mrt_pipeline.orchestrator.exporting import get_export
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.reuse import refuse_useless_request
from mrt_pipeline.releasing.contents import render_exports
from mrt_pipeline.secrecy import SECRETS
from tests.fakes.hostile_datasets import hostile_datasets
from tests.fakes.network_builder import SMALL_NETWORK, make_dataset, make_exit, make_station, provenance
from tests.unit.exports.joining import nest_exits

NS13, *_ = SMALL_NETWORK.codes


def _read(dataset: Stage3Output) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the rows of the file, and what it says of itself."""
    file = pq.ParquetFile(io.BytesIO(EXPORT.render(dataset)))
    said = {key.decode(): value.decode() for key, value in file.metadata.metadata.items()}
    return file.read().to_pylist(), said


@given(hostile_datasets())
def test_the_rows_are_the_exits_of_the_dataset(dataset: Stage3Output) -> None:
    rows, _ = _read(dataset)
    for row in rows:
        *head, row["lng"], row["lat"] = struct.unpack("<BIdd", row.pop("geometry"))
        assert head == [1, 1]  # little-endian, a point
        assert row.pop("bbox") == {name: row[axis] for name, axis in BOX.items()}
    assert rows == [
        {**found, "landmarks": [landmark["name"] for landmark in found["landmarks"]]}
        for found in nest_exits(dataset)
    ]


BOX = {"xmin": "lng", "ymin": "lat", "xmax": "lng", "ymax": "lat"}


def test_the_file_says_how_its_points_are_read_for_which_day_and_whom_to_name() -> None:
    exits = (make_exit(NS13, lat=1.25, lng=103.75), make_exit(NS13, "B", lat=1.5, lng=103.5))
    both = {name: provenance(name) for name in ("b", "a")}
    _, said = _read(make_dataset(make_station(SMALL_NETWORK, "yishun", exits=exits), provenance=both))
    assert json.loads(said["geo"]) == {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": ["Point"],
                "covering": {"bbox": {name: ["bbox", name] for name in BOX}},
                "bbox": [103.5, 1.25, 103.75, 1.5],
            }
        },
    }
    assert said["as_of"] == "2026-01-05"
    assert json.loads(said["attribution"]) == [f"Contains information from {name}." for name in ("a", "b")]


def test_a_dataset_without_exits_is_a_file_without_rows() -> None:
    rows, said = _read(make_dataset(make_station(SMALL_NETWORK, "yishun", exits=())))
    assert (rows, "bbox" in json.loads(said["geo"])["columns"]["geometry"]) == ([], False)


def test_a_secret_in_it_would_be_found() -> None:
    secret = "secret-" * 20  # compressed, it would look different
    SECRETS.learn("MY_KEY", secret)
    exits = tuple(make_exit(NS13, label) for label in ("a", secret, "z"))  # not the least or greatest
    dataset = make_dataset(make_station(SMALL_NETWORK, "yishun", exits=exits))
    assert secret.encode() in EXPORT.render(dataset)


def test_without_its_package_the_format_is_refused_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert missing_packages(["geoparquet"]) == []
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    sentence = (
        "The format geoparquet needs pyarrow, which is not installed. "
        "Run: pip install 'mrt-data-pipeline[parquet]'"
    )
    assert missing_packages(["geoparquet", "csv"]) == [sentence]
    with pytest.raises(UsageError, match="needs pyarrow, which is not installed"):
        get_export("geoparquet")
    assert EXPORT.file_name not in {file.path for file in render_exports(make_dataset())}


def test_a_run_that_is_to_write_it_without_its_package_is_refused_before_it_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = Settings.model_validate({"output": {"formats": ["geoparquet"]}})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    refuse_useless_request(RunRequest(stage=1), settings)  # it writes no format
    with pytest.raises(ConfigError, match="needs pyarrow, which is not installed"):
        refuse_useless_request(RunRequest(), settings)
