"""Send a run's alerts through the configured channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import RunStatus, StageStatus
from mrt_pipeline.errors import ConfigError, MrtPipelineError
from mrt_pipeline.orchestrator.attempt import Attempt
from mrt_pipeline.orchestrator.best_effort import best_effort
from mrt_pipeline.orchestrator.live_manifest import RunSession
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.stage_specs import BY_STATION, FINAL
from mrt_pipeline.runtime.reporting import Reporter

if TYPE_CHECKING:
    from mrt_pipeline.orchestrator.alerts.message import Alert
    from mrt_pipeline.orchestrator.alerts.run_alerts import AlertContext
    from mrt_pipeline.runtime.run_log import RunLog


class Alerting:
    """Raises the alerts of one attempt through the configured channels."""

    def __init__(
        self,
        config: PipelineConfig,
        request: RunRequest,
        run_id: str,
        reporter: Reporter,
        now: Callable[[], datetime],
    ) -> None:
        """Start without folder and log; ``attach`` adds them.

        Raises:
            ConfigError: if a channel lacks its URL; all of them are named.
        """
        self._config = config
        self._request = request
        self._run_id = run_id
        self._reporter = reporter
        self._now = now
        self._session: RunSession | None = None
        self._log: RunLog | None = None
        if faults := find_missing_urls(config):
            raise ConfigError("An alert channel needs its URL:", tuple(faults))

    def attach(self, session: RunSession, log: RunLog) -> None:
        """Take the folder and log of the run, once they exist."""
        self._session = session
        self._log = log

    def failed(self, error: MrtPipelineError) -> None:
        """Alert that the attempt ended with an error."""
        self._try(lambda: self._tell_failure(error))

    def ended(self, attempt: Attempt) -> None:
        """Alert about an attempt that ended without an error, if anyone should know."""
        self._try(lambda: self._tell_endings(attempt))

    def _try(self, action: Callable[[], None]) -> None:
        """Alert if enabled; the run is over, and nothing, not even a signal, changes how it ended."""
        if self._config.settings.alerting.enabled:
            best_effort(action, "Not all alerts of this run could be created", self._reporter, self._log)

    def _tell_failure(self, error: MrtPipelineError) -> None:
        from mrt_pipeline.orchestrator.alerts.run_alerts import alert_of_failure

        self._send(alert_of_failure(error, self._context_of_alerts()))

    def _tell_endings(self, attempt: Attempt) -> None:
        for alert in self._find_endings(attempt):
            self._send(alert)

    def _find_endings(self, attempt: Attempt) -> Iterator[Alert | None]:
        from mrt_pipeline.orchestrator.alerts import run_alerts

        context = self._context_of_alerts()
        if (findings := attempt.findings.get(BY_STATION.number)) is not None:
            yield run_alerts.alert_of_sources(findings, context)
        if attempt.manifest.status is RunStatus.STOPPED_AT_BUDGET:
            yield run_alerts.alert_of_budget(context)
        if attempt.manifest.status is RunStatus.COMPLETED:
            yield run_alerts.alert_of_coverage(context)
            yield run_alerts.alert_of_recovery(self._find_published(attempt), attempt.baseline, context)

    def _find_published(self, attempt: Attempt) -> Stage3Output | None:
        final = attempt.manifest.stages.get(FINAL.name)
        is_asked_for = self._request.last_stage == FINAL.number
        if not is_asked_for or final is None or final.status is not StageStatus.COMPLETED:
            return None
        dataset: Stage3Output = attempt.output(FINAL.number)
        return dataset

    def _context_of_alerts(self) -> AlertContext:
        from mrt_pipeline.orchestrator.alerts.run_alerts import AlertContext

        session = self._session
        return AlertContext(
            settings=self._config.settings,
            config_path=self._config.path,
            request=self._request,
            run_id=self._run_id if session is None else session.manifest.run_id,
            now=self._now(),
            folder=None if session is None else session.folder,
            manifest=None if session is None else session.manifest,
        )

    def _send(self, alert: Alert | None) -> None:
        if alert is None:
            return
        from mrt_pipeline.orchestrator.alerts.channels import Outlets, send_alert

        outlets = Outlets(
            section=self._config.settings.alerting,
            secrets=self._config.secrets(),
            notify=self._reporter.warn,
            folder=None if self._session is None else self._session.folder,
            log=self._log,
        )
        send_alert(alert, outlets)


def find_missing_urls(config: PipelineConfig) -> list[str]:
    """Return a sentence for each configured channel whose URL is not set."""
    section = config.settings.alerting
    if not section.enabled:
        return []
    from mrt_pipeline.orchestrator.alerts.channels import missing_urls

    return missing_urls(section, config.secrets())
