"""``plan``, ``runs``, ``show``, ``diff`` and ``explain`` as a person calls them, on real runs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.explain.explanation import explain
from mrt_pipeline.explain.stations import get_station
from mrt_pipeline.history.datasets import load_dataset
from tests.e2e.command import ROOT, Workplace, how_stages_ran, load

pytestmark = pytest.mark.slow

STAGES = ("stage1_ingestion", "stage2_enrichment", "stage3_merger")
SKIP = ("--skip-existing",)
PACKAGE = ROOT / "src" / "mrt_pipeline"
PAGE = ROOT / "docs" / "explaining-runs.md"

Prepare = Callable[[Workplace], Workplace]


def _leave(place: Workplace) -> Workplace:
    return place


def _forget_all(place: Workplace) -> Workplace:
    shutil.rmtree(place.outputs)
    return place


def _set(**variables: str) -> Prepare:
    return lambda place: place.with_variables(**variables)


def _change_code(place: Workplace) -> Workplace:
    """Give the place a program of its own, with one more line in stage 3."""
    package = _own_program(place)
    with (package / "stages" / "stage3_merger.py").open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    return _with_program(place, package)


def _change_source(place: Workplace) -> Workplace:
    """Give the place a program of its own, in whose recorded table a bus stop at Yishun has another name."""
    package = _own_program(place)
    table = package / "recorded" / "lta-bus-stops.csv"
    rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8"))))
    named = [[cell.replace("Yishun Int", "Yishun Interchange") for cell in row] for row in rows]
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(named)
    provenance = table.with_name("provenance.json")
    entries = load(provenance)
    entries["lta-bus-stops"]["table_sha256"] = hashlib.sha256(table.read_bytes()).hexdigest()
    provenance.write_text(json.dumps(entries), encoding="utf-8")
    return _with_program(place, package)


def _damage(place: Workplace) -> Workplace:
    (place.latest / "stage2_enrichment.json").write_text("{}", encoding="utf-8")
    return place


def _lose(place: Workplace) -> Workplace:
    (place.latest / "stage1_deterministic.json").unlink()
    return place


def _with_program(place: Workplace, package: Path) -> Workplace:
    return place.with_variables(PYTHONPATH=str(package.parent), PYTHONDONTWRITEBYTECODE="1")


def _own_program(place: Workplace) -> Path:
    package = place.folder / "program" / "mrt_pipeline"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    return package


SITUATIONS = {
    "fresh": (_forget_all, (), ("run", "run", "run"), "requested"),
    "complete": (_leave, SKIP, ("reuse", "reuse", "reuse"), "none of its inputs has changed"),
    "a value of stage 1": (
        _set(MRT_PIPELINE__STAGES__STAGE1_INGESTION__CACHE_TTL_DAYS="7"),
        SKIP,
        ("run", "depends", "depends"),
        "stages.stage1_ingestion.cache_ttl_days was 30.0 and is now 7.0",
    ),
    "a value of stage 2": (
        _set(MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__BUS_STOP_RADIUS_M="300"),
        SKIP,
        ("reuse", "run", "depends"),
        "stages.stage2_enrichment.bus_stop_radius_m was 250.0 and is now 300.0",
    ),
    "a value of stage 3": (
        _set(MRT_PIPELINE__STAGES__STAGE3_MERGER__VALIDATION__SANITY_CHECK="false"),
        SKIP,
        ("reuse", "reuse", "run"),
        "stages.stage3_merger.validation.sanity_check was true and is now false",
    ),
    "other code": (_change_code, SKIP, ("reuse", "reuse", "run"), "code version was"),
    "another source": (_change_source, SKIP, ("reuse", "run", "depends"), "input lta-bus-stops was"),
    "a damaged checkpoint": (
        _damage,
        SKIP,
        ("reuse", "run", "depends"),
        "stage2_enrichment.json is damaged",
    ),
    "a missing checkpoint": (
        _lose,
        SKIP,
        ("run", "depends", "depends"),
        "stage1_deterministic.json is missing",
    ),
    "another day": (
        _leave,
        (*SKIP, "--as-of", "2026-07-11", "--move-latest"),
        ("run", "run", "run"),
        "no checkpoint yet",
    ),
}
"""how a place is prepared, the flags, what becomes of the stages, and why the first one runs that does"""


@pytest.mark.slow
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_plan_tells_what_the_run_after_it_does(after_a_run: Workplace, situation: str) -> None:
    prepare, flags, actions, reason = SITUATIONS[situation]
    place = prepare(after_a_run)
    before = _snapshot(place)
    plan = _json(place, "plan", *flags)
    assert _snapshot(place) == before, "a plan touches nothing"
    assert tuple(stage["action"] for stage in plan["stages"]) == actions
    first = next((stage for stage in plan["stages"] if stage["action"] == "run"), plan["stages"][0])
    assert reason in first["reason"]
    _assert_is_done(place, plan, flags)


@pytest.mark.slow
def test_a_changed_style_of_the_report_makes_no_stage_stale(after_a_run: Workplace) -> None:
    package = _own_program(after_a_run)
    place = _with_program(after_a_run, package)
    report = place.latest / "report.html"
    dataset = (place.latest / "stage3_final.json").read_bytes()
    assert place.call("run", *SKIP).returncode == 0
    assert _json(place, "plan", *SKIP)["publishing"]["action"] == "reuse"
    with (package / "report" / "assets" / "report.css").open("a", encoding="utf-8") as file:
        file.write("\n.changed-style { color: red }\n")
    plan = _json(place, "plan", *SKIP)
    assert [stage["action"] for stage in plan["stages"]] == ["reuse"] * 3
    assert plan["publishing"]["action"] == "run"
    assert plan["publishing"]["reason"].startswith("code version was")
    result = place.call("run", *SKIP)
    assert plan["publishing"]["reason"] in result.stderr
    assert ".changed-style" in report.read_text(encoding="utf-8")
    assert (place.latest / "stage3_final.json").read_bytes() == dataset
    assert _json(place, "plan", *SKIP)["publishing"]["action"] == "reuse"


def _assert_is_done(place: Workplace, plan: dict[str, Any], flags: tuple[str, ...]) -> None:
    """Run with the same flags and hold the manifest against the plan."""
    result = place.call("run", *flags)
    assert result.returncode == 0, result.stderr
    done = how_stages_ran(place.latest)
    for stage in plan["stages"]:
        was_reused, why = done[stage["name"]]
        if stage["action"] == "depends":
            assert why.startswith("input stage") or was_reused
        else:
            assert was_reused == (stage["action"] == "reuse")
            given = set(why.split("; "))
            assert given >= set(stage["reason"].split("; "))
            assert all(
                reason.startswith("input stage") for reason in given - set(stage["reason"].split("; "))
            )
    assert plan["folder"] in (None, f"outputs/{place.latest.resolve().name}")
    assert plan["as_of"] == load(place.latest / "manifest.json")["as_of"]


@pytest.mark.parametrize(
    "flags", [(), ("--output-dir", "mine"), ("--resume-from", "2"), ("--stage", "3"), ("--skip-existing",)]
)
def test_a_plan_in_an_empty_place_makes_nothing(place: Workplace, flags: tuple[str, ...]) -> None:
    result = place.call("plan", *flags)
    assert result.returncode == 0, result.stderr
    assert list(place.folder.iterdir()) == []


def test_a_plan_in_words_names_folder_stages_and_reasons(after_a_run: Workplace) -> None:
    shown = after_a_run.call("plan", "--resume-from", "3").stdout
    assert f"outputs/{after_a_run.runs[0].name}" in shown
    lines = {line.split()[0]: line for line in shown.splitlines()[1:]}
    assert "reuse" in lines["stage1_ingestion"]
    assert "run" in lines["stage3_merger"]


def test_a_missing_secret_is_reported_by_the_plan_and_is_no_error(after_a_run: Workplace) -> None:
    live = after_a_run.with_variables(MRT_PIPELINE__APIS__ONEMAP__MODE="live")
    plan = _json(live, "plan")
    assert "ONEMAP_API_KEY" in plan["obstacles"][0]
    assert live.call("run").returncode == 2


def test_a_run_demands_no_secret_of_a_stage_that_it_reuses(finished: Workplace, tmp_path: Path) -> None:
    """The configuration differs from the finished run's in nothing that a stage depends on."""
    shutil.copytree(finished.outputs, tmp_path / "outputs", symlinks=True)
    manifest_path = tmp_path / "outputs" / "latest" / "manifest.json"
    manifest = load(manifest_path)
    fingerprint = manifest["stages"]["stage1_ingestion"]["fingerprint"]
    fingerprint["config"]["apis.onemap.mode"] = "live"
    fingerprint["inputs"]["onemap-stations"] = "live from https://www.onemap.gov.sg/api"
    manifest["sources"]["onemap-stations"]["retrieved_at"] = manifest["timestamp"]
    manifest_path.write_text(json.dumps(manifest), encoding="utf-8")
    live = Workplace(tmp_path, {"MRT_PIPELINE__APIS__ONEMAP__MODE": "live"})
    assert _json(live, "plan", "--skip-existing")["obstacles"] == []
    result = live.call("run", "--skip-existing")
    assert result.returncode == 0, result.stderr


