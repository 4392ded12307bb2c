"""Commands that go on with a run name the configuration that it was made with, where one is known."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from mrt_pipeline.contracts.gates import GateReport, GateStatus
from mrt_pipeline.contracts.run import UNKNOWN, Manifest, RunStatus
from mrt_pipeline.history.resume_command import accept_changes, find_remedy, finish, move_latest, resume
from tests.fakes.manifests import make_manifest

FOLDER = Path("outputs/one")
GAP = GateReport(status=GateStatus.FAILED, reason="A gap.", gaps=("fandom_wiki gave nothing.",))
ENDINGS = (
    {"status": RunStatus.FAILED},
    {"status": RunStatus.STOPPED_AT_BUDGET},
    {"status": RunStatus.FAILED, "gates": GAP},
)


def _all_commands(manifest: Manifest) -> list[str]:
    made = (finish, accept_changes, move_latest, find_remedy)
    return [resume(FOLDER, manifest, "--stage", "2"), *(make(FOLDER, manifest) for make in made)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_manifest_that_was_made_again_names_no_configuration(ending: dict[str, object]) -> None:
    commands = _all_commands(make_manifest(config_path=UNKNOWN, **ending))
    assert [command for command in commands if "--config" in command] == []


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("path", "is_named"), [("config/pipeline.yaml", False), ("my configs/a.yaml", True)])
def test_a_configuration_is_named_unless_it_is_read_anyway(
    path: str, is_named: bool, ending: dict[str, object]
) -> None:
    for command in _all_commands(make_manifest(config_path=path, **ending)):
        assert (shlex.split(command)[-2:] == ["--config", path]) == is_named
