from __future__ import annotations

from pathlib import Path

import pytest

from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.errors import SecretFoundError, StorageError, UsageError
from mrt_pipeline.orchestrator.exporting import export_dataset, get_export
from mrt_pipeline.secrecy import SECRETS
from tests.fakes.network_builder import make_dataset

SPEC = ExportSpec(name="mine", file_name="a.txt", render=lambda _: b"new", beside={"b.txt": lambda _: b"too"})


def test_every_file_of_a_format_is_written_into_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "far" / "away"
    assert export_dataset(make_dataset(), SPEC, folder) == {folder / "a.txt": True, folder / "b.txt": True}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a.txt": b"new", "b.txt": b"too"}


def test_a_file_that_is_there_with_the_same_bytes_is_left_alone(tmp_path: Path) -> None:
    export_dataset(make_dataset(), SPEC, tmp_path)
    (tmp_path / "b.txt").unlink()
    before = (tmp_path / "a.txt").stat().st_ino
    assert list(export_dataset(make_dataset(), SPEC, tmp_path).values()) == [False, True]
    assert (tmp_path / "a.txt").stat().st_ino == before


def test_a_file_in_place_of_the_folder_is_named_with_the_flag_that_names_the_folder(tmp_path: Path) -> None:
    place = tmp_path / "notes"
    place.write_text("mine")
    with pytest.raises(
        StorageError, match=r"notes is a file; expected a folder\. Specify a folder with --to\."
    ):
        export_dataset(make_dataset(), SPEC, place)


@pytest.mark.parametrize("name", SPEC.files)
def test_if_one_file_is_there_with_others_none_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"somebody's")
    with pytest.raises(
        StorageError, match=r"already exists with different content.*choose another folder with --to"
    ):
        export_dataset(make_dataset(), SPEC, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {name: b"somebody's"}


def test_a_format_that_would_hold_a_secret_is_not_written(tmp_path: Path) -> None:
    SECRETS.learn("MY_KEY", "a-secret-of-some-length")
    leaky = ExportSpec(name="leaky", file_name="a.txt", render=lambda _: b"a-secret-of-some-length")
    with pytest.raises(SecretFoundError):
        export_dataset(make_dataset(), leaky, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_format_is_found_by_its_name() -> None:
    assert get_export("csv").file_name == "mrt_tables.zip"


def test_a_format_that_there_is_not_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(
        UsageError,
        match=r"Unknown format 'xml'; expected one of json, csv, geojson, geopackage, geoparquet, gtfs",
    ):
        get_export("xml")
