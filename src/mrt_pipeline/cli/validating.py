"""``mrt-pipeline validate``: check that files are those a run wrote, and repeat the checks of stage 3."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from mrt_pipeline.cli.findings import show_findings
from mrt_pipeline.cli.outputs import outputs_of
from mrt_pipeline.cli.printing import note, say
from mrt_pipeline.config import PipelineConfig, Settings, find_config
from mrt_pipeline.config.pipeline_config import NO_FILE
from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.findings import Finding, Severity, count_by_severity, describe_counts
from mrt_pipeline.contracts.names import FINAL_NAME, FINAL_STAGE, LATEST
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest, StageStatus
from mrt_pipeline.errors import EXIT_FAILURE, UsageError
from mrt_pipeline.history.altered_files import find_contradictions, report_altered
from mrt_pipeline.history.resume_command import resume
from mrt_pipeline.history.runs import get_run, is_path
from mrt_pipeline.releasing.verifying import check_release_folder, is_release_folder
from mrt_pipeline.runtime.checkpoints import parse_dataset
from mrt_pipeline.runtime.files import read_bytes
from mrt_pipeline.runtime.integrity import check_file, find_altered, recorded_files
from mrt_pipeline.runtime.manifests import MANIFEST_NAME, find_manifest


def validate_file(file: Path, config: Path | None, *, shows_all: bool = False) -> int:
    """Print the findings about a file, or a run's or release's folder; return 0, or 1 if there is an error.

    First the bytes are compared with the manifest beside them, or the release's index; then a dataset's
    published findings, such as merged exits, are shown, and the checks are made again.
    """
    file = _find_named(file, config)
    if file.exists() and not (file.is_dir() or file.is_file()):
        read_bytes(file)  # reports what it is
    is_folder = file.is_dir() or file.name == MANIFEST_NAME
    folder = file if file.is_dir() else file.parent
    path = folder / FINAL_NAME if is_folder else file
    manifest = find_manifest(folder)
    found = list(_check_folder(folder, manifest) if is_folder else _check_file(path, manifest))
    show_findings(found, shows_all=shows_all)
    if not _holds_dataset(path, manifest):
        if not found:
            say(f"{path} is unchanged since it was written.")
            return 0
        return _sum_up(str(path), found)
    dataset = _read(path, manifest, is_missed=bool(found))
    if dataset is None:
        return _sum_up(str(path), found)
    checked = list(_check_dataset(dataset, path, manifest, config))
    show_findings(checked, shows_all=shows_all)
    shown = f"{path} ({counted(len(dataset.stations), 'station')} as of {dataset.metadata.as_of})"
    return _sum_up(shown, [*found, *checked])


def _find_named(file: Path, config: Path | None) -> Path:
    """Return the folder of the run that a word names, unless a file or folder here has that name."""
    if os.path.lexists(file) or is_path(str(file)):
        return file
    outputs = outputs_of(config)
    return named if (named := outputs / file).is_dir() else get_run(str(file), outputs).folder


def _check_folder(folder: Path, manifest: Manifest | None) -> Iterator[Finding]:
    """Yield what is wrong with the bytes of a run's or release's files."""
    if manifest is None:
        if is_release_folder(folder):
            yield from (finding_of("file-altered", str(fault)) for fault in check_release_folder(folder))
        elif (folder / FINAL_NAME).exists():
            yield _unvouched(folder / FINAL_NAME, f"there is no {MANIFEST_NAME} beside it")
        return
    for altered in find_altered(folder, manifest):
        yield report_altered(altered, _remedy(folder, manifest))
    if FINAL_NAME not in recorded_files(manifest) and (folder / FINAL_NAME).exists():
        yield _unvouched(folder / FINAL_NAME, f"{MANIFEST_NAME} does not list it")


def _check_file(path: Path, manifest: Manifest | None) -> Iterator[Finding]:
    """Yield what is wrong with the bytes of a file."""
    if manifest is None:
        if path.exists():
            yield _unvouched(path, f"there is no {MANIFEST_NAME} beside it")
    elif path.name not in recorded_files(manifest):
        if path.exists():
            yield _unvouched(path, f"the {MANIFEST_NAME} beside it does not list it")
    elif (altered := check_file(path.parent, manifest, path.name)) is not None:
        yield report_altered(altered, _remedy(path.parent, manifest))


def _unvouched(path: Path, why: str) -> Finding:
    return finding_of(
        "bytes-not-vouched-for",
        f"Cannot verify {path}: {why}. Compare its SHA-256 with the one that the publisher or sender gives.",
    )


def _remedy(folder: Path, manifest: Manifest) -> str:
    return resume(folder, manifest, "--skip-existing", "--as-of", str(manifest.as_of))


def _holds_dataset(path: Path, manifest: Manifest | None) -> bool:
    """Return whether a file is to be read as a dataset: not if the manifest records it as something else."""
    return path.name == FINAL_NAME or manifest is None or path.name not in recorded_files(manifest)


def _read(path: Path, manifest: Manifest | None, *, is_missed: bool) -> Stage3Output | None:
    """Return the dataset in a file, or None if it is missing and that was reported."""
    try:
        content = read_bytes(path)
    except FileNotFoundError:
        if is_missed:
            return None
        raise UsageError(_describe_missing(path, manifest)) from None
    return parse_dataset(path, content, "mrt-pipeline run")


def _describe_missing(path: Path, manifest: Manifest | None) -> str:
    if manifest is None or path.name != FINAL_NAME:
        return f"{path} not found. Specify a stage3_final.json or a run folder.{_point_below(path.parent)}"
    record = manifest.stages.get(FINAL_STAGE)
    is_disabled = record is not None and record.status is StageStatus.DISABLED
    enable = f"Set stages.{FINAL_STAGE}.enabled to true, then finish" if is_disabled else "Finish"
    return f"{path.parent} has no dataset. {enable} the run with: {_remedy(path.parent, manifest)}"


def _point_below(folder: Path) -> str:
    """Return a hint at a run or release inside a folder, empty if there is none."""
    below = sorted(path.parent for path in folder.glob(f"*/{FINAL_NAME}"))
    shown = folder / LATEST if folder / LATEST in below else next(reversed(below), None)
    return "" if shown is None else f" Did you mean {shown}?"


def _check_dataset(
    dataset: Stage3Output, path: Path, manifest: Manifest | None, config: Path | None
) -> Iterable[Finding]:
    """Return the findings published with a dataset and those of the checks, without repetition."""
    from mrt_pipeline.stages.stage3_merger import check_dataset

    again = check_dataset(dataset, _settings(config))
    is_of_run = manifest is not None and path.name == FINAL_NAME
    contradictions = find_contradictions(dataset, manifest) if is_of_run and manifest is not None else ()
    return dict.fromkeys((*contradictions, *dataset.findings, *again))


def _settings(config: Path | None) -> Settings:
    """Return the configuration; recipients of a dataset have none, and need none to check it."""
    found = PipelineConfig(find_config(config))
    if found.path is None:
        note(NO_FILE)
    return found.settings


def _sum_up(subject: str, findings: list[Finding]) -> int:
    """Print the verdict with the number of findings, after an empty line, and return the exit code."""
    counts = count_by_severity(findings)
    is_faulty = bool(counts[Severity.ERROR.value])
    verdict = "Errors found in" if is_faulty else "No errors in"
    say("", f"{verdict} {subject}: {describe_counts(counts)}.")
    return EXIT_FAILURE if is_faulty else 0
