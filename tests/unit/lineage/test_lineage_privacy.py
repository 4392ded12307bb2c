from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.lineage import without_paths

NAMES = st.text(st.characters(categories=["L", "N"], include_characters="._-"), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("told", "safe"),
    [
        ("/srv/data/run/manifest.json: could not be written", "manifest.json: could not be written"),
        ("'/srv/data/x.json' and (/srv/y.json)", "'x.json' and (y.json)"),
        ("~/outputs/a/x.json is gone", "x.json is gone"),
        (r"C:\Users\me\x.json is gone", "x.json is gone"),
        ("see https://example.org/a/b?c=/d", "see https://example.org/a/b?c=d"),
        ("bus stops at opposite/nearby, 3 of 4", "bus stops at opposite/nearby, 3 of 4"),
        ("outputs/20261123_081203/x.json", "outputs/20261123_081203/x.json"),
        ("mrt-pipeline run --output-dir /srv/runs/one", "mrt-pipeline run --output-dir one"),
        ("HTTP/1.1 and I/O", "HTTP/1.1 and I/O"),
    ],
)
def test_absolute_paths_become_names_and_nothing_else_changes(told: str, safe: str) -> None:
    assert without_paths(told, ()) == safe


def test_a_folder_whose_name_holds_spaces_is_found_because_it_is_known() -> None:
    folder = Path("/home/A Person/My Runs/one")
    told = f"{folder}/manifest.json and {folder.parent} and {folder}: could not be read"
    assert without_paths(told, [folder]) == "manifest.json and  and : could not be read"


def test_a_folder_is_not_cut_out_of_a_longer_name() -> None:
    assert without_paths("outputs of runs-2", [Path("/runs")]) == "outputs of runs-2"


@given(parts=st.lists(NAMES, min_size=2, max_size=5), before=st.sampled_from(["", "in ", "'", "(", "="]))
def test_no_folder_of_an_absolute_path_is_left(parts: list[str], before: str) -> None:
    path = "/" + "/".join(parts)
    assert without_paths(f"{before}{path}: is gone", ()) == f"{before}{parts[-1]}: is gone"
