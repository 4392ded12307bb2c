"""Messages about files that were changed, and about a manifest that contradicts its dataset."""

from __future__ import annotations

from collections.abc import Iterator

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.names import FINAL_STAGE
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest, RunStatus, StageRecord
from mrt_pipeline.runtime.checkpoints import CHANGED
from mrt_pipeline.runtime.integrity import AlteredFile, Fault

_SAID = {
    Fault.MISSING: "{path} is missing; expected sha256 {expected}",
    Fault.ALTERED: f"{{path}} {CHANGED}",
    Fault.CONTRADICTED: "{path} has the sha256 that its manifest gives ({expected}), and not the size or "
    "content_sha256: one of them was altered by hand",
    Fault.UNRECORDED: "{path} was written by an attempt that has not recorded it: the manifest knows sha256 "
    "{expected}, found {found}",
}


def describe_altered(altered: AlteredFile) -> str:
    """Return what is wrong with a file, without a full stop."""
    return _SAID[altered.fault].format(
        path=altered.path, expected=altered.expected_sha256, found=altered.found_sha256
    )


def report_altered(altered: AlteredFile, remedy: str) -> Finding:
    """Return the finding about a file that differs from the one written.

    Args:
        altered: the file.
        remedy: the command that makes it again.
    """
    is_open = altered.fault is Fault.UNRECORDED
    return finding_of(
        "file-not-recorded" if is_open else "file-altered",
        f"{describe_altered(altered)}. Recreate it with: {remedy}",
    )


def find_contradictions(dataset: Stage3Output, manifest: Manifest) -> Iterator[Finding]:
    """Yield each contradiction between a completed run's manifest and its dataset."""
    record = manifest.stages.get(FINAL_STAGE)
    if manifest.status is not RunStatus.COMPLETED or record is None:
        return
    exits = sum(len(station.exits) for station in dataset.stations)
    for name, said, found in (
        ("as_of", manifest.as_of, dataset.metadata.as_of),
        ("stations", _count(record, "stations"), len(dataset.stations)),
        ("exits", _count(record, "exits"), exits),
    ):
        if said not in (None, found):
            yield finding_of(
                "manifest-contradicts-dataset",
                f"manifest.json gives {name} as {said}, the dataset as {found}: one of them "
                "was altered by hand. Run again.",
            )


def _count(record: StageRecord, name: str) -> int | None:
    number = record.counts.get(name)
    return None if number is None else round(number)
