"""``load`` and ``run``: read a dataset and run the pipeline from Python.

Warnings that a command would print are ``UserWarning``s here.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from mrt_pipeline.config import PipelineConfig, find_config
from mrt_pipeline.config.loading import NO_ARGUMENTS
from mrt_pipeline.config.paths import read_path
from mrt_pipeline.contracts.run import Manifest, RunStatus
from mrt_pipeline.errors import InternalError, UsageError
from mrt_pipeline.history.datasets import LoadedDataset, load_dataset
from mrt_pipeline.history.runs import is_path
from mrt_pipeline.public.dataset import Dataset
from mrt_pipeline.runtime.reporting import Reporter


@dataclass(frozen=True, slots=True)
class RunResult:
    """The result of a run."""

    folder: Path
    manifest: Manifest = field(repr=False)

    @property
    def status(self) -> RunStatus:
        """Return how it ended: completed, or stopped at its budget; a failure is raised as an error."""
        return self.manifest.status

    def load(self) -> Dataset:
        """Return its dataset.

        Raises:
            CheckpointError: if it has none, for example after a run that stopped at its budget.
        """
        return load(self.folder)


def load(path: str | os.PathLike[str] = "latest") -> Dataset:
    """Return a published dataset after verifying that its bytes are those that its run wrote.

    Args:
        path: a run's folder or its name, ``latest``, or a ``stage3_final.json``. Names are looked up in
            ``output.directory`` of the configuration that a command would read here.

    Warns:
        UserWarning: if the bytes could not be verified, or the run did not end well.

    Raises:
        UsageError: if there is no such run or file.
        CheckpointError: if it has no dataset, or one that is damaged or of another version.
    """
    name = os.fspath(path)
    outputs = "" if is_path(name) else PipelineConfig(find_config()).settings.output.directory
    found = load_dataset(name, Path(outputs))
    for sentence in _doubts(found):
        warnings.warn(sentence, stacklevel=2)
    if found.run is None:
        return Dataset(found.dataset, None, read_path(name))
    return Dataset(found.dataset, found.run.manifest, found.run.folder)


def run(
    config: str | os.PathLike[str] | None = None,
    *,
    overrides: Mapping[str, object] = NO_ARGUMENTS,
    as_of: date | str | None = None,
    output_dir: str | os.PathLike[str] | None = None,
) -> RunResult:
    """Run the pipeline from its first stage to the published files, as ``mrt-pipeline run`` does.

    Args:
        config: the configuration file; default: the one that a command would read here.
        overrides: dotted key of the configuration to value, such as ``{"output.directory": "runs"}``.
        as_of: the date whose network is described, also as text such as ``2026-11-23``; default: today in
        Singapore.
        output_dir: the run's folder; default: a new one in ``output.directory``.

    Warns:
        UserWarning: for anything not as it should be while the run continued; issued once it has ended.

    Raises:
        ConfigError: for every fault in the configuration, before any work.
        UsageError: if the arguments cannot be combined.
        MrtPipelineError: if the run failed; the manifest in the run's folder says so too.
    """
    from mrt_pipeline.orchestrator import PipelineOrchestrator, RunRequest

    told = _Remarks()
    settings = PipelineConfig(find_config(_as_path(config)), overrides=overrides)
    orchestrator = PipelineOrchestrator(settings, reporter=told)
    manifest = orchestrator.execute(RunRequest(output_dir=_as_path(output_dir), as_of=_as_day(as_of)))
    for sentence in told.sentences:
        warnings.warn(sentence, stacklevel=2)
    if (folder := orchestrator.output_base_dir) is None:
        raise InternalError("A run has ended without a folder.")
    return RunResult(folder, manifest)


class _Remarks(Reporter):
    """Keeps warnings until the run has ended, so that a warning turned into an error cannot end it."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def warn(self, text: str) -> None:
        """Keep a sentence."""
        self.sentences.append(text)


def _doubts(found: LoadedDataset) -> list[str]:
    """Return the warnings that a user of a dataset needs."""
    if found.run is None:
        return [found.doubt]
    if found.run.manifest.status is not RunStatus.COMPLETED:
        return [f"The dataset of {found.run.folder} was not published: run status {found.run.state}."]
    return []


def _as_day(given: object) -> date | None:
    if isinstance(given, datetime):
        raise UsageError(f"as_of is {given}, a moment; expected a day: a date, such as as_of.date().")
    if given is None or isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)  # type: ignore[arg-type] # what is no text raises
    except (TypeError, ValueError):
        raise UsageError(
            f"as_of is {given!r}; expected a datetime.date, or text such as '2026-11-23'."
        ) from None


def _as_path(path: str | os.PathLike[str] | None) -> Path | None:
    return None if path is None else Path(path)