@pytest.mark.slow
def test_runs_are_listed_newest_first_and_latest_is_marked(after_a_run: Workplace) -> None:
    assert after_a_run.call("run", "--as-of", "2026-07-11", "--move-latest").returncode == 0
    runs = _json(after_a_run, "runs")["runs"]
    assert [run["name"] for run in runs] == [run.name for run in reversed(after_a_run.runs)]
    assert [run["is_latest"] for run in runs] == [True, False]
    assert [run["counts"]["stations"] for run in runs] == [181, 184]
    lines = after_a_run.call("runs").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [run["name"] for run in runs]
    assert lines[1].endswith("latest")


def test_a_damaged_manifest_is_named_and_the_other_runs_are_shown(after_a_run: Workplace) -> None:
    damaged = after_a_run.outputs / "20200101_000000"
    damaged.mkdir()
    (damaged / "manifest.json").write_text("{", encoding="utf-8")
    result = after_a_run.call("runs")
    assert result.returncode == 0
    assert "20200101_000000" in result.stderr
    assert after_a_run.runs[-1].name in result.stdout


@pytest.mark.slow
def test_a_run_that_was_killed_has_died_and_the_command_that_resumes_it_works(place: Workplace) -> None:
    process = place.start("run")
    assert process.stderr is not None
    assert any("Stage 1/3" in line for line in process.stderr)
    process.kill()
    process.wait(timeout=60)
    process.communicate()
    [run] = _json(place, "runs")["runs"]
    assert run["state"] == "died"
    shown = _json(place, "show", run["name"])
    command = shown["go_on_with"].split()[1:]
    assert place.call(*command).returncode == 0
    assert _json(place, "show", "latest")["state"] == "completed"


