from __future__ import annotations

import importlib
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, STAGE1_INGESTION, STAGE3_MERGER
from mrt_pipeline.contracts.run import Fingerprint
from mrt_pipeline.runtime import fingerprints
from mrt_pipeline.runtime.fingerprints import (
    PACKAGE,
    PUBLISHING_CODE,
    code_version,
    find_differences,
    flatten,
    publishing_version,
    stage_code,
)

KEYS = st.text("abc", min_size=1, max_size=3)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=3)
CONFIGS = st.recursive(
    st.dictionaries(KEYS, LEAVES, max_size=4), lambda below: st.dictionaries(KEYS, below | LEAVES, max_size=4)
)


def _reversed(value: Any) -> Any:
    """Return the same configuration with every mapping's keys the other way round."""
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    return value


def _fingerprint(config: dict[str, Any], **changes: Any) -> Fingerprint:
    facts: dict[str, Any] = {"code": "c" * 64, "config": config, "inputs": {"as_of": "2026-11-23"}}
    return Fingerprint(**facts | changes)


@given(CONFIGS)
def test_the_order_of_keys_does_not_matter(config: dict[str, Any]) -> None:
    one = _fingerprint(flatten(config, config))
    other = _fingerprint(flatten(_reversed(config), reversed(config)))
    assert one == other
    assert find_differences(one, other) == []


@given(CONFIGS)
def test_a_fingerprint_read_from_a_manifest_equals_itself(config: dict[str, Any]) -> None:
    made = _fingerprint(flatten(config, config))
    read = Fingerprint.model_validate_json(made.model_dump_json())
    assert find_differences(read, made) == []


@given(st.dictionaries(KEYS, st.integers(), min_size=1), st.data())
def test_any_changed_value_is_a_difference_that_is_named(config: dict[str, int], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(config)))
    changed = {**config, key: config[key] + 1}
    [phrase] = find_differences(_fingerprint(config), _fingerprint(changed))
    assert phrase == f"{key} was {config[key]} and is now {changed[key]}"


def test_a_section_is_its_leaves() -> None:
    config = {"mode": "live", "stages": {"one": {"sources": ["a", "b"], "deep": {"x": 1}}, "two": {"y": 2}}}
    assert flatten(config, ("mode", "stages.one")) == {
        "mode": "live",
        "stages.one.sources": ["a", "b"],
        "stages.one.deep.x": 1,
    }


def test_every_kind_of_difference_is_reported() -> None:
    then = _fingerprint({"a": 1, "gone": True}, inputs={"as_of": "2026-11-23", "table": "1" * 64})
    now = _fingerprint({"a": 1, "new": 0.5}, code="d" * 64, inputs={"as_of": "2026-11-24", "page": "7"})
    assert find_differences(then, now) == [
        "gone was true and is now not set",
        "new was not set and is now 0.5",
        "as_of was 2026-11-23 and is now 2026-11-24",
        "input page was absent and is now 7",
        f"input table was {'1' * 12} and is now absent",
        f"code version was {'c' * 12} and is now {'d' * 12}",
    ]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "stages" / "__pycache__").mkdir(parents=True)
    (tmp_path / "stages" / "one.py").write_text("1")
    (tmp_path / "stages" / "table.csv").write_text("a,b")
    (tmp_path / "other.py").write_text("2")
    return tmp_path


@pytest.mark.parametrize("name", ["stages/one.py", "stages/table.csv", "stages/new.py"])
def test_a_change_to_code_or_table_is_another_version(name: str, package: Path) -> None:
    before = code_version(("stages",), package)
    (package / name).write_text("changed")
    assert code_version(("stages",), package) != before


@pytest.mark.parametrize("name", ["other.py", "stages/__pycache__/one.cpython-311.pyc"])
def test_other_files_are_no_part_of_a_version(name: str, package: Path) -> None:
    before = code_version(("stages",), package)
    (package / name).write_text("changed")
    assert code_version(("stages",), package) == before


def test_a_renamed_file_is_another_version(package: Path) -> None:
    before = code_version(("stages",), package)
    (package / "stages" / "one.py").rename(package / "stages" / "other.py")
    assert code_version(("stages",), package) != before


