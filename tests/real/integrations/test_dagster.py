"""The pipeline under a real Dagster, in an environment of its own: Dagster is too heavy to develop with."""

from __future__ import annotations

import json
import subprocess
import venv
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Workplace, load
from tests.wheels import build_wheel

pytestmark = pytest.mark.real_parts

HERE = Path(__file__).parent
STAGES = ["stage1_ingestion", "stage2_enrichment", "stage3_merger"]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of programs of a fresh environment with the wheel and its extra."""
    folder = tmp_path_factory.mktemp("environment")
    wheel = build_wheel(tmp_path_factory.mktemp("built"))
    venv.create(folder, with_pip=True)
    pinned = ("--constraint", str(HERE / "dagster-requirements.txt"))
    install = (folder / "bin/python", "-m", "pip", "install", "--quiet", *pinned, f"{wheel}[dagster]")
    subprocess.run(install, check=True)
    return folder / "bin"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Return an empty place that Dagster keeps nothing of, and from which it sends nothing."""
    return Workplace(tmp_path_factory.mktemp("empty"), {"DAGSTER_DISABLE_TELEMETRY": "1"})


@pytest.fixture(scope="module")
def cases(place: Workplace, program: Path) -> dict[str, Any]:
    """Return what came of each case of ``in_dagster.py``."""
    command = (program / "python", "-W", "ignore", HERE / "in_dagster.py")
    ran = subprocess.run(
        command, cwd=place.folder, env=place.environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_dagster_finds_no_fault_in_the_definitions(place: Workplace, program: Path) -> None:
    words = ("definitions", "validate", "-m", "mrt_pipeline.integrations.dagster")
    checked = place.call(*words, program=(str(program / "dagster"),))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "All code locations passed validation" in checked.stdout + checked.stderr


def test_a_partition_is_a_run_for_its_day_in_a_folder_of_its_name(
    place: Workplace, cases: dict[str, Any]
) -> None:
    assets = cases["whole"]["assets"]
    assert list(assets) == [*STAGES, "publishing"]
    assert {made["partition"] for made in assets.values()} == {"2026-10-01"}
    assert place.latest.resolve() == place.outputs / "2026-10-01"
    manifest = load(place.latest / "manifest.json")
    assert (manifest["as_of"], manifest["run_id"]) == (
        "2026-10-01",
        assets["publishing"]["metadata"]["run_id"],
    )


def test_dagster_is_given_counts_coverage_and_the_hash_of_what_a_stage_made(
    place: Workplace, cases: dict[str, Any]
) -> None:
    assets, stages = cases["whole"]["assets"], load(place.latest / "manifest.json")["stages"]
    for name in STAGES:
        assert assets[name]["version"] == stages[name]["checkpoint"]["content_sha256"]
        assert stages[name]["counts"].items() <= assets[name]["metadata"].items()
    figures = assets["stage3_merger"]["metadata"]
    assert (figures["stations"], figures["codes"], figures["lines"]) == (184, 217, 9)
    assert figures["coverage_step_free"] > 0


def test_each_group_of_checks_is_one_of_dagster_and_a_warning_passes_none(cases: dict[str, Any]) -> None:
    checks = cases["whole"]["checks"]
    for check in checks.values():
        assert check["passed"] == (not any(name.startswith("warning ") for name in check["metadata"]))
        assert check["severity"] == "WARN"
    assert {name for name, check in checks.items() if not check["passed"]} == {
        *("stations", "enrichment", "completeness_check")
    }
    assert "(limit: 90 days)" in checks["completeness_check"]["metadata"]["warning source-old"]


def test_a_group_that_is_switched_off_has_not_passed(cases: dict[str, Any]) -> None:
    check = cases["switched off"]["checks"]["sanity_check"]
    assert (check["passed"], check["description"]) == (False, "disabled in config")


def test_another_format_is_written_of_the_same_dataset(cases: dict[str, Any]) -> None:
    before, after = cases["whole"]["assets"]["publishing"], cases["another format"]["assets"]["publishing"]
    assert list(cases["another format"]["assets"]) == ["publishing"]
    assert before["version"] == after["version"]
    assert set(after["metadata"]["bytes"]) == {"exits.geojson", "report.html"}


def test_publishing_does_not_make_a_dataset_whose_checks_dagster_has_not_seen(cases: dict[str, Any]) -> None:
    assert cases["stale"]["failures"] == {
        "mrt_pipeline__publishing": [
            "stage3_merger would be made again: output.licences was all and is now open. Materialize it "
            "first.",
            {},
        ]
    }


def test_a_refused_loss_names_the_command_that_accepts_it(cases: dict[str, Any]) -> None:
    [(sentence, metadata)] = cases["losses"]["failures"].values()
    assert sentence.startswith("Losses since 2026-10-01 exceed the gate limits.")
    assert "--resume-from 3 --accept-changes" in metadata["resume_with"]
    assert not cases["losses"]["assets"]


def test_a_finding_of_severity_error_fails_its_check_and_nothing_is_published(
    place: Workplace, cases: dict[str, Any]
) -> None:
    refused = cases["refused"]
    assert list(refused["assets"]) == STAGES[:2]
    check = refused["checks"]["completeness_check"]
    assert (check["passed"], check["severity"]) == (False, "ERROR")
    assert "184 stations; expected_stations says 200" in check["metadata"]["error expected-stations"]
    [(sentence, _)] = refused["failures"].values()
    assert sentence.startswith("stage3_merger: validation found 1 error. Nothing was published:")
    assert not (place.folder / "refused/2026-10-01/report.html").exists()


def test_a_wrong_configuration_is_reported_in_our_words_before_anything_is_made(
    place: Workplace, cases: dict[str, Any]
) -> None:
    [(sentence, _)] = cases["misconfigured"]["failures"].values()
    assert sentence.endswith("MRT_PIPELINE__MODE is 'nonsense'; expected one of snapshot, live.")
    assert not (place.folder / "wrong").exists()


def test_a_signal_leaves_the_run_resumable_and_is_an_interruption_to_dagster(
    place: Workplace, cases: dict[str, Any]
) -> None:
    [(sentence, _)] = cases["interrupted"]["failures"].values()
    assert sentence.startswith("dagster._core.errors.DagsterExecutionInterruptedError: Interrupted by Ctrl-C")
    assert load(place.folder / "interrupted/2026-10-01/manifest.json")["status"] == "interrupted"


def test_a_quarter_is_run_for_its_first_day_when_that_begins_in_singapore(cases: dict[str, Any]) -> None:
    assert cases["tick"] == {
        "cron": ["0 0 1 1,4,7,10 *", "Asia/Singapore"],
        "partitions": ["2027-01-01"],
    }