def test_show_tells_what_each_attempt_did(after_a_run: Workplace) -> None:
    assert after_a_run.call("run", "--resume-from", "3").returncode == 0
    shown = after_a_run.call("show", "latest")
    assert shown.returncode == 0, shown.stderr
    for words in ("run --resume-from 3; ran stage3_merger", "lta-station-exits", "SODL-1.0", "warning"):
        assert words in shown.stdout
    manifest = _json(after_a_run, "show", "latest")["manifest"]
    assert [attempt["stages_run"] for attempt in manifest["attempts"]] == [list(STAGES), [STAGES[2]]]


@pytest.mark.slow
def test_a_failed_run_is_shown_with_its_error_and_how_to_resume(place: Workplace) -> None:
    strict = place.with_variables(MRT_PIPELINE__EXPECTED_STATIONS="185")
    assert strict.call("run").returncode == 1
    [run] = place.runs
    shown = place.call("show", run.name).stdout
    assert "expected-stations" in shown
    assert f"Resume with: mrt-pipeline run --output-dir outputs/{run.name} --skip-existing" in shown


def test_an_unknown_run_is_refused_with_those_there_are(finished: Workplace) -> None:
    result = finished.call("show", "nowhere")
    assert result.returncode == 2
    assert finished.runs[0].name in result.stderr