def test_a_file_named_twice_counts_once(package: Path) -> None:
    assert code_version(("stages/one.py", "stages"), package) == code_version(("stages",), package)


def test_the_whole_package_has_a_version() -> None:
    assert code_version() == code_version()
    assert code_version() != code_version(("runtime/geometry.py",))


PARTS = {part for stage in CHECKPOINT_NAMES for part in stage_code(stage)} | set(PUBLISHING_CODE)


@pytest.mark.parametrize("part", sorted(PARTS))
def test_each_part_of_a_steps_code_is_there(part: str) -> None:
    """A part that is misspelt, or was moved, would be no part of any version."""
    assert (PACKAGE / part).exists()


DECIDES_NOTHING = re.compile(
    r"config/(?:__init__|commented|environment|faults|keys|loading|paths|pipeline_config|registry|schema|settings"
    r"|yaml_reading)\.py|regular_files\.py|secrecy/.*|runtime/(?:addresses|batches|checkpoints|context|file_faults|files"
    r"|fingerprints|held_folders|http\w*|model_(?:cache|failures|memory|usage)|memory|older_datasets|output_files|rate_limits"
    r"|reporting|retry_after|retrying|safe_text|signals|signed_links|stores|threads|traces|workers)\.py"
)
"""what fetches, keeps, guards or reports, and reads the configuration, which is a part of its own"""
READS_NO_SOURCE = {"runtime/checked_answers.py", "runtime/recordings.py", *stage_code(STAGE1_INGESTION)}


_IMPORT = re.compile(r"^\s*from mrt_pipeline\.?(\S*) import (\([^)]*\)|.*)", re.MULTILINE)


@cache
def _imports_of(file: Path) -> frozenset[Path]:
    """Return the package's own modules that a module imports when it runs."""
    text = re.sub(r"^if TYPE_CHECKING:\n(?:(?:[ \t].*)?\n)+", "", file.read_text(), flags=re.MULTILINE)
    names: set[str] = set()
    for module, listed in _IMPORT.findall(text):
        names |= {module, *(f"{module}.{name}" for name in re.findall(r"\w+", listed))}
    paths = [PACKAGE.joinpath(*name.strip(".").split(".")) for name in names]
    found = (one for path in paths for one in (path.with_suffix(".py"), path / "__init__.py"))
    return frozenset(path for path in found if path.is_file() and path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("stage", CHECKPOINT_NAMES)
def test_whatever_a_stage_imports_is_part_of_its_code_unless_it_decides_nothing(stage: str) -> None:
    parts = stage_code(stage)
    reached = {file for part in parts for file in ((PACKAGE / part).rglob("*.py"))}
    todo = [*reached, *(PACKAGE / part for part in parts if part.endswith(".py"))]
    while todo:
        new = _imports_of(todo.pop()) - reached
        reached |= new
        todo.extend(new)
    names = {file.relative_to(PACKAGE).as_posix() for file in reached}
    own = {name for name in names for part in parts if name == part or name.startswith(f"{part}/")}
    others = {name for name in names - own if not DECIDES_NOTHING.fullmatch(name)}
    assert others <= (READS_NO_SOURCE if stage == STAGE3_MERGER else set())


@pytest.mark.parametrize("file", ["report/assets/report.css", "report/page.py", "exports/geojson.py"])
def test_what_only_publishing_needs_is_no_part_of_a_stages_code(file: str) -> None:
    assert (PACKAGE / file).exists()
    assert any(file.startswith(f"{part}/") for part in PUBLISHING_CODE)
    for stage in CHECKPOINT_NAMES:
        assert not any(file == part or file.startswith(f"{part}/") for part in stage_code(stage))


@pytest.mark.parametrize("name", ["stops/__init__.py", "stops.py"], ids=["a package", "a module"])
def test_a_format_of_another_package_is_part_of_publishing_where_it_is_configured(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("def render(dataset):\n    return b''\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "stops", raising=False)
    spec = ExportSpec(name="stops", file_name="stops.txt", render=importlib.import_module("stops").render)
    monkeypatch.setattr(fingerprints, "all_exports", lambda: (spec,))
    before, without = publishing_version(["stops"]), publishing_version([])
    file.write_text("changed")
    assert publishing_version(["stops"]) != before
    assert publishing_version([]) == without
