from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.errors import StorageError
from mrt_pipeline.lineage import LINEAGE_NAME, append_events

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda below: st.lists(below),
    max_leaves=5,
)


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@given(events=st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=4))
def test_each_event_is_a_line_whatever_it_holds(
    tmp_path_factory: pytest.TempPathFactory, events: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("run") / LINEAGE_NAME
    append_events(path, events[:1])
    append_events(path, events[1:])
    assert path.read_bytes().count(b"\n") == len(events)
    assert _lines(path) == events


def test_a_line_that_a_full_disk_cut_off_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / LINEAGE_NAME
    path.write_bytes(b'{"a": 1}\n{"b": ')
    append_events(path, [{"c": 3}])
    assert path.read_bytes() == b'{"a": 1}\n{"b": \n{"c":3}\n'


def test_a_full_disk_is_reported_as_such() -> None:
    with pytest.raises(StorageError, match="the disk is full"):
        append_events(Path("/dev/full"), [{"a": 1}])


def test_a_link_under_the_files_name_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"precious\n")
    (tmp_path / LINEAGE_NAME).symlink_to(target)
    with pytest.raises(StorageError):
        append_events(tmp_path / LINEAGE_NAME, [{"a": 1}])
    assert target.read_bytes() == b"precious\n"
