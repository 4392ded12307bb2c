"""What whole runs tell as OpenLineage events, in the file and to a server."""

from __future__ import annotations

import hashlib
import json
import socket
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Workplace, load
from tests.fakes.http_server import LoopbackServer, Reply
from tests.fakes.openlineage_reader import read_event

pytestmark = pytest.mark.slow

STEPS = ["stage1_ingestion", "stage2_enrichment", "stage3_merger", "publishing"]
NAMESPACE = "mrt-data-pipeline"
TO_A_SERVER = "MRT_PIPELINE__LINEAGE__"


def _events(run: Path) -> list[Any]:
    return [json.loads(line) for line in (run / "lineage.jsonl").read_bytes().splitlines()]


def _told(events: list[Any]) -> list[tuple[str, str]]:
    return [(event["eventType"], event["job"]["name"].rpartition(".")[2]) for event in events]


def _ending_of(events: list[Any], step: str) -> Any:
    return next(
        event
        for event in reversed(events)
        if event["job"]["name"].endswith(step)
        if event["eventType"] != "START"
    )


def _whole_run() -> list[tuple[str, str]]:
    steps = [(kind, step) for step in STEPS for kind in ("START", "COMPLETE")]
    return [("START", "mrt_pipeline"), *steps, ("COMPLETE", "mrt_pipeline")]


def test_a_run_tells_each_step_as_the_client_would(finished: Workplace) -> None:
    events = _events(finished.latest)
    assert _told(events) == _whole_run()
    for event in events:
        read_event(event)


def test_every_run_begins_once_and_ends_once(finished: Workplace) -> None:
    runs = Counter(
        (event["run"]["runId"], event["eventType"] == "START") for event in _events(finished.latest)
    )
    assert set(runs.values()) == {1}
    assert len(runs) == 2 * (len(STEPS) + 1)


def test_lineage_reveals_nothing_about_the_machine(finished: Workplace) -> None:
    told = (finished.latest / "lineage.jsonl").read_text()
    for secret in (
        str(finished.folder),
        str(Path.home()),
        socket.gethostname(),
        str(Path(__file__).parents[2]),
    ):
        assert secret not in told


def test_stages_hang_together_by_the_versions_of_what_they_read_and_made(finished: Workplace) -> None:
    events = _events(finished.latest)
    made: dict[str, str] = {}
    for step in STEPS:
        ending = _ending_of(events, step)
        for dataset in ending["inputs"]:
            if dataset["namespace"] == NAMESPACE:
                assert dataset["facets"]["version"]["datasetVersion"] == made[dataset["name"]]
        for dataset in ending["outputs"]:
            content = (finished.latest / dataset["name"]).read_bytes()
            made[dataset["name"]] = hashlib.sha256(content).hexdigest()
            assert dataset["facets"]["version"]["datasetVersion"] == made[dataset["name"]]
            assert dataset["outputFacets"]["outputStatistics"]["size"] == len(content)
    manifest = load(finished.latest / "manifest.json")
    assert made.keys() == {*manifest["checkpoints"].values(), *manifest["outputs"]}


def test_the_sources_are_those_of_the_manifest(finished: Workplace) -> None:
    sources = load(finished.latest / "manifest.json")["sources"]
    told = {
        dataset["name"]: dataset
        for step in STEPS
        for dataset in _ending_of(_events(finished.latest), step)["inputs"]
        if dataset["namespace"] != NAMESPACE
    }
    assert told.keys() == sources.keys()
    for name, source in sources.items():
        assert told[name]["facets"]["version"]["datasetVersion"] == source["sha256"]
        assert told[name]["inputFacets"]["inputStatistics"]["rowCount"] == source["records"]


