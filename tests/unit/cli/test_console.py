"""What a person reads on the console, in one text each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mrt_pipeline.cli.console import ConsoleReporter, print_error
from mrt_pipeline.cli.findings import SHOWN, list_findings
from mrt_pipeline.cli.history import show_run
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.gates import GateReport, GateStatus
from mrt_pipeline.contracts.run import REQUESTED, AttemptRecord, RunStatus, StageStatus
from mrt_pipeline.orchestrator.reuse import UNCHANGED
from mrt_pipeline.runtime.manifests import save_manifest
from tests.fakes.manifests import START, make_manifest, make_stage_record, put_run
from tests.fakes.network_builder import provenance

STAGE3 = "stage3_merger"


def _findings(number: int, check: str, severity: Severity = Severity.WARNING) -> list[Finding]:
    return [Finding(check=check, severity=severity, message=f"{check} {item}.") for item in range(number)]


def test_many_findings_of_one_kind_are_summed_up_with_their_number_and_where_all_of_them_are() -> None:
    many, few = _findings(30_863, "odd"), _findings(SHOWN, "even")
    lines = list(list_findings([*many, *few], "findings.json"))
    assert len(lines) == 1 + SHOWN
    assert lines[0] == "warning  odd: 30863 in total, for example: odd 0. Full list: findings.json"


def test_kinds_differ_by_severity_and_none_is_left_out_of_the_full_list() -> None:
    findings = [*_findings(SHOWN + 1, "odd"), *_findings(SHOWN + 1, "odd", Severity.ERROR)]
    assert len(list(list_findings(findings, "there"))) == 2
    assert len(list(list_findings(findings, None))) == 2 * SHOWN + 2
    assert "in all" not in "".join(list_findings(findings, None))


def test_a_warning_of_several_lines_is_shown_in_lines_none_of_which_looks_like_another(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ConsoleReporter().warn("It failed:\nWarning: forged\x1b[2J")
    assert capsys.readouterr().err == "Warning: It failed:\n  Warning: forged\\x1b[2J\n"


def test_an_error_that_names_a_file_with_a_line_break_stays_one_line_with_its_list_below(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_error("a\nReleased 1.1.1: forged\r\x85\u2028Error: b is in the way:\n  - one\n  - c\nError: two")
    assert capsys.readouterr().err == (
        "Error: a\\x0aReleased 1.1.1: forged\\x0d\\x85\\x2028Error: b is in the way:\n"
        "  - one\n"
        "  - c\\x0aError: two\n"
    )


def test_show_gives_an_error_of_several_lines_as_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = "the dataset has 2 findings:\n  - one\n  - two \x07"
    record = make_stage_record(STAGE3, b"", status=StageStatus.FAILED, error=error)
    attempt = AttemptRecord(
        number=1, started_at=START, status=RunStatus.FAILED, command="mrt-pipeline run", stages_run=(STAGE3,)
    )
    (tmp_path / "one").mkdir()
    manifest = make_manifest(
        status=RunStatus.FAILED, stages={STAGE3: record}, attempts=(attempt,), error=error
    )
    save_manifest(tmp_path / "one", manifest)
    show_run(str(tmp_path / "one"), None, as_json=False)
    shown = capsys.readouterr().out
    assert "\\x0a" not in shown
    assert shown.count("    - one\n") == 2, "of the stage and of the run"
    assert "two \\x07\n" in shown


@pytest.mark.parametrize(
    ("last_stage", "outputs", "lines"),
    [
        (1, {}, ["Next: mrt-pipeline run --output-dir {folder} --resume-from 2"]),
        (3, {}, ["Next: mrt-pipeline show {folder}"]),
        (
            3,
            {"report.html": "0" * 64},
            ["Report (open in a browser): {folder}/report.html", "Next: mrt-pipeline show {folder}"],
        ),
    ],
)
def test_a_run_that_ends_well_names_its_report_and_the_next_step(
    tmp_path: Path,
    last_stage: int,
    outputs: dict[str, str],
    lines: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    manifest = put_run(tmp_path / "run", outputs=outputs)
    ConsoleReporter().summarise(manifest, tmp_path / "run", last_stage)
    shown = capsys.readouterr().out.splitlines()
    assert shown[-len(lines) :] == [line.format(folder=tmp_path / "run") for line in lines]


def test_the_end_of_a_run_says_what_is_unknown_and_how_old_each_source_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {"exits": 607, "coverage_step_free": 0.2026, "known_step_free": 123}
    record = make_stage_record(STAGE3, b"", counts=counts)
    read = {
        name: provenance(name, retrieved_at=datetime(2026, *day, tzinfo=UTC))
        for name, day in (
            ("lta-bus-services", (3, 1)),
            ("lta-station-exits", (8, 1)),
            ("lta-bus-stops", (4, 1)),
            ("lta-lifts", (8, 5)),
        )
    }
    manifest = make_manifest(stages={STAGE3: record}, sources=read, as_of=date(2026, 8, 2))
    ConsoleReporter().summarise(manifest, tmp_path / "run", 3)
    rows = [
        [cell.strip() for cell in line.split("│")[1:3]]
        for line in capsys.readouterr().out.splitlines()
        if "│" in line
    ]
    assert ["Step-free access (yes or no)", "known for 123, unknown for 484"] in rows
    ages = rows.index(["Oldest data by source", "date, age on 2026-08-02"]) + 1
    assert rows[ages : ages + 3] == [
        ["lta_datamall", "2026-03-01, 154 days old"],
        ["datagov", "2026-08-01, 1 day old"],
        ["lta_lifts", "2026-08-05, 3 days after 2026-08-02"],
    ]


def test_a_run_that_stopped_at_its_budget_names_the_command_that_show_gives(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = put_run(tmp_path / "run", status=RunStatus.STOPPED_AT_BUDGET)
    ConsoleReporter().summarise(manifest, tmp_path / "run", 3)
    console = capsys.readouterr().out.splitlines()[-1].partition("Resume with: ")[2]
    show_run(str(tmp_path / "run"), None, as_json=False)
    assert capsys.readouterr().out.splitlines()[-1] == f"Resume with: {console}"


def test_a_stage_says_why_it_runs_unless_it_was_just_requested(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = ConsoleReporter()
    for reason in (REQUESTED, "stage3_final.json is missing"):
        reporter.stage_started(STAGE3, reason)
    reporter.stage_reused(STAGE3, UNCHANGED)
    assert capsys.readouterr().err.splitlines() == [
        "Stage 3/3 merger: running",
        "Stage 3/3 merger: running (stage3_final.json is missing)",
        "Stage 3/3 merger: reused (none of its inputs has changed)",
    ]


@pytest.mark.parametrize(
    ("status", "reason", "line"),
    [
        (
            GateStatus.NOT_COMPARED,
            "No earlier dataset to compare with.",
            "No earlier dataset to compare with.",
        ),
        (GateStatus.PASSED, "No differences from one.", "passed: No differences from one."),
    ],
)
def test_show_says_once_that_nothing_was_compared(
    status: GateStatus, reason: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_run(tmp_path / "run", gates=GateReport(status=status, reason=reason))
    show_run(str(tmp_path / "run"), None, as_json=False)
    shown = capsys.readouterr().out.splitlines()
    assert shown[shown.index("Gates") + 1] == f"  {line}"
