"""The examples for Airflow and Prefect are Python, and what they share tells exit codes apart."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs/orchestrators.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
DONE = {"status": "completed", "folder": "outputs/2026-10-01"}
LOSSES = {
    "status": "failed",
    "error": "Losses exceed the limits.",
    "next": "mrt-pipeline run --accept-changes",
}


@pytest.fixture
def example(tmp_path: Path) -> dict[str, Any]:
    """Return what both share, as it runs beside a program of this test."""
    names: dict[str, Any] = {}
    exec(compile(EXAMPLES[0], "mrt_quarter.py", "exec"), names)  # noqa: S102 # our own page
    names.update(PROGRAM=str(tmp_path / "program"), FOLDER=str(tmp_path))
    return names


@pytest.fixture
def end(tmp_path: Path) -> Callable[[int, dict[str, str] | None], None]:
    """Return what lets the program end with an exit code and say something."""

    def write(code: int, said: dict[str, str] | None) -> None:
        program = tmp_path / "program"
        text = json.dumps(said) if said else ""
        program.write_text(
            f"#!/bin/sh\necho \"$@\" > words\nprintf %s '{text}'\nexit {code}\n", encoding="utf-8"
        )
        program.chmod(0o755)

    return write


def test_the_examples_are_python() -> None:
    for code in EXAMPLES:
        compile(code, "example", "exec")
    assert len(EXAMPLES) == 3


def test_a_finished_run_gives_its_folder(example: dict[str, Any], end: Any, tmp_path: Path) -> None:
    end(0, DONE)
    assert example["run_for"]("2026-10-01") == "outputs/2026-10-01"
    words = (tmp_path / "words").read_text(encoding="utf-8").split()
    assert words[0] == "run"
    assert {"--skip-existing", "--json", "outputs/2026-10-01"} <= set(words)


@pytest.mark.parametrize(
    ("code", "said"), [(0, {"status": "stopped_at_budget"}), (130, None), (143, {"status": "interrupted"})]
)
def test_what_a_next_try_resumes_is_unfinished(
    example: dict[str, Any], end: Any, code: int, said: dict[str, str] | None
) -> None:
    end(code, said)
    with pytest.raises(example["Unfinished"]):
        example["run_for"]("2026-10-01")


@pytest.mark.parametrize(("code", "said"), [(1, LOSSES), (2, {"error": "no such key"}), (1, None)])
def test_what_a_person_has_to_look_at_is_refused(
    example: dict[str, Any], end: Any, code: int, said: dict[str, str] | None
) -> None:
    end(code, said)
    with pytest.raises(example["Refused"], match=(said or {}).get("error", "See the log of the run.")):
        example["run_for"]("2026-10-01")
