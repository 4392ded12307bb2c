"""The runs in the folder of all runs: their names, and which of them a new one refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from mrt_pipeline.contracts.names import JOURNAL_NAME
from mrt_pipeline.contracts.run import Manifest
from mrt_pipeline.errors import CorruptCheckpointError, StorageError
from mrt_pipeline.orchestrator.manifest_recovery import find_or_rebuild
from mrt_pipeline.orchestrator.stage_specs import STAGES
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.context import EarlierRun
from mrt_pipeline.runtime.files import TEMPORARY_SUFFIX, real_path
from mrt_pipeline.runtime.integrity import has_whole_dataset
from mrt_pipeline.runtime.manifests import find_manifest

CLOCKS_DIFFER_BY = timedelta(days=1)
"""allowed between clocks of machines that share a folder; a run that starts later is in the future"""
OUR_NAME = re.compile(r"^\d{8}_\d{6}(_\d+)?$")
"""the name of a folder that this program has named"""


def list_runs(outputs: Path) -> Iterator[tuple[Path, Manifest]]:
    """Yield each run folder with its manifest, by name; folders without a readable manifest are skipped."""
    if not outputs.is_dir():
        return
    for folder in sorted(outputs.iterdir()):
        if folder.is_symlink() or not folder.is_dir() or folder.name.endswith(TEMPORARY_SUFFIX):
            continue
        try:
            manifest = find_manifest(folder)
        except (CorruptCheckpointError, StorageError):
            continue
        if manifest is not None:
            yield folder, manifest


def find_resumable(outputs: Path, first_stage: int, now: datetime, as_of: date | None = None) -> Path | None:
    """Return the newest run, of a date if one is given, that has all checkpoints before ``first_stage``.

    A run that started after now, while a clock was fast, is returned only if there is no other.
    """
    needed = [stage.name for stage in STAGES if stage.number < first_stage]
    newest: tuple[bool, datetime, Path] | None = None
    for folder, manifest in list_runs(outputs):
        has_all = all(name in manifest.stages and manifest.stages[name].checkpoint for name in needed)
        found = (manifest.timestamp <= now + CLOCKS_DIFFER_BY, manifest.timestamp, folder)
        is_asked = as_of in (None, manifest.as_of)
        if has_all and is_asked and (newest is None or found[:2] > newest[:2]):
            newest = found
    return newest[-1] if newest else None


def find_newest(runs: list[tuple[Path, Manifest]]) -> Path | None:
    """Return the folder of the newest intact dataset for the latest date."""
    present = [(folder, manifest) for folder, manifest in runs if not describes_future(manifest)]
    present.sort(key=lambda run: (run[1].as_of, run[1].timestamp), reverse=True)
    return next((folder for folder, manifest in present if has_whole_dataset(folder, manifest)), None)


def find_ahead(outputs: Path, now: datetime) -> Path | None:
    """Return the folder of the last run that started after now, while a clock was fast, by its name."""
    names = (path.name for path in outputs.glob("*/") if OUR_NAME.match(path.name))
    return outputs / last if (last := max(names, default="")) > _last_name(now) else None


def find_earlier(outputs: Path, folder: Path, now: datetime) -> EarlierRun | None:
    """Return the newest other run with a journal of stage 2; None if its dataset was refused."""
    journals = sorted(outputs.glob(f"*/{JOURNAL_NAME}"), reverse=True)
    names = (path.parent for path in journals if path.parent.name <= _last_name(now))
    others = (path for path in names if OUR_NAME.match(path.name))
    newest = next((other for other in others if real_path(other) != real_path(folder)), None)
    manifest = read_run(newest) if newest is not None else None
    if newest is None or manifest is None or any(stage.is_doubted for stage in manifest.stages.values()):
        return None
    return EarlierRun(manifest.run_id, newest)


def read_run(folder: Path) -> Manifest | None:
    """Return the manifest of a run, recreated if needed, if readable."""
    try:
        return find_or_rebuild(folder).manifest
    except (CorruptCheckpointError, StorageError):
        return None


def describes_future(manifest: Manifest) -> bool:
    """Return whether a run described a future date: it never counts as the newest dataset."""
    return manifest.as_of > singapore_date(manifest.updated_at)


def name_of(now: datetime) -> str:
    """Return the name of the folder of a run that starts now."""
    return f"{now:%Y%m%d_%H%M%S}"


def _last_name(now: datetime) -> str:
    """Return the last possible name of the folder of a run that has started."""
    return name_of(now + CLOCKS_DIFFER_BY)
