"""Keys that determine how a run is reported: ``logging``, ``alerting``, ``lineage``."""

from __future__ import annotations

import re

from tests.fakes.http_server import LoopbackServer, Reply
from tests.integration.config_keys.publishing_cases import UNCHECKED, lose_a_station, publish_less
from tests.integration.config_keys.scene import (
    POOR,
    Case,
    Changes,
    Look,
    Scene,
    has_file,
    names_looked_up,
    run_anew,
)

TO_FILE = {"alerting.enabled": True, "alerting.on_failure": ["file"]}
LOW = {"platforms", "platform_codes", "bus_stops", "access", "step_free", "landmarks"}
"""the fields with an alert by default if nothing is enriched"""
CONTENT = {f"alerting.coverage_min.{field}": 0.0 for field in sorted(LOW)}
SOURCE_FAILS = {"stages.stage1_ingestion.expected_exits.min": 800}
STAGE_FAILS = {"stages.stage1_ingestion.enabled": False}
STOPS = {"stages.stage2_enrichment.daily_timeout_minutes": 1e-9}
BY_HTTP = {**POOR, "lineage.transport": "http"}


def logged(scene: Scene, changes: Changes) -> set[str]:
    """Return the levels of the lines in a run's log."""
    return {line["level"] for line in scene.run(changes).load_lines("run.log.jsonl")}


def log_files(scene: Scene, changes: Changes) -> list[str]:
    """Return the names of a run's logs."""
    return sorted(path.name for path in scene.run(changes).folder.glob("run.log*"))


def alerts(scene: Scene, changes: Changes) -> dict[str, str]:
    """Return the triggers of a run's alerts, with their levels."""
    return scene.run(changes).alerts


def places_of_alerts(scene: Scene, changes: Changes) -> set[str]:
    """Return where the alerts of a run are found."""
    run = scene.run(changes)
    is_logged = any(line["event"] == "alert" for line in run.load_lines("run.log.jsonl"))
    return {name for name, is_there in (("log", is_logged), ("file", bool(run.alerts))) if is_there}


def alerts_of_a_loss(scene: Scene, changes: Changes) -> dict[str, str]:
    """Return the alerts of a run that has lost a station."""
    return publish_less(lose_a_station, scene, changes).alerts


def alerts_after_a_failure(scene: Scene, changes: Changes) -> dict[str, str]:
    """Return the alerts of a run after one that failed."""
    place = scene.place()
    scene.run_in(place, {**changes, **SOURCE_FAILS})
    return scene.run_in(place, changes).alerts


def fields_too_poor(scene: Scene, changes: Changes) -> set[str]:
    """Return the fields whose coverage raises an alert."""
    [alert] = scene.run(changes).load("alerts.json")
    return set(re.findall(r"coverage_min\.(\w+)", alert["cause"]))


def where_events_go(scene: Scene, changes: Changes) -> set[str]:
    """Return where the events of a run arrive."""
    with LoopbackServer(lambda _: Reply(201)) as server:
        run = scene.run_in(scene.place(), {**changes, "lineage.url": server.url})
    is_kept = run.has("lineage.jsonl")
    return {name for name, is_there in (("file", is_kept), ("server", bool(server.requests))) if is_there}


def namespaces(scene: Scene, changes: Changes) -> set[str]:
    """Return the namespaces of the jobs that a run's events are about."""
    return {event["job"]["namespace"] for event in scene.run(changes).load_lines("lineage.jsonl")}


def _coverage(field: str, changed: float) -> Case:
    """Return the case for a minimum share."""
    then = LOW | {field} if changed else LOW - {field}
    return Case(f"alerting.coverage_min.{field}", changed, fields_too_poor, LOW, then, {**TO_FILE, **POOR})


def _trigger(name: str, changed: str | None, look: Look, default: str, given: Changes) -> Case:
    """Return the case for a trigger, in a run in which only it is raised."""
    return Case(
        f"alerting.triggers.{name}",
        changed,
        look,
        {name: default},
        {name: changed} if changed else {},
        {**TO_FILE, **CONTENT, **given},
    )


ALERTING_CASES = (
    Case("alerting.enabled", True, places_of_alerts, set(), {"log"}, POOR),
    Case(
        "alerting.on_failure",
        ["file"],
        places_of_alerts,
        {"log"},
        {"file"},
        {**POOR, "alerting.enabled": True},
    ),
    Case("alerting.min_level", "error", alerts, {"coverage_low": "warning"}, {}, {**TO_FILE, **POOR}),
    _trigger("source_down", "info", alerts, "error", SOURCE_FAILS),
    _trigger("stage_failed", None, alerts, "critical", STAGE_FAILS),
    _trigger("gate_failed", "info", alerts_of_a_loss, "error", UNCHECKED),
    _trigger("coverage_low", "info", alerts, "warning", {**POOR, "alerting.coverage_min.access": 1.0}),
    _trigger("budget_reached", "critical", alerts, "info", STOPS),
    _trigger("recovered", "warning", alerts_after_a_failure, "info", POOR),
    _coverage("platforms", 0.0),
    _coverage("platform_codes", 0.0),
    _coverage("bus_stops", 0.0),
    _coverage("access", 0.0),
    _coverage("step_free", 0.0),
    _coverage("landmarks", 0.0),
)
CASES = (
    Case("logging.level", "WARNING", logged, {"info", "warning"}, {"warning"}, POOR),
    Case("logging.format", "plain", log_files, ["run.log.jsonl"], ["run.log"], POOR),
    *ALERTING_CASES,
    Case("lineage.enabled", False, has_file("lineage.jsonl"), True, False, POOR),
    Case("lineage.transport", "http", where_events_go, {"file"}, {"server"}, POOR),
    Case(
        "lineage.url", "http://events.example", names_looked_up(run_anew), set(), {"events.example"}, BY_HTTP
    ),
    Case("lineage.namespace", "ours", namespaces, {"mrt-data-pipeline"}, {"ours"}, POOR),
)
