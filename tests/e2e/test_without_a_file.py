"""Every command in an empty folder, where no configuration file is."""

from __future__ import annotations

import pytest

from mrt_pipeline.config.pipeline_config import NO_FILE
from mrt_pipeline.contracts.run import PACKAGED
from tests.e2e.command import Workplace, load

pytestmark = pytest.mark.slow


@pytest.fixture
def bare(place: Workplace) -> Workplace:
    """Return an empty place in which nothing names a configuration; an empty variable counts as not set."""
    return place.with_variables(PIPELINE_CONFIG="")


def test_a_run_says_that_it_goes_by_the_defaults_and_can_be_looked_at(bare: Workplace) -> None:
    result = bare.call("run")
    assert result.returncode == 0, result.stderr
    assert NO_FILE in result.stderr
    assert load(bare.latest / "manifest.json")["config_path"] == PACKAGED
    assert f'"config": "{PACKAGED}"' in (bare.latest / "run.log.jsonl").read_text(encoding="utf-8")
    for command in (
        ("plan",),
        ("runs",),
        ("show", "latest"),
        ("explain", "NS13"),
        ("diff", "latest", "latest"),
        ("validate", bare.latest),
        ("run", "--skip-existing"),
    ):
        result = bare.call(*command)
        assert result.returncode == 0, (command, result.stderr)


def test_a_command_that_goes_on_names_no_file_that_is_not_there(bare: Workplace) -> None:
    strict = bare.with_variables(MRT_PIPELINE__EXPECTED_STATIONS="200")
    failed = strict.call("run")
    assert failed.returncode == 1
    (command,) = [line for line in failed.stderr.splitlines() if line.startswith("Resume with: ")]
    assert "--config" not in command
    assert command in strict.call("show", strict.runs[0].name).stdout
    words = command.removeprefix("Resume with: mrt-pipeline ").split()
    assert bare.call(*words).returncode == 0


def test_a_file_that_was_written_there_is_read_from_then_on(bare: Workplace) -> None:
    assert bare.call("config", "init").returncode == 0
    assert bare.call("run").returncode == 0
    assert load(bare.latest / "manifest.json")["config_path"] == "config/pipeline.yaml"
    again = bare.call("config", "init")
    assert (again.returncode, "already exists" in again.stderr) == (2, True)
