"""Each form of the command line, as the specification lists them."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from mrt_pipeline.cli.flags import RunFlags
from mrt_pipeline.config.registry import all_sources
from mrt_pipeline.runtime.locks import run_lock
from tests.e2e.command import (
    ROOT,
    SCRIPT,
    SHIPPED_CONFIG,
    SHOWN,
    Workplace,
    how_stages_ran,
    load,
    stations_bytes,
)
from tests.fakes.live_world import SMALL_DAY
from tests.fakes.manifests import START, put_run

FILES_OF_THE_SPECIFICATION = {
    "manifest.json",
    "stage1_deterministic.json",
    "stage2_enrichment.json",
    "stage3_final.json",
    "mrt_transit_graph.json",
}
STAGES = ("stage1_ingestion", "stage2_enrichment", "stage3_merger")


def _reused(run: Path) -> tuple[bool, ...]:
    return tuple(how_stages_ran(run)[name][0] for name in STAGES)


def test_a_run_makes_every_file_of_the_specification(finished: Workplace) -> None:
    assert {path.name for path in finished.latest.iterdir()} >= FILES_OF_THE_SPECIFICATION | {
        "validation.json",
        "run.log.jsonl",
    }


def test_the_summary_names_the_network_of_today(finished: Workplace) -> None:
    shown = (finished.folder / SHOWN).read_text(encoding="utf-8").splitlines()
    figures = {line.strip("│ ").split("│")[0].strip(): line for line in shown if "│" in line}
    for label, number in (("Stations", "184"), ("Station codes", "217"), ("Lines", "9")):
        assert number in figures[label].split()


def test_latest_is_a_relative_link_to_the_newest_run(finished: Workplace) -> None:
    target = finished.latest.readlink()
    assert not target.is_absolute()
    assert finished.latest.resolve() == finished.runs[-1]


def test_a_run_folder_is_named_by_its_start(finished: Workplace) -> None:
    started = load(finished.latest / "manifest.json")["timestamp"]
    digits = "".join(char for char in started if char.isdigit())
    assert finished.runs[0].name == f"{digits[:8]}_{digits[8:14]}"


def test_the_manifest_says_what_ran_and_what_it_read(finished: Workplace) -> None:
    manifest = load(finished.latest / "manifest.json")
    assert manifest["status"] == "completed"
    assert manifest["checkpoints"] == {
        "stage1": "stage1_deterministic.json",
        "stage2": "stage2_enrichment.json",
        "stage3": "stage3_final.json",
    }
    assert set(manifest["sources"]) >= {"lta-station-exits", "lta-bus-stops", "network-table"}
    live_only = {spec.name for spec in all_sources() if spec.is_default and not spec.is_recorded}
    assert set(manifest["passed_over"]) == live_only
    assert manifest["config"]["expected_stations"] == 184
    assert [attempt["status"] for attempt in manifest["attempts"]] == ["completed"]


def test_the_specification_s_script_does_the_same_from_any_folder(
    finished: Workplace, tmp_path: Path
) -> None:
    environment = Workplace(tmp_path).environment
    del environment["PIPELINE_CONFIG"]  # it finds the file beside itself
    command = [*SCRIPT, "--output-dir", "here"]
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    assert stations_bytes(tmp_path / "here") == stations_bytes(finished.latest)


@pytest.mark.slow
def test_a_folder_of_one_s_own_is_used_and_latest_shows_it(place: Workplace) -> None:
    result = place.call("run", "--output-dir", "outputs/quarterly-2026-q1")
    assert result.returncode == 0, result.stderr
    assert place.latest.resolve() == place.outputs / "quarterly-2026-q1"


@pytest.mark.slow
def test_two_runs_on_the_same_inputs_give_the_same_stations(finished: Workplace, place: Workplace) -> None:
    assert place.call("run").returncode == 0
    assert stations_bytes(place.latest) == stations_bytes(finished.latest)


@pytest.mark.slow
@pytest.mark.parametrize(("stage", "reused"), [("2", (True, False, False)), ("3", (True, True, False))])
def test_resuming_in_a_new_process_goes_on_in_the_newest_run(
    after_a_run: Workplace, stage: str, reused: tuple[bool, ...]
) -> None:
    before = stations_bytes(after_a_run.latest)
    result = after_a_run.call("run", "--resume-from", stage)
    assert result.returncode == 0, result.stderr
    assert len(after_a_run.runs) == 1
    assert _reused(after_a_run.latest) == reused
    assert stations_bytes(after_a_run.latest) == before


@pytest.mark.slow
def test_resuming_from_the_first_stage_runs_everything_in_place(after_a_run: Workplace) -> None:
    assert after_a_run.call("run", "--resume-from", "1").returncode == 0
    assert len(after_a_run.runs) == 1
    assert _reused(after_a_run.latest) == (False, False, False)


@pytest.mark.slow
def test_a_single_stage_runs_alone(place: Workplace) -> None:
    assert place.call("run", "--stage", "1").returncode == 0
    [run] = place.runs
    assert (run / "stage1_deterministic.json").exists()
    assert not (run / "stage2_enrichment.json").exists()
    assert place.call("run", "--stage", "2").returncode == 0
    assert place.call("run", "--stage", "3").returncode == 0
    assert place.runs == [run]
    assert (run / "mrt_transit_graph.json").exists()
    alone = place.call("run", "--stage", "1", "--output-dir", run)
    assert alone.returncode == 0
    assert "exits with" not in alone.stdout, "the figures of stage 3 are older"


def test_skipping_what_exists_does_nothing_when_nothing_has_changed(after_a_run: Workplace) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in after_a_run.latest.iterdir()}
    result = after_a_run.call("run", "--skip-existing")
    assert result.returncode == 0, result.stderr
    assert _reused(after_a_run.latest) == (True, True, True)
    after = {path.name: path.stat().st_mtime_ns for path in after_a_run.latest.iterdir()}
    touched = {name for name in after if before.get(name) != after[name]}
    assert touched <= {"manifest.json", "lineage.jsonl", "run.log.jsonl", ".lock"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variable", "value", "reused"),
    [
        ("MRT_PIPELINE__STAGES__STAGE1_INGESTION__CACHE_TTL_DAYS", "7", (False, True, True)),
        ("MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__BUS_STOP_RADIUS_M", "255", (True, False, False)),
        ("MRT_PIPELINE__STAGES__STAGE3_MERGER__VALIDATION__SANITY_CHECK", "false", (True, True, False)),
        ("MRT_PIPELINE__LOGGING__LEVEL", "DEBUG", (True, True, True)),
    ],
)
def test_a_changed_setting_runs_just_the_stages_it_concerns(
    after_a_run: Workplace, variable: str, value: str, reused: tuple[bool, ...]
) -> None:
    result = after_a_run.with_variables(**{variable: value}).call("run", "--skip-existing")
    assert result.returncode == 0, result.stderr
    assert _reused(after_a_run.latest) == reused
    key = variable.removeprefix("MRT_PIPELINE__").lower().replace("__", ".")
    reasons = [reason for reused, reason in how_stages_ran(after_a_run.latest).values() if not reused]
    assert all(key in reason or "input stage" in reason for reason in reasons)


@pytest.mark.slow
def test_a_configuration_of_one_s_own_is_used(place: Workplace) -> None:
    shipped = SHIPPED_CONFIG.read_text(encoding="utf-8")
    (place.folder / "mine.yaml").write_text(shipped.replace("version: ", "version: my-", 1))
    text = (place.folder / "mine.yaml").read_text(encoding="utf-8")
    assert text != shipped
    assert place.call("run", "--config", "mine.yaml").returncode == 0
    assert load(place.latest / "manifest.json")["config_path"].endswith("mine.yaml")


@pytest.mark.slow
def test_the_network_of_another_day_can_be_asked_for(place: Workplace) -> None:
    assert place.call("run", "--as-of", "2026-07-11").returncode == 0
    stations = load(place.latest / "stage3_final.json")["stations"]
    codes = {code for station in stations for code in station["mrt_codes"]}
    assert {"CE1", "CE2"} <= codes
    assert codes.isdisjoint({"CC30", "CC31", "CC32", "CC33", "CC34"})
    assert len(stations) == 181


@pytest.mark.slow
def test_who_reads_through_latest_is_reported_when_it_goes_back_to_an_earlier_day(
    after_a_run: Workplace,
) -> None:
    shown = load(after_a_run.latest / "manifest.json")["as_of"]
    result = after_a_run.call("run", "--as-of", "1987-11-08", "--move-latest")
    assert result.returncode == 0
    assert f"latest moved back from {shown} (run " in result.stderr


@pytest.mark.slow
def test_a_single_stage_keeps_the_day_of_the_run_in_whose_folder_it_is(place: Workplace) -> None:
    run = place.outputs / "mine"
    assert place.call("run", "--as-of", "1987-11-08", "--output-dir", run).returncode == 0
    before = (run / "stage1_deterministic.json").read_bytes()
    refused = place.call("run", "--stage", "1", "--as-of", "1988-11-08", "--output-dir", run)
    assert refused.returncode == 2
    assert "the run in this folder describes 1987-11-08" in refused.stderr
    assert (run / "stage1_deterministic.json").read_bytes() == before
    assert place.call("run", "--stage", "1", "--output-dir", run).returncode == 0
    assert load(run / "manifest.json")["as_of"] == "1987-11-08"


@pytest.mark.slow
def test_the_command_to_resume_with_names_the_configuration_of_the_run(place: Workplace) -> None:
    other = place.folder / "other.yaml"
    other.write_text("stages: {stage2_enrichment: {bus_stop_radius_m: 300}}")
    run = ("run", "--config", other, "--output-dir", place.outputs / "mine", "--as-of", "1987-11-08")
    assert place.call(*run).returncode == 0
    (place.outputs / "mine" / "stage2_enrichment.json").unlink()
    result = place.call(*run, "--resume-from", "3")
    assert result.returncode == 1
    assert f"--skip-existing --as-of 1987-11-08 --config {other}" in result.stderr.replace("\n", " ")


@pytest.mark.parametrize(
    "arguments", [("show", "a" * 300), ("validate", "a" * 300), ("diff", "a" * 300, "b")]
)
def test_a_name_that_is_too_long_is_reported_in_a_sentence(
    arguments: tuple[str, ...], place: Workplace
) -> None:
    result = place.call(*arguments)
    assert result.returncode in (1, 2)
    assert "Traceback" not in result.stderr
    assert "Error: " in result.stderr


def test_a_word_is_the_name_of_a_run_whatever_else_lies_here_under_it(after_a_run: Workplace) -> None:
    name = after_a_run.latest.resolve().name
    (after_a_run.folder / name).mkdir()
    (after_a_run.folder / "latest").touch()
    for word in (name, "latest"):
        result = after_a_run.call("show", word)
        assert result.returncode == 0, result.stderr
        assert name in result.stdout


@pytest.mark.slow
def test_old_runs_are_removed_after_a_success_and_latest_never(after_a_run: Workplace) -> None:
    [first] = after_a_run.runs
    for number in range(3):
        shutil.copytree(first, first.with_name(f"2020010{number}_000000"))
    (after_a_run.outputs / "20200105_000000").mkdir()
    keeper = after_a_run.with_variables(MRT_PIPELINE__OUTPUT__KEEP_LAST_N_VERSIONS="2")
    assert keeper.call("run").returncode == 0
    names = [run.name for run in after_a_run.runs]
    assert len(names) == 3
    assert "20200105_000000" in names, "a folder without a manifest of ours is not ours to remove"
    assert after_a_run.latest.resolve().name in names


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["config", "--help"]])
def test_help_names_every_flag_and_shows_examples(place: Workplace, arguments: list[str]) -> None:
    result = place.call(*arguments)
    assert result.returncode == 0
    if arguments[0] == "run":
        for field in fields(RunFlags):
            assert f"--{field.name.replace('_', '-')}" in result.stdout
        assert "Examples" in result.stdout


def test_validate_checks_a_published_dataset_again(finished: Workplace, tmp_path: Path) -> None:
    result = finished.call("validate", finished.latest)
    assert result.returncode == 0
    counts = load(finished.latest / "manifest.json")["findings"]
    last_line = result.stdout.splitlines()[-1]
    assert all(f"{counts[severity]} {severity}" in last_line for severity in ("error", "warning", "info"))
    broken = tmp_path / "broken.json"
    dataset = (finished.latest / "stage3_final.json").read_text(encoding="utf-8")
    broken.write_text(dataset.replace('"station_id":"NS13"', '"station_id":"NS99"', 1))
    result = finished.call("validate", broken)
    assert result.returncode == 1
    assert "NS99" in result.stdout


def test_validate_shows_a_hostile_name_without_what_a_terminal_would_obey(
    finished: Workplace, tmp_path: Path
) -> None:
    hostile = tmp_path / "hostile.json"
    dataset = (finished.latest / "stage3_final.json").read_text(encoding="utf-8")
    hostile.write_text(dataset.replace('"station_id":"NS13"', '"station_id":"NS99\\u0007"', 1))
    result = finished.call("validate", hostile)
    assert result.returncode == 1
    assert "NS99" in result.stdout
    assert "\a" not in result.stdout


def test_config_check_and_schema_answer(place: Workplace) -> None:
    assert "is a valid configuration" in place.call("config", "check").stdout
    assert '"expected_stations"' in place.call("config", "schema").stdout


@pytest.mark.slow
def test_a_closed_output_does_not_end_a_run(place: Workplace) -> None:
    process = place.start("run")
    for pipe in (process.stdout, process.stderr):
        assert pipe is not None
        pipe.close()
    assert process.wait(timeout=60) == 0
    assert (place.latest / "stage3_final.json").exists()


def test_the_repository_holds_no_run() -> None:
    assert "/outputs/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


FACTS = {"run_id", "folder", "as_of", "status", "counts", "findings", "next", "error"}


def test_a_run_tells_a_program_how_it_ended_in_one_object(place: Workplace) -> None:
    result = place.call("run", "--as-of", SMALL_DAY, "--json")
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    [folder] = place.runs
    manifest = load(folder / "manifest.json")
    assert told.keys() == FACTS
    assert told["run_id"] == manifest["run_id"]
    assert (told["folder"], told["as_of"]) == (f"outputs/{folder.name}", SMALL_DAY)
    assert (told["status"], told["error"]) == ("completed", None)
    assert told["counts"]["stations"] == manifest["stages"]["stage3_merger"]["counts"]["stations"] == 42
    assert told["findings"] == manifest["findings"]
    assert told["next"] == f"mrt-pipeline show outputs/{folder.name}"
    assert "Stage 1/3 ingestion: running\n" in result.stderr, "as before"


def test_a_failed_run_tells_a_program_why_and_how_to_resume(place: Workplace) -> None:
    result = place.call("run", "--as-of", "1990-01-01", "--json")
    assert result.returncode == 1
    told = json.loads(result.stdout)
    [folder] = place.runs
    assert told.keys() == FACTS
    assert (told["status"], told["folder"]) == ("failed", f"outputs/{folder.name}")
    assert told["run_id"] == load(folder / "manifest.json")["run_id"]
    assert "station-without-exit" in told["error"]
    assert told["next"].startswith(f"mrt-pipeline run --output-dir outputs/{folder.name}")
    assert told["findings"]["error"] == 1


def test_what_was_never_begun_has_no_run(place: Workplace) -> None:
    for flags in (("--stage", "1", "--resume-from", "2"), ("--config", "none.yaml")):
        result = place.call("run", "--json", *flags)
        assert result.returncode == 2
        told = json.loads(result.stdout)
        assert (told["status"], told["run_id"], told["folder"]) == ("failed", None, None)
        assert told["error"] in result.stderr


def test_a_run_held_by_another_is_not_reported_as_one_s_own(place: Workplace) -> None:
    folder = place.outputs / "mine"
    put_run(folder, "stage1_ingestion")
    with run_lock(folder, START):
        result = place.call("run", "--json", "--output-dir", "outputs/mine")
    assert result.returncode == 1
    told = json.loads(result.stdout)
    assert (told["run_id"], told["status"]) == (None, "failed")


def test_a_quiet_run_says_nothing_unless_something_is_wrong(place: Workplace) -> None:
    result = place.call("run", "--as-of", SMALL_DAY, "--quiet")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    failed = place.call("run", "--as-of", "1990-01-01", "--quiet")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("Error: ")


def test_a_skipped_source_is_shown_once(after_a_run: Workplace) -> None:
    result = after_a_run.call("run")
    assert (result.stdout + result.stderr).count("Skipped fandom_wiki: ") == 1


def test_config_check_takes_a_path_or_the_flag_and_not_both(after_a_run: Workplace) -> None:
    path = after_a_run.folder / "mine.yaml"
    path.write_text("mode: nonsense\n", encoding="utf-8")
    result = after_a_run.call("config", "check", path)
    assert result.returncode == 2
    assert str(path) in result.stderr
    both = after_a_run.call("config", "check", path, "--config", path)
    assert both.returncode == 2
    assert "Two configuration files were given" in both.stderr
