"""Materialize partitions in this process, and print Dagster's records of each run as one JSON object.

``python in_dagster.py`` is run in an empty folder, with the interpreter of an environment that has Dagster.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from mrt_pipeline.integrations.dagster import PREFIX, defs

DAY = "2026-10-01"
PIPELINE = "MRT_PIPELINE__"


def main() -> None:
    """Print one JSON object: name of a case to its result."""
    stage3, publishing = "stage3_merger", "publishing"
    with dg.DagsterInstance.ephemeral() as instance:
        cases = {
            "whole": materialize(instance, {}),
            "another format": materialize(instance, {"OUTPUT__FORMATS": '["geojson"]'}, publishing),
            "stale": materialize(instance, {"OUTPUT__LICENCES": "open"}, publishing),
            "losses": materialize(instance, {"OUTPUT__LICENCES": "open"}, stage3, publishing),
            "switched off": materialize(
                instance, {"STAGES__STAGE3_MERGER__VALIDATION__SANITY_CHECK": "false"}, stage3
            ),
            "refused": materialize(instance, {"EXPECTED_STATIONS": "200", "OUTPUT__DIRECTORY": "refused"}),
            "misconfigured": materialize(instance, {"MODE": "nonsense", "OUTPUT__DIRECTORY": "wrong"}),
            "interrupted": interrupt(instance),
            "tick": tick(instance),
        }
    json.dump(cases, sys.stdout)


def materialize(instance: Any, variables: Mapping[str, str], *names: str) -> dict[str, Any]:
    """Materialize the partition of a date with settings of the pipeline; all assets, or those named."""
    with _environment(variables):
        done = defs.resolve_job_def("quarter").execute_in_process(
            partition_key=DAY,
            instance=instance,
            raise_on_error=False,
            asset_selection=[dg.AssetKey([PREFIX, name]) for name in names] or None,
        )
    found: dict[str, Any] = {"success": done.success, "assets": {}, "checks": {}, "failures": {}}
    for event in done.all_events:
        _keep(event, found)
    return found


def interrupt(instance: Any) -> dict[str, Any]:
    """Send this process a signal, as Dagster does to end a run, when stage 2 opens its journal."""
    sys.addaudithook(_send_signal_once)
    return materialize(instance, {"OUTPUT__DIRECTORY": "interrupted"})


def _send_signal_once(event: str, arguments: tuple[Any, ...], sent: list[bool] = []) -> None:  # noqa: B006
    if event == "sqlite3.connect" and "stage2_journal" in str(arguments[0]) and not sent:
        sent.append(True)
        os.kill(os.getpid(), signal.SIGINT)


def _keep(event: Any, found: dict[str, Any]) -> None:
    data = event.event_specific_data
    if event.event_type_value == "ASSET_MATERIALIZATION":
        made = data.materialization
        found["assets"][made.asset_key.path[-1]] = {
            "partition": made.partition,
            "version": made.tags["dagster/data_version"],
            "metadata": _plain(made.metadata),
        }
    elif event.event_type_value == "ASSET_CHECK_EVALUATION":
        found["checks"][data.check_name] = {
            "passed": data.passed,
            "severity": data.severity.value,
            "description": data.description,
            "metadata": _plain(data.metadata),
        }
    elif event.event_type_value == "STEP_FAILURE":
        told = data.user_failure_data
        sentence = told.description if told is not None else data.error.message
        found["failures"][event.step_key] = [sentence, _plain(told.metadata) if told is not None else {}]


def tick(instance: Any) -> dict[str, Any]:
    """Return what the schedule does when a quarter begins."""
    schedule = defs.resolve_schedule_def("each_quarter")
    began = datetime(2027, 1, 1, tzinfo=ZoneInfo("Asia/Singapore"))
    context = dg.build_schedule_context(instance, scheduled_execution_time=began)
    requests = schedule.evaluate_tick(context).run_requests
    return {
        "cron": [schedule.cron_schedule, schedule.execution_timezone],
        "partitions": [request.partition_key for request in requests],
    }


def _plain(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry.value for name, entry in metadata.items()}


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update({PIPELINE + name: value for name, value in variables.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


if __name__ == "__main__":
    main()
