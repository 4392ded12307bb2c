from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.outputs import StageOutput
from mrt_pipeline.contracts.run import PublicationRecord, RunStatus, StageStatus
from mrt_pipeline.lineage import run_events
from mrt_pipeline.lineage.events import run_uuid
from mrt_pipeline.lineage.facets import FACETS, Json, make_facets
from mrt_pipeline.orchestrator.stage_specs import stage_named
from tests.fakes.lineage import (
    NAMESPACE,
    STAGES,
    ending_of,
    events_of,
    make_attempt,
    sources_of,
    tags_of,
    two_exits,
    types_of,
    whole_run,
)
from tests.fakes.manifests import START, make_manifest, make_stage_record
from tests.fakes.network_builder import make_stage1, open_stations, provenance
from tests.fakes.openlineage_reader import FACET_KEYS, facet_classes, read_event

STEPS = (*STAGES, "publishing")
LATER = START + timedelta(seconds=9)


def _made(stage: str, output: StageOutput | None = None) -> Json:
    """Return the checkpoint of a stage as it is told."""
    outputs = {**two_exits(), **({} if output is None else {stage: output})}
    [made] = ending_of(events_of(whole_run(outputs)), stage)["outputs"]
    return dict(made)


@pytest.mark.parametrize("status", list(RunStatus))
@pytest.mark.parametrize("is_done", [True, False])
def test_every_event_of_every_step_is_one_that_the_client_knows(status: RunStatus, is_done: bool) -> None:
    manifest = whole_run(attempts=(make_attempt(*STAGES, status=status, error="It failed."),))
    if not is_done:
        records = {
            name: record.model_copy(update={"status": StageStatus.RUNNING})
            for name, record in manifest.stages.items()
        }
        begun = PublicationRecord(attempt=1, started_at=START)
        manifest = manifest.model_copy(update={"stages": records, "publication": begun})
    events = events_of(manifest)
    assert len(events) == 2 * (len(STEPS) + 1)
    for event in events:
        assert read_event(event).run.runId == event["run"]["runId"]


def test_a_whole_run_is_reported_step_by_step() -> None:
    steps = [(kind, step) for step in STEPS for kind in ("START", "COMPLETE")]
    assert types_of(events_of(whole_run())) == [
        ("START", "mrt_pipeline"),
        *steps,
        ("COMPLETE", "mrt_pipeline"),
    ]


@pytest.mark.parametrize("stage", STAGES)
def test_the_output_of_every_stage_is_reported_as_its_manifest_has_it(stage: str) -> None:
    record = whole_run().stages[stage].checkpoint
    assert record is not None
    made = _made(stage)
    assert made["name"] == record.file
    assert made["facets"]["version"]["datasetVersion"] == record.sha256
    assert made["facets"]["dataQualityMetrics"]["rowCount"] == 2
    assert made["outputFacets"]["outputStatistics"]["size"] == record.size_bytes
    assert tags_of(made["facets"]["tags"]) == {"licence": "SODL-1.0"}


def test_a_published_file_is_reported_with_its_rows_bytes_and_licences() -> None:
    [made] = ending_of(events_of(whole_run()), "publishing")["outputs"]
    statistics = made["outputFacets"]["outputStatistics"]
    assert (statistics["rowCount"], statistics["size"]) == (2, 7)
    assert made["facets"]["version"]["datasetVersion"] == "a" * 64
    assert tags_of(made["facets"]["tags"]) == {"licence": "SODL-1.0"}


