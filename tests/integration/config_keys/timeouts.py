"""Keys that set how long to wait for a server, each with a client of a silent server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import SecretStr

from mrt_pipeline.config import Secrets
from mrt_pipeline.config.settings import LoggingSection
from mrt_pipeline.contracts.run import RunStatus
from mrt_pipeline.errors import FetchError, ModelCallError
from mrt_pipeline.orchestrator.alerts.channels import Outlets, send_alert
from mrt_pipeline.orchestrator.alerts.message import Alert, Trigger
from mrt_pipeline.orchestrator.lineage import report_lineage
from mrt_pipeline.orchestrator.live_manifest import RunSession
from mrt_pipeline.runtime.run_log import open_run_log
from tests.fakes.enrichment_sources import SeenReporter
from tests.fakes.manifests import START, make_manifest
from tests.integration.config_keys.model_cases import IN_HASTE, ask_model
from tests.integration.config_keys.scene import Changes, Scene
from tests.integration.config_keys.source_cases import READ

Ask = Callable[[Scene, Changes, str], bool]
"""queries the server at a URL, and returns whether its answer was waited for"""

ALERT = Alert(
    pipeline="MRT Data Pipeline",
    run_id="20261123T081203Z-0badc0de",
    raised_at=datetime(2026, 11, 23, 8, 12, 3, tzinfo=UTC),
    level="critical",
    trigger=Trigger.STAGE_FAILED,
    cause="a test",
    safe="everything",
    host="a-host",
)


def service(api: str) -> Ask:
    """Return a function that queries a publisher."""

    def ask(scene: Scene, changes: Changes, url: str) -> bool:
        client = scene.access({**changes, f"apis.{api}.base_url": url}).http(api)
        try:
            client.get("a-document", url)
        except FetchError:
            return False
        return True

    return ask


def model(scene: Scene, changes: Changes, url: str) -> bool:
    """Ask the model."""
    try:
        ask_model(scene, {**IN_HASTE, **changes, "apis.openrouter.base_url": url})
    except ModelCallError as error:
        return not error.timed_out
    return True


def webhook(scene: Scene, changes: Changes, url: str) -> bool:
    """Send an alert."""
    place = scene.place()
    on = {"alerting.enabled": True, "alerting.on_failure": ["webhook"]}
    section = scene.config({**on, **changes}, place).settings.alerting
    secrets = Secrets(mrt_pipeline_alert_webhook_url=SecretStr(url))
    return not send_alert(ALERT, Outlets(section, secrets, lambda _: None, place))


def lineage(scene: Scene, changes: Changes, url: str) -> bool:
    """Report a run that starts and ends."""
    place, console = scene.place(), SeenReporter()
    config = scene.config({"lineage.transport": "http", "lineage.url": url, **changes}, place)
    session = RunSession(place, make_manifest(), lambda: START)
    session.begin("mrt-pipeline run")
    with open_run_log(place, LoggingSection(), run_id="r") as log:
        session.end(RunStatus.COMPLETED)
        report_lineage(config, session, log, console, lambda: START)
    return not console.warnings


TIMEOUTS: dict[str, Ask] = {
    **{f"apis.{api}.timeout": service(api) for api in READ},
    "apis.openrouter.timeout": model,
    "alerting.timeout_seconds": webhook,
    "lineage.timeout_seconds": lineage,
}