def test_the_quality_of_the_dataset_is_that_of_its_validation(finished: Workplace) -> None:
    validation = load(finished.latest / "validation.json")
    events = _events(finished.latest)
    [dataset] = _ending_of(events, "stage3_merger")["outputs"]
    columns = dataset["facets"]["dataQualityMetrics"]["columnMetrics"]
    coverage = validation["coverage"]["bus_stops"]
    empty = coverage["total"] - coverage["filled"]
    assert columns["stations"]["count"] == validation["stations"]
    assert columns["stations.exits.bus_stops"] == {"count": coverage["filled"], "nullCount": empty}
    [published] = _ending_of(events, "publishing")["inputs"]
    assertions = published["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert all(one["success"] for one in assertions if one["severity"] == "error")


def test_a_run_that_fails_its_checks_tells_which_and_publishes_nothing(place: Workplace) -> None:
    result = place.with_variables(MRT_PIPELINE__EXPECTED_STATIONS="1").call("run")
    assert result.returncode == 1
    [run] = place.runs
    events = _events(run)
    assert _told(events)[-2:] == [("FAIL", "stage3_merger"), ("FAIL", "mrt_pipeline")]
    facets = events[-2]["run"]["facets"]
    assert "expected_stations" in facets["errorMessage"]["message"]
    failed = [test["name"] for test in facets["test"]["tests"] if test["status"] == "fail"]
    assert "expected-stations" in failed
    assert str(place.folder) not in (run / "lineage.jsonl").read_text()
    for event in events:
        read_event(event)


def test_what_is_reused_is_not_reported_again(after_a_run: Workplace) -> None:
    before = _events(after_a_run.latest)
    assert after_a_run.call("run", "--skip-existing").returncode == 0
    events = _events(after_a_run.latest)
    assert events[: len(before)] == before
    assert _told(events[len(before) :]) == [("START", "mrt_pipeline"), ("COMPLETE", "mrt_pipeline")]


def test_without_lineage_there_is_no_file(place: Workplace) -> None:
    result = place.with_variables(MRT_PIPELINE__LINEAGE__ENABLED="false").call("run", "--stage", "1")
    assert result.returncode == 0
    assert not list(place.outputs.glob("*/lineage.jsonl"))


def _to(url: str) -> dict[str, str]:
    return {
        f"{TO_A_SERVER}TRANSPORT": "http",
        f"{TO_A_SERVER}URL": url,
        f"{TO_A_SERVER}TIMEOUT_SECONDS": "30",
    }


def test_a_server_gets_every_event_and_the_key(place: Workplace) -> None:
    with LoopbackServer(lambda _: Reply(201)) as server:
        variables = {**_to(server.url), "MRT_PIPELINE_LINEAGE_API_KEY": "s3cret-key"}
        result = place.with_variables(**variables).call("run")
    assert result.returncode == 0, result.stderr
    events = [json.loads(request.body) for request in server.requests]
    assert _told(events) == _whole_run()
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer s3cret-key"}
    [run] = place.runs
    assert not (run / "lineage.jsonl").exists()
    assert all("s3cret-key" not in path.read_text() for path in run.glob("*.json*"))


@pytest.mark.parametrize("status", [None, 403])
def test_a_server_that_is_down_or_refuses_fails_no_run_and_loses_no_event(
    place: Workplace, status: int | None
) -> None:
    with LoopbackServer(lambda _: Reply(status or 500)) as server:
        url = server.url if status else "http://127.0.0.1:9"  # the port named discard, where nobody listens
        result = place.with_variables(**_to(url)).call("run")
    assert result.returncode == 0, result.stderr
    assert "10 lineage events did not reach the server" in result.stderr.replace("\n", " ")
    [run] = place.runs
    assert _told(_events(run)) == _whole_run()
    assert "Traceback" not in result.stderr


def test_a_server_that_sends_on_elsewhere_is_not_followed_and_loses_no_event(place: Workplace) -> None:
    with (
        LoopbackServer(lambda _: Reply(201)) as elsewhere,
        LoopbackServer(lambda _: Reply(307, headers={"Location": elsewhere.url})) as server,
    ):
        result = place.with_variables(**_to(server.url)).call("run")
    assert result.returncode == 0, result.stderr
    assert "10 lineage events did not reach the server" in result.stderr.replace("\n", " ")
    assert "Traceback" not in result.stderr
    assert elsewhere.requests == []
    [run] = place.runs
    assert _told(_events(run)) == _whole_run()
    assert "is not sent on" in (run / "run.log.jsonl").read_text()


WITH_A_BUG = """
import mrt_pipeline.orchestrator.lineage as lineage

lineage.run_events = lambda *_, **__: 1 / 0
from mrt_pipeline.cli import main

main()
"""


def test_a_bug_in_lineage_fails_no_run(place: Workplace) -> None:
    result = place.call("run", program=(sys.executable, "-c", WITH_A_BUG))
    assert result.returncode == 0, result.stderr
    told = "Not all lineage of this run is reported: an unexpected ZeroDivisionError"
    assert told in result.stderr.replace("\n", " ")
    assert "Traceback" not in result.stderr
    assert load(place.latest / "manifest.json")["status"] == "completed"
    assert "ZeroDivisionError" in (place.latest / "run.log.jsonl").read_text()


def test_a_server_without_an_address_is_a_fault_of_the_configuration(place: Workplace) -> None:
    result = place.with_variables(**{f"{TO_A_SERVER}TRANSPORT": "http"}).call("run")
    assert result.returncode == 2
    assert "requires a url, such as http://localhost:5000" in result.stderr.replace("\n", " ")