def test_what_was_checked_is_reported_of_the_stage_and_of_the_dataset_that_is_published() -> None:
    finding = Finding(check="station-missing", severity=Severity.WARNING, message="NS13 is not there.")
    events = events_of(whole_run(), [finding])
    tests = {test["name"]: test for test in ending_of(events, STAGES[2])["run"]["facets"]["test"]["tests"]}
    assert tests["station-missing"]["status"] == "fail"
    assert tests["bus-stop-too-far"]["status"] == "pass"
    [dataset] = ending_of(events, "publishing")["inputs"]
    assertions = dataset["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert [one["assertion"] for one in assertions if not one["success"]] == ["station-missing"]
    assert "test" not in ending_of(events, STAGES[1])["run"]["facets"]


@pytest.mark.parametrize(
    ("findings", "has_validated"), [(None, True), ((), False)], ids=["unknown", "of an attempt before"]
)
def test_checks_that_this_attempt_did_not_make_are_not_reported(findings: Any, has_validated: bool) -> None:
    manifest = whole_run(attempts=(make_attempt(*STAGES, has_validated=has_validated),))
    assert "test" not in ending_of(events_of(manifest, findings), STAGES[2])["run"]["facets"]


def test_each_facet_is_made_to_the_version_that_the_client_has() -> None:
    named = {schema: name for facets in FACETS.values() for name, (schema, _) in facets.items()}
    assert named == FACET_KEYS
    for kind, facets in FACETS.items():
        for facet in make_facets(kind, "2.0.0", **{name: {} for name in facets}).values():
            assert facet["_schemaURL"] in facet_classes()


def test_a_stage_is_a_task_of_the_attempt_that_runs_it() -> None:
    events = events_of(whole_run())
    event, whole = ending_of(events, "stage2_enrichment"), events[-1]
    assert event["job"]["name"] == "mrt_pipeline.stage2_enrichment"
    assert event["job"]["facets"]["jobType"]["jobType"] == "TASK"
    parent = event["run"]["facets"]["parent"]
    assert parent["run"]["runId"] == parent["root"]["run"]["runId"] == whole["run"]["runId"]
    assert parent["job"] == {"namespace": NAMESPACE, "name": "mrt_pipeline"}
    assert "parent" not in whole["run"]["facets"]


def test_the_nominal_time_of_a_run_is_the_day_that_it_describes_in_singapore() -> None:
    facet = events_of(whole_run(as_of=date(2026, 7, 12)))[0]["run"]["facets"]["nominalTime"]
    assert datetime.fromisoformat(facet["nominalStartTime"]) == datetime(2026, 7, 11, 16, tzinfo=UTC)
    assert datetime.fromisoformat(facet["nominalEndTime"]) == datetime(2026, 7, 12, 16, tzinfo=UTC)


def test_a_run_tells_which_attempt_it_is_and_why_a_stage_was_run() -> None:
    events = events_of(whole_run())
    tags = tags_of(ending_of(events, "stage1_ingestion")["run"]["facets"]["tags"])
    assert tags == {
        "run_id": "20261123T081203Z-0badc0de",
        "attempt": "1",
        "as_of": "2026-11-23",
        "mode": "snapshot",
        "status": "completed",
        "reason": "requested",
    }
    assert {
        tags_of(event["run"]["facets"]["tags"])["status"] for event in events if event["eventType"] == "START"
    } == {"running"}


def test_a_stage_names_the_run_whose_finished_stations_it_took_over() -> None:
    record = make_stage_record("stage2_enrichment", b"", taken_over={"20261122T081203Z-0badc0de": 184})
    events = events_of(
        make_manifest(attempts=(make_attempt("stage2_enrichment"),), stages={"stage2_enrichment": record})
    )
    tags = tags_of(ending_of(events, "stage2_enrichment")["run"]["facets"]["tags"])
    assert tags["taken_over_from"] == "20261122T081203Z-0badc0de"


def test_a_stage_that_stopped_at_its_budget_says_so_in_an_event_that_it_is_complete() -> None:
    record = make_stage_record("stage2_enrichment", b"", status=StageStatus.STOPPED_AT_BUDGET)
    attempt = make_attempt("stage2_enrichment", status=RunStatus.STOPPED_AT_BUDGET)
    event = ending_of(
        events_of(make_manifest(attempts=(attempt,), stages={"stage2_enrichment": record})),
        "stage2_enrichment",
    )
    assert event["eventType"] == "COMPLETE"
    assert tags_of(event["run"]["facets"]["tags"])["status"] == "stopped_at_budget"


def test_a_job_gives_its_description_its_code_and_its_owner() -> None:
    event = ending_of(events_of(whole_run(config={"contact": "me@example.org"})), "stage1_ingestion")
    read_event(event)
    facets = event["job"]["facets"]
    assert facets["documentation"]["description"]
    assert facets["sourceCodeLocation"]["version"] == "c" * 64
    assert facets["sourceCodeLocation"]["path"] == "mrt_pipeline/stages/stage1_ingestion.py"
    assert facets["ownership"]["owners"] == [
        {"name": "application:mrt-data-pipeline", "type": "MAINTAINER"},
        {"name": "me@example.org", "type": "CONTACT"},
    ]


def test_a_source_is_named_by_its_publishers_site_and_carries_its_licence_and_bytes() -> None:
    document = provenance(
        "lta-bus-stops", publisher="LTA", url="https://datamall.example/a/page?x=1", records=5200
    )
    [source] = sources_of(document)
    facets = source["facets"]
    assert (source["namespace"], source["name"]) == ("https://datamall.example", "lta-bus-stops")
    assert facets["version"]["datasetVersion"] == document.sha256
    assert facets["dataSource"]["uri"] == document.url
    assert facets["ownership"]["owners"] == [{"name": "LTA", "type": "PUBLISHER"}]
    assert document.attribution in facets["documentation"]["description"]
    assert tags_of(facets["tags"])["licence"] == "SODL-1.0"
    assert [field["name"] for field in facets["schema"]["fields"]][:2] == ["bus_stop_code", "road_name"]
    assert source["inputFacets"]["inputStatistics"]["rowCount"] == 5200


def _pages(*revisions: str) -> list[Any]:
    return [
        provenance(f"wiki:{page}@{revision}", source_id="fandom-wiki", sha256=revision * 64, records=3)
        for page, revision in enumerate(revisions)
    ]


def test_the_pages_of_a_wiki_are_one_source_whose_version_changes_with_any_of_them() -> None:
    [before], [after] = (sources_of(*_pages(*revisions)) for revisions in ("ab", "ac"))
    statistics = before["inputFacets"]["inputStatistics"]
    assert (statistics["fileCount"], statistics["rowCount"]) == (2, 6)
    assert before["name"] == after["name"] == "fandom-wiki"
    assert before["facets"]["version"] != after["facets"]["version"]


@given(order=st.permutations(["a", "b", "c"]))
def test_the_order_in_which_documents_were_read_changes_nothing(order: list[str]) -> None:
    pages = {page.sha256[0]: page for page in _pages("a", "b", "c")}
    assert sources_of(*(pages[name] for name in order)) == sources_of(*pages.values())


def test_a_stage_is_reported_with_the_sources_that_it_read_and_no_others() -> None:
    manifest = whole_run(sources={name: provenance(name) for name in ("lta-bus-stops", "lta-station-exits")})
    records = {
        name: record.model_copy(update={"sources": (source,)})
        for (name, record), source in zip(
            manifest.stages.items(), ("lta-station-exits", "lta-bus-stops", "lta-bus-stops"), strict=True
        )
    }
    events = events_of(manifest.model_copy(update={"stages": records}))
    read = {
        step: [dataset["name"] for dataset in ending_of(events, step)["inputs"] if "." not in dataset["name"]]
        for step in STAGES
    }
    assert list(read.values()) == [["lta-station-exits"], ["lta-bus-stops"], []]


def test_a_column_tells_in_how_many_exits_it_is_empty() -> None:
    columns = _made("stage3_merger")["facets"]["dataQualityMetrics"]["columnMetrics"]
    assert columns["stations"] == {"count": 1, "nullCount": 0}
    assert columns["stations.exits"] == {"count": 2, "nullCount": 0}
    assert columns["stations.exits.bus_stops"] == {"count": 1, "nullCount": 1}
    assert columns["stations.exits.access.step_free"] == {"count": 0, "nullCount": 2}


@pytest.mark.parametrize("stage", STAGES)
def test_every_column_that_is_measured_is_in_the_schema(stage: str) -> None:
    facets = _made(stage)["facets"]
    for column in facets["dataQualityMetrics"]["columnMetrics"]:
        fields = facets["schema"]["fields"]
        for part in column.split("."):
            below = next(field for field in fields if field["name"] == part)
            while below.get("fields") and below["fields"][0]["name"] == "_element":
                below = below["fields"][0]
            fields = below.get("fields", [])


def test_stations_without_exits_are_counted_as_empty() -> None:
    output = make_stage1(tuple(station.model_copy(update={"exits": ()}) for station in open_stations()))
    columns = _made("stage1_ingestion", output)["facets"]["dataQualityMetrics"]["columnMetrics"]
    assert columns["stations.exits"] == {"count": 0, "nullCount": 3}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["test", "live"]),
            st.sampled_from(["r", "s"]),
            st.integers(1, 3),
            st.sampled_from(STAGES),
        ),
        max_size=6,
    )
)
def test_two_runs_have_the_same_id_only_if_they_are_the_same_run(
    runs: list[tuple[str, str, int, str]],
) -> None:
    assert len({run_uuid(*run) for run in runs}) == len(set(runs))


def test_a_step_is_reported_at_the_times_that_the_manifest_has() -> None:
    began = START + timedelta(microseconds=1)
    record = make_stage_record(
        "stage1_ingestion",
        b"",
        started_at=began,
        seconds=2.5,
        **stage_named("stage1_ingestion").figures_of(two_exits()["stage1_ingestion"]),
    )
    attempt = make_attempt("stage1_ingestion", ended_at=LATER)
    events = events_of(make_manifest(attempts=(attempt,), stages={"stage1_ingestion": record}))
    assert [event["eventTime"] for event in events] == [
        "2026-11-23T08:12:03+00:00",
        "2026-11-23T08:12:03.000001+00:00",
        "2026-11-23T08:12:05.500001+00:00",
        "2026-11-23T08:12:12+00:00",
    ]


def test_what_an_older_manifest_does_not_say_is_left_out() -> None:
    stages = {name: make_stage_record(name, b"") for name in STAGES}
    manifest = make_manifest(attempts=(make_attempt(*STAGES),), stages=stages)
    events = run_events(manifest, manifest, NAMESPACE)
    for event in events:
        read_event(event)
    [made] = ending_of(events, STAGES[0])["outputs"]
    assert "rowCount" not in made["outputFacets"]["outputStatistics"]
