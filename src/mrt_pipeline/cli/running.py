"""``mrt-pipeline run``: carry out a request, and report how it ended, to a person or a program."""

from __future__ import annotations

from pathlib import Path

import orjson

from mrt_pipeline.cli.console import ConsoleReporter, next_command
from mrt_pipeline.cli.flags import RunFlags
from mrt_pipeline.cli.printing import say_json
from mrt_pipeline.config import find_config
from mrt_pipeline.contracts.run import Manifest, RunStatus
from mrt_pipeline.errors import CorruptCheckpointError, MrtPipelineError, RunInterrupted, StorageError
from mrt_pipeline.history.runs import final_counts
from mrt_pipeline.orchestrator import PipelineOrchestrator
from mrt_pipeline.runtime.manifests import find_manifest


def run_pipeline(flags: RunFlags, default_config: Path | None, *, is_quiet: bool, as_json: bool) -> None:
    """Run the requested stages.

    Args:
        flags: the options.
        default_config: configuration used if neither flag nor environment names one.
        is_quiet: whether to show warnings and errors only.
        as_json: whether stdout is one JSON object that says how the run ended, in every case.
    """
    reporter = ConsoleReporter(is_quiet=is_quiet)
    orchestrator: PipelineOrchestrator | None = None
    try:
        request = flags.request()
        orchestrator = PipelineOrchestrator(
            find_config(flags.config, default=default_config), reporter=reporter
        )
        with reporter:
            manifest = orchestrator.execute(request)
    except MrtPipelineError as error:
        if as_json:
            folder = orchestrator.output_base_dir if orchestrator is not None else None
            status = RunStatus.INTERRUPTED if isinstance(error, RunInterrupted) else RunStatus.FAILED
            failed = _manifest_of(orchestrator)
            _tell(failed, folder, status=status, next=error.go_on_with, error=str(error))
        raise
    folder = orchestrator.output_base_dir
    if as_json:
        counts = final_counts(manifest, request.last_stage).items()
        told = {name: _plain(number) for name, number in counts if not name.startswith("findings_")}
        command = next_command(manifest, folder, request.last_stage) if folder is not None else None
        _tell(manifest, folder, status=manifest.status, counts=told, next=command)
    elif not is_quiet:
        reporter.summarise(manifest, folder, request.last_stage)


def _tell(manifest: Manifest | None, folder: Path | None, **how_it_ended: object) -> None:
    """Print one JSON object, which has every key however the run ended."""
    end = {
        "run_id": manifest.run_id if manifest is not None else None,
        "folder": str(folder) if folder is not None else None,
        "as_of": manifest.as_of if manifest is not None else None,
        "status": None,
        "counts": {},
        "findings": manifest.findings if manifest is not None else {},
        "next": None,
        "error": None,
    }
    say_json(orjson.dumps({**end, **how_it_ended}))


def _manifest_of(orchestrator: PipelineOrchestrator | None) -> Manifest | None:
    """Return the manifest of a failed run, but not that of another run that holds its folder."""
    if orchestrator is None or orchestrator.output_base_dir is None:
        return None
    try:
        manifest = find_manifest(orchestrator.output_base_dir)
    except (CorruptCheckpointError, StorageError):
        return None
    return manifest if manifest is not None and manifest.run_id == orchestrator.run_id else None


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number
