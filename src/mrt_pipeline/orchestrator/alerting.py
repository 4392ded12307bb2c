"""Tell what becomes of a run; telling it never changes how the run ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest, RunStatus, StageStatus
from mrt_pipeline.errors import ConfigError, MrtPipelineError
from mrt_pipeline.orchestrator.attempt import Attempt
from mrt_pipeline.orchestrator.occasions import (
    ENRICHMENT,
    FINAL_STAGE,
    Occasion,
    tell_budget,
    tell_coverage,
    tell_failure,
    tell_recovery,
    tell_sources,
)
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.session import RunSession
from mrt_pipeline.runtime.alerts import Alert, Outlets, missing_urls, send_alert
from mrt_pipeline.runtime.reporting import Reporter

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


class Alerting:
    """Raises the alerts of one attempt, through the channels that are configured."""

    def __init__(
        self,
        config: PipelineConfig,
        request: RunRequest,
        run_id: str,
        reporter: Reporter,
        now: Callable[[], datetime],
    ) -> None:
        """Begin with no folder and no log; ``attach`` adds them.

        Raises:
            ConfigError: if a channel lacks its URL; all of them are named.
        """
        self._settings = config.settings
        self._secrets = config.secrets()
        self._request = request
        self._run_id = run_id
        self._reporter = reporter
        self._now = now
        self._session: RunSession | None = None
        self._log: FilteringBoundLogger | None = None
        if faults := missing_urls(config.settings.alerting, self._secrets):
            raise ConfigError("An alert channel needs its URL:", tuple(faults))

    def attach(self, session: RunSession, log: FilteringBoundLogger) -> None:
        """Take the folder and log of the run, once it has them."""
        self._session = session
        self._log = log

    def failed(self, error: MrtPipelineError) -> None:
        """Tell that the attempt ended with an error."""
        if self._settings.alerting.enabled:
            self._send(tell_failure(error, self._occasion()))

    def ended(self, attempt: Attempt, status: RunStatus) -> None:
        """Tell what a person should know of an attempt that ended without an error."""
        if not self._settings.alerting.enabled:
            return
        try:
            for alert in self._find_endings(attempt, status):
                self._send(alert)
        except MrtPipelineError as error:  # e.g. another run's manifest cannot be read
            self._reporter.warn(f"Not all alerts of this run could be made: {error}")

    def _find_endings(self, attempt: Attempt, status: RunStatus) -> Iterator[Alert | None]:
        occasion = self._occasion()
        if ENRICHMENT in attempt.manifest.attempts[-1].stages_run:
            yield tell_sources(attempt.output(2), occasion)
        if status is RunStatus.STOPPED_AT_BUDGET:
            yield tell_budget(occasion)
        if status is RunStatus.COMPLETED:
            yield tell_coverage(occasion)
            yield tell_recovery(self._published(attempt), attempt.baseline, occasion)

    def _published(self, attempt: Attempt) -> Stage3Output | None:
        final = attempt.manifest.stages.get(FINAL_STAGE)
        if self._request.last_stage < 3 or final is None or final.status is not StageStatus.COMPLETED:
            return None
        dataset: Stage3Output = attempt.output(3)
        return dataset

    def _occasion(self) -> Occasion:
        manifest: Manifest | None = None if self._session is None else self._session.manifest
        return Occasion(
            settings=self._settings,
            request=self._request,
            run_id=self._run_id if manifest is None else manifest.run_id,
            now=self._now(),
            folder=None if self._session is None else self._session.folder,
            manifest=manifest,
        )

    def _send(self, alert: Alert | None) -> None:
        if alert is None:
            return
        outlets = Outlets(
            section=self._settings.alerting,
            secrets=self._secrets,
            tell=self._reporter.warn,
            folder=None if self._session is None else self._session.folder,
            log=self._log,
        )
        send_alert(alert, outlets)
