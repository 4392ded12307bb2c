"""Put the dataset's formats beside its checkpoint once every check has passed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mrt_pipeline.contracts.run import StageStatus
from mrt_pipeline.orchestrator.attempt import Attempt
from mrt_pipeline.orchestrator.stages import STAGES
from mrt_pipeline.runtime.files import read_bytes, sha256_of, write_bytes


def publish(attempt: Attempt, formats: Iterable[str]) -> None:
    """Write every configured format that is not there already as it was published."""
    final = attempt.manifest.stages.get(STAGES[-1].name)
    if final is None or final.status is not StageStatus.COMPLETED:
        return
    from mrt_pipeline.exports import EXPORTERS

    wanted = {EXPORTERS[name].file_name: EXPORTERS[name] for name in formats}
    published = attempt.manifest.outputs
    if final.reused and all(_is_intact(attempt.folder / name, published.get(name)) for name in wanted):
        return
    written = {}
    for name, exporter in wanted.items():
        content = exporter.render(attempt.output(3))
        write_bytes(attempt.folder / name, content)
        written[name] = sha256_of(content)
    attempt.record(outputs=written)


def _is_intact(path: Path, sha256: str | None) -> bool:
    try:
        return sha256 is not None and sha256_of(read_bytes(path)) == sha256
    except FileNotFoundError:
        return False