@pytest.mark.slow
def test_the_day_the_circle_line_became_a_ring(place: Workplace) -> None:
    """MRTDown's letters of the Circle Line are those of its ring, so it is left out."""
    place = place.with_variables(MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES="[lta_datamall, network]")
    for day in ("2026-07-11", "2026-07-13"):
        assert place.call("run", "--as-of", day, "--output-dir", f"outputs/{day}").returncode == 0
    result = place.call("diff")
    assert result.returncode == 0, result.stderr
    comparison = _json(place, "diff", "2026-07-11", "outputs/2026-07-13/stage3_final.json")
    figures = {"old", "new", "coverage", "findings"}
    assert {name for name, value in comparison.items() if value and name not in figures} == {
        "stations_opened",
        "renumberings",
        "lines_changed",
    }
    opened = {tuple(item["codes"]): len(item["exits"]) for item in comparison["stations_opened"]}
    assert opened == {("CC30",): 3, ("CC31",): 4, ("CC32",): 2}
    renumbered = {(item["old_code"], item["new_code"]): item["exits"] for item in comparison["renumberings"]}
    assert renumbered == {
        ("CE1", "CC34"): [f"bayfront-ccl-{label}" for label in "ABCDE"],
        ("CE2", "CC33"): ["marina-bay-ccl-2"],
    }
    [line] = comparison["lines_changed"]
    assert (line["line_code"], line["is_ring_opened"]) == ("CCL", True)
    assert "CE1 → CC34  Bayfront" in result.stdout
    assert "services changed (ring opened)" in result.stdout
    assert place.call("diff", "--exit-code").returncode == 1


@pytest.mark.slow
def test_the_documented_example_of_a_comparison_is_what_the_command_prints(place: Workplace) -> None:
    """A line that is only ``…`` stands for any number of lines, ``…`` at the end of a line for its rest."""
    [example] = re.findall(
        r"```console\n\$ mrt-pipeline (diff .*\n(?:.*\n)*?)```", PAGE.read_text(encoding="utf-8")
    )
    command, *documented = example.splitlines()
    _, *days = shlex.split(command)
    for day in days:
        assert place.call("run", "--as-of", day, "--output-dir", f"outputs/{day}").returncode == 0
    result = place.call(*shlex.split(command))
    assert result.returncode == 0, result.stderr
    lines = [r"(?:.*\n)*" if line == "…" else _pattern_of(line) for line in documented]
    assert re.fullmatch("".join(lines), result.stdout), result.stdout


def _pattern_of(line: str) -> str:
    return re.escape(line.removesuffix("…")) + (r".*\n" if line.endswith("…") else r"\n")


@pytest.mark.slow
def test_equal_datasets_do_not_differ(after_a_run: Workplace) -> None:
    assert after_a_run.call("run").returncode == 0
    result = after_a_run.call("diff", "--exit-code")
    assert result.returncode == 0
    assert "No differences" in result.stdout


def test_a_difference_needs_two_datasets(finished: Workplace) -> None:
    result = finished.call("diff")
    assert result.returncode == 2
    assert "Expected 2 runs with a dataset" in result.stderr


@pytest.fixture(scope="module")
def dataset(finished: Workplace) -> Stage3Output:
    return load_dataset(str(finished.latest), finished.outputs).dataset


TEN_STATIONS = (
    "NS13",  # one line
    "CE1",  # by a code that is no longer in use
    "BP6",  # by the code of its LRT half
    "punggol",  # three lines, by slug
    "HarbourFront",  # two exits of one label
    "NS24",  # three lines, many exits
    "CC30",  # the newest
    "SW4",  # LRT only
    "CG2",  # on a branch
    "JE3",  # yet to open
)


@pytest.mark.parametrize("station", TEN_STATIONS)
def test_every_field_of_a_station_is_explained(dataset: Stage3Output, station: str) -> None:
    published = get_station(dataset, station)
    explanation = explain(dataset, published)
    about_station = {value.field for value in explanation.values if value.exit_id is None}
    own = {name for name in Station.model_fields if name not in ("evidence", "exits")}
    assert about_station == {name for name in own if getattr(published, name) not in ((), None)}
    for found in published.exits:
        answered = {value.field for value in explanation.values if value.exit_id == found.exit_id}
        silent = {item.field for item in explanation.silent if item.exit_id == found.exit_id}
        assert answered | silent == StationExit.model_fields.keys() - {"evidence"}
        assert not answered & silent


def test_every_published_value_has_a_complete_answer(dataset: Stage3Output) -> None:
    explained = 0
    for station in (*dataset.stations, *dataset.future_stations):
        for value in explain(dataset, station).values:
            assert value.reasons, value
            for reason in value.reasons:
                document = dataset.provenance[reason.document_id]
                assert reason.record_id or reason.quote
                assert reason.how
                assert (reason.url, reason.publisher) == (document.url, document.publisher)
                assert (reason.licence, reason.retrieved_at) == (document.licence, document.retrieved_at)
            explained += 1
    plain = dataset.model_dump(mode="json", exclude_none=True, include={"stations", "future_stations"})
    assert explained == _count_values(plain["stations"]) + _count_values(plain["future_stations"])


