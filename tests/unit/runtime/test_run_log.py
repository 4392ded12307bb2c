from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.config.settings import LoggingSection
from mrt_pipeline.errors import StorageError
from mrt_pipeline.runtime.run_log import open_run_log
from tests.fakes.small_disk import small_disk

FORGERIES = [
    "one\ntwo",
    '"}\n{"event": "forged", "level": "info", "run_id": "r"}',
    "a\r\nb\x0b\x0cc\x1c\x1d\x1ed\x85e\u2028f\u2029g",
    "\x1b[2J\x1b]0;title\x07",
    "\u202ereversed\u2066\u200b",
    "lone \ud800 surrogate",
    "x level=critical",
    "\x00",
]


def _lines(folder: Path, form: Literal["structured", "plain"], **values: Any) -> list[str]:
    with open_run_log(folder, LoggingSection(format=form), run_id="r") as log:
        log.info("asked", **values)
    return _read(folder)


def _read(folder: Path) -> list[str]:
    [path] = folder.iterdir()
    return path.read_bytes().decode().splitlines()


@pytest.mark.parametrize("value", FORGERIES)
def test_no_value_forges_a_structured_line(value: str, tmp_path: Path) -> None:
    [line] = _lines(tmp_path, "structured", answer=value)
    record = json.loads(line)
    assert line.isprintable()
    assert (record["event"], record["answer"], record["run_id"]) == ("asked", value, "r")


@pytest.mark.parametrize("value", FORGERIES)
def test_no_value_forges_a_plain_line(value: str, tmp_path: Path) -> None:
    [line] = _lines(tmp_path, "plain", answer=value)
    assert line.isprintable()
    assert line.endswith(f" info     asked answer={value!r} run_id=r")


@given(value=st.text())
def test_any_text_is_one_printable_line_in_either_form(
    value: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for form in ("structured", "plain"):
        [line] = _lines(tmp_path_factory.mktemp("log"), form, answer=value)
        assert line.isprintable()


def test_a_plain_value_is_shown_as_it_is(tmp_path: Path) -> None:
    [line] = _lines(tmp_path, "plain", station="yishun", exits=3, path=Path("outputs/a"))
    assert line.endswith("asked exits=3 path=outputs/a run_id=r station=yishun")


def test_lines_are_added_to_those_of_earlier_attempts(tmp_path: Path) -> None:
    for _ in range(2):
        lines = _lines(tmp_path, "structured")
    assert len(lines) == 2


def test_what_is_below_the_level_is_left_out(tmp_path: Path) -> None:
    with open_run_log(tmp_path, LoggingSection(level="WARNING"), run_id="r") as log:
        log.info("quiet")
        log.warning("loud")
    assert [json.loads(line)["event"] for line in _read(tmp_path)] == ["loud"]


@pytest.mark.parametrize("form", ["structured", "plain"])
def test_a_bug_is_logged_with_its_traceback_on_one_line(
    form: Literal["structured", "plain"], tmp_path: Path
) -> None:
    with open_run_log(tmp_path, LoggingSection(format=form), run_id="r") as log:
        try:
            raise ZeroDivisionError("a bug")
        except ZeroDivisionError:
            log.exception("bug")
    [line] = _read(tmp_path)
    assert "ZeroDivisionError: a bug" in line
    assert "test_run_log.py" in line


def test_a_full_disk_costs_lines_and_no_run(tmp_path: Path) -> None:
    with small_disk(200), open_run_log(tmp_path, LoggingSection(), run_id="r") as log:
        for number in range(50):
            log.info("asked", number=number)
    assert (tmp_path / "run.log.jsonl").stat().st_size <= 200


def test_a_log_that_cannot_be_opened_is_reported(tmp_path: Path) -> None:
    with (
        pytest.raises(StorageError, match="could not be opened"),
        open_run_log(tmp_path / "nowhere", LoggingSection()),
    ):
        pass


def test_a_failure_in_the_block_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), open_run_log(tmp_path, LoggingSection(), run_id="r"):
        raise ZeroDivisionError


def test_a_line_that_a_kill_cut_off_is_closed_before_the_next(tmp_path: Path) -> None:
    (tmp_path / "run.log.jsonl").write_bytes(b'{"event": "as')
    lines = _lines(tmp_path, "structured")
    assert lines[0] == '{"event": "as'
    assert json.loads(lines[1])["event"] == "asked"


def test_a_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    with small_disk(200), open_run_log(tmp_path, LoggingSection(), run_id="r") as log:
        for number in range(10):
            log.info("asked", number=number)
    content = (tmp_path / "run.log.jsonl").read_bytes()
    assert content.endswith(b"\n")
    assert [json.loads(line)["number"] for line in content.splitlines()] == [0]


def test_a_log_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"")
    (tmp_path / "run.log.jsonl").symlink_to("theirs")
    with pytest.raises(StorageError, match="could not be opened"), open_run_log(tmp_path, LoggingSection()):
        pass
    assert (tmp_path / "theirs").read_bytes() == b""


def test_lines_are_added_to_no_file_that_lies_elsewhere_too(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"earlier\n")
    (tmp_path / "run.log.jsonl").hardlink_to(tmp_path / "theirs")
    with open_run_log(tmp_path, LoggingSection()) as log:
        log.info("asked")
    assert (tmp_path / "theirs").read_bytes() == b"earlier\n"
    earlier, added = (tmp_path / "run.log.jsonl").read_bytes().splitlines()
    assert (earlier, json.loads(added)["event"]) == (b"earlier", "asked")
