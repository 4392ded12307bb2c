"""Report what an attempt read and made as OpenLineage events, however it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.config.paths import home_folder
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.names import VALIDATION_NAME
from mrt_pipeline.history.details import read_findings
from mrt_pipeline.lineage import LINEAGE_NAME, append_events, run_events, send_events, without_paths
from mrt_pipeline.orchestrator.best_effort import best_effort
from mrt_pipeline.orchestrator.live_manifest import RunSession
from mrt_pipeline.runtime.files import real_path
from mrt_pipeline.runtime.integrity import is_whole
from mrt_pipeline.runtime.reporting import Reporter
from mrt_pipeline.secrecy import SECRETS

if TYPE_CHECKING:
    from mrt_pipeline.runtime.run_log import RunLog


def report_lineage(
    config: PipelineConfig, session: RunSession, log: RunLog, reporter: Reporter, now: Callable[[], datetime]
) -> None:
    """Report on an attempt that has ended; no error and no signal in doing so changes how it ended."""
    if config.settings.lineage.enabled:
        loss = "Not all lineage of this run is reported"
        best_effort(lambda: _tell(config, session, log, reporter, now), loss, reporter, log)


def _tell(
    config: PipelineConfig, session: RunSession, log: RunLog, reporter: Reporter, now: Callable[[], datetime]
) -> None:
    section, folder = config.settings.lineage, session.folder
    known = (folder.absolute(), real_path(folder), Path.cwd(), home_folder() or folder.absolute())
    events = run_events(
        session.attempted,
        session.stood,
        section.namespace,
        _findings_of(session),
        # secrets first: with slashes removed they would not be recognised
        hide=lambda error: without_paths(SECRETS.redact(error), known),
    )
    events = SECRETS.redacted(events)
    if section.transport == "file":
        append_events(folder / LINEAGE_NAME, events)
    elif fault := send_events(events, folder / LINEAGE_NAME, section, config.secrets(), now):
        reporter.warn(fault)
        log.warning("lineage", fault=fault)


def _findings_of(session: RunSession) -> list[Finding] | None:
    """Return the findings about the dataset, if known to be as they were written."""
    if not is_whole(session.folder, session.manifest, VALIDATION_NAME):
        return None
    return list(read_findings(session.folder))