def test_an_explanation_in_words_names_record_day_licence_and_address(finished: Workplace) -> None:
    shown = finished.call("explain", "NS13", "--exit", "A").stdout
    for words in ("record 59079", "read 2026-04-01", "SODL-1.0", "https://", "fandom_wiki was skipped"):
        assert words in shown


def test_a_field_of_one_exit_is_explained_alone(finished: Workplace) -> None:
    explanation = _json(finished, "explain", "NS13", "--exit", "A", "--field", "bus_stops")
    assert {value["field"] for value in explanation["values"]} == {"bus_stops"}
    assert {value["exit_id"] for value in explanation["values"]} == {"yishun-nsl-A"}
    services = next(value for value in explanation["values"] if value["attribute"] == "services")
    [reason] = services["reasons"]
    assert (reason["document_id"], reason["record_id"]) == ("lta-bus-services", services["item"])


def test_a_whole_station_is_shown_with_one_line_for_each_exit_and_field(finished: Workplace) -> None:
    shown = finished.call("explain", "NS13").stdout
    _, *parts = shown.split("\n\n")
    exits = [part.splitlines() for part in parts if part.startswith("Exit ")]
    assert [lines[0].split(",")[0] for lines in exits] == [f"Exit yishun-nsl-{label}" for label in "ABCDE"]
    for _, *rows in exits:
        assert [row.split()[0] for row in rows] == ["platforms", "bus_stops", "access", "landmarks"]
    assert "--exit LABEL" in parts[-1]
    assert len(shown.splitlines()) < 60


def test_everything_about_a_whole_station_is_shown_when_it_is_asked_for(finished: Workplace) -> None:
    shown = finished.call("explain", "NS13", "--all").stdout
    assert "record 59079: as published" in shown
    assert len(shown.splitlines()) > 400


def test_a_field_is_requested_by_the_name_that_reports_use(finished: Workplace) -> None:
    explanation = _json(finished, "explain", "NS13", "--field", "step_free")
    assert explanation["field"] == "step_free"
    assert {item["field"] for item in explanation["silent"]} == {"access.step_free"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bukit",), "Bukit Batok"),
        (("yishum",), "Did you mean Yishun"),
        (("NS13", "--exit", "Z"), "its exits are: A"),
        (("NS13", "--field", "nothing"), "bus_stops"),
        (("NS13", "--run", "nowhere"), "Run 'nowhere' not found"),
    ],
)
def test_what_cannot_be_explained_is_refused_with_what_can(
    finished: Workplace, arguments: tuple[str, ...], words: str
) -> None:
    result = finished.call("explain", *arguments)
    assert result.returncode == 2
    assert words in result.stderr


def test_hostile_text_stays_text(after_a_run: Workplace, tmp_path: Path) -> None:
    hostile = "Yishun \x1b[2J\x1b]0;owned\x07‮[bold]"
    dataset = (after_a_run.latest / "stage3_final.json").read_text(encoding="utf-8")
    path = tmp_path / "hostile.json"
    path.write_text(dataset.replace('"name":"Yishun"', f'"name":{json.dumps(hostile)}'), encoding="utf-8")
    for arguments in (("explain", "NS13", "--run", path), ("diff", after_a_run.latest, path)):
        result = after_a_run.call(*arguments)
        assert result.returncode == 0, result.stderr
        assert "Yishun \\x1b[2J" in result.stdout
        assert not set(result.stdout) & set("\x1b\x07‮")


def _count_values(records: list[dict[str, Any]]) -> int:
    """Return how many values hang on some records, those of the records in them included."""
    count = 0
    for record in records:
        for name, value in record.items():
            inner = value if isinstance(value, list) else [value]
            if name == "evidence" or value == []:
                continue
            count += _count_values(inner) if isinstance(inner[0], dict) else 1
    return count


def _json(place: Workplace, *arguments: str) -> Any:
    result = place.call(*arguments, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def _snapshot(place: Workplace) -> dict[str, tuple[int, int, str]]:
    """Return every file and folder of a place with its time and content."""
    found = {}
    for path in sorted(place.folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        digest = hashlib.sha256(content).hexdigest()
        found[str(path.relative_to(place.folder))] = (status.st_mtime_ns, status.st_size, digest)
    return found
