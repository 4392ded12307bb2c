from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.run import AttemptRecord, Manifest, RunStatus, StageStatus
from mrt_pipeline.lineage import (
    PUBLISHING,
    EventType,
    JobRun,
    Json,
    Marker,
    checkpoint_input,
    judge_checks,
    made_checkpoint,
    made_export,
    read_sources,
    run_event,
)
from mrt_pipeline.lineage.facets import SCHEMAS
from tests.fakes.manifests import START, make_manifest, make_stage_record
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    enrich_nothing,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_platform,
    make_stage1,
    make_stage2,
    make_station,
    open_stations,
    provenance,
)
from tests.fakes.openlineage_reader import FACET_KEYS, facet_classes, read_event

NAMESPACE = "mrt-data-pipeline"
MARKER = Marker("2.0.0")
STAGES = ("stage1_ingestion", "stage2_enrichment", "stage3_merger")
NS13, NS17, *_ = SMALL_NETWORK.codes


def _manifest(**changes: Any) -> Manifest:
    attempt = AttemptRecord(number=1, started_at=START, status=RunStatus.RUNNING, command="mrt-pipeline run")
    stages = {name: make_stage_record(name, name.encode()) for name in STAGES}
    return make_manifest(attempts=(attempt,), stages=stages, **changes)


def _run(step: str | None = None, **changes: Any) -> JobRun:
    facts: dict[str, Any] = {"run_id": "r", "attempt": 1, "namespace": NAMESPACE}
    return JobRun(**facts | ({} if step is None else {"step": step}) | changes)


def _event(kind: EventType = EventType.START, step: str | None = None, **facts: Any) -> Json:
    manifest = facts.pop("manifest", None) or _manifest()
    return run_event(kind, _run(step), manifest, facts.pop("time", START), **facts)


def _tags(facet: Json) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in facet["tags"]}


def _outputs() -> dict[str, Any]:
    found = make_exit(NS13).model_copy(
        update={"platforms": (make_platform(NS13, NS17),), "bus_stops": (make_bus_stop(make_exit(NS13)),)}
    )
    station = make_station(SMALL_NETWORK, "yishun", exits=(found, make_exit(NS13, "B")))
    return {
        "stage1_ingestion": make_stage1((station,)),
        "stage2_enrichment": make_stage2(*enrich_nothing((station,))),
        "stage3_merger": make_dataset(station),
    }


@pytest.mark.parametrize("step", [None, *STAGES, PUBLISHING])
@pytest.mark.parametrize("kind", list(EventType))
def test_every_event_of_every_step_is_one_that_the_client_knows(step: str | None, kind: EventType) -> None:
    record = _manifest().stages["stage1_ingestion"].checkpoint
    assert record is not None
    judgements = judge_checks((), {})
    made = [made_export("exits.geojson", "a" * 64, 7, make_dataset(), NAMESPACE, MARKER)]
    inputs = [
        checkpoint_input(record, NAMESPACE, MARKER, judgements),
        *read_sources([provenance(), provenance("lta-bus-stops")], MARKER),
    ]
    event = _event(
        kind,
        step,
        inputs=inputs,
        outputs=made,
        error="It failed.",
        tests=[judgement.as_test() for judgement in judgements],
    )
    read = read_event(event)
    assert read.eventType is not None
    assert read.eventType.value == kind.value
    assert read.run.runId == _run(step).id


@pytest.mark.parametrize("stage", STAGES)
def test_the_output_of_every_stage_is_a_dataset_that_the_client_knows(stage: str) -> None:
    record = _manifest().stages[stage].checkpoint
    assert record is not None
    made = made_checkpoint(stage, record, _outputs()[stage], NAMESPACE, MARKER)
    read_event(_event(EventType.COMPLETE, stage, outputs=[made]))
    assert made["name"] == record.file
    assert made["facets"]["version"]["datasetVersion"] == record.sha256
    assert made["facets"]["dataQualityMetrics"]["rowCount"] == 2
    assert made["outputFacets"]["outputStatistics"]["size"] == record.size_bytes
    assert _tags(made["facets"]["tags"]) == {"licence": "SODL-1.0"}


def test_each_facet_is_made_to_the_version_that_the_client_has() -> None:
    assert SCHEMAS.keys() == FACET_KEYS.keys()
    for name in SCHEMAS:
        assert MARKER.facet(name)["_schemaURL"] in facet_classes()


def test_a_stage_is_a_task_of_the_attempt_that_runs_it() -> None:
    event = _event(step="stage2_enrichment")
    assert event["job"]["name"] == "mrt_pipeline.stage2_enrichment"
    assert event["job"]["facets"]["jobType"]["jobType"] == "TASK"
    whole = _event()
    parent = event["run"]["facets"]["parent"]
    assert parent["run"]["runId"] == parent["root"]["run"]["runId"] == whole["run"]["runId"]
    assert parent["job"] == {"namespace": NAMESPACE, "name": "mrt_pipeline"}
    assert "parent" not in whole["run"]["facets"]


def test_the_nominal_time_of_a_run_is_the_day_that_it_describes_in_singapore() -> None:
    facet = _event(manifest=_manifest(as_of=date(2026, 7, 12)))["run"]["facets"]["nominalTime"]
    assert datetime.fromisoformat(facet["nominalStartTime"]) == datetime(2026, 7, 11, 16, tzinfo=UTC)
    assert datetime.fromisoformat(facet["nominalEndTime"]) == datetime(2026, 7, 12, 16, tzinfo=UTC)


def test_a_run_tells_which_attempt_it_is_and_why_a_stage_was_run() -> None:
    tags = _tags(_event(step="stage1_ingestion")["run"]["facets"]["tags"])
    assert tags == {
        "run_id": "20261123T081203Z-0badc0de",
        "attempt": "1",
        "as_of": "2026-11-23",
        "mode": "snapshot",
        "status": "completed",
        "reason": "asked for",
    }


def test_a_stage_that_stopped_at_its_budget_says_so_in_an_event_that_it_is_complete() -> None:
    record = make_stage_record("stage2_enrichment", b"", status=StageStatus.STOPPED_AT_BUDGET)
    manifest = _manifest().model_copy(update={"stages": {"stage2_enrichment": record}})
    event = _event(EventType.COMPLETE, "stage2_enrichment", manifest=manifest)
    assert _tags(event["run"]["facets"]["tags"])["status"] == "stopped_at_budget"


def test_a_job_tells_what_it_does_by_which_code_and_who_answers_for_it() -> None:
    event = _event(step="stage1_ingestion", manifest=_manifest(config={"contact": "me@example.org"}))
    read_event(event)
    facets = event["job"]["facets"]
    assert facets["documentation"]["description"]
    assert facets["sourceCodeLocation"]["version"] == "c" * 64
    assert facets["sourceCodeLocation"]["path"] == "mrt_pipeline/stages/stage1_ingestion.py"
    assert [owner["name"] for owner in facets["ownership"]["owners"]] == [
        "application:mrt-data-pipeline",
        "me@example.org",
    ]


def test_a_source_is_named_by_its_publishers_site_and_carries_its_licence_and_bytes() -> None:
    document = provenance(
        "lta-bus-stops", publisher="LTA", url="https://datamall.example/a/page?x=1", records=5200
    )
    [source] = read_sources([document], MARKER)
    facets = source["facets"]
    assert (source["namespace"], source["name"]) == ("https://datamall.example", "lta-bus-stops")
    assert facets["version"]["datasetVersion"] == document.sha256
    assert facets["dataSource"]["uri"] == document.url
    assert facets["ownership"]["owners"] == [{"name": "LTA", "type": "PUBLISHER"}]
    assert document.attribution in facets["documentation"]["description"]
    assert _tags(facets["tags"])["licence"] == "SODL-1.0"
    assert [field["name"] for field in facets["schema"]["fields"]][:2] == ["bus_stop_code", "road_name"]
    assert source["inputFacets"]["inputStatistics"]["rowCount"] == 5200


def _pages(*revisions: str) -> list[Any]:
    return [
        provenance(f"wiki:{page}@{revision}", source_id="fandom-wiki", sha256=revision * 64, records=3)
        for page, revision in enumerate(revisions)
    ]


def test_the_pages_of_a_wiki_are_one_source_whose_version_changes_with_any_of_them() -> None:
    [before], [after] = (read_sources(_pages(*revisions), MARKER) for revisions in ("ab", "ac"))
    statistics = before["inputFacets"]["inputStatistics"]
    assert (statistics["fileCount"], statistics["rowCount"]) == (2, 6)
    assert before["name"] == after["name"] == "fandom-wiki"
    assert before["facets"]["version"] != after["facets"]["version"]


@given(order=st.permutations(["a", "b", "c"]))
def test_the_order_in_which_documents_were_read_changes_nothing(order: list[str]) -> None:
    pages = {page.sha256[0]: page for page in _pages("a", "b", "c")}
    assert read_sources([pages[name] for name in order], MARKER) == read_sources(pages.values(), MARKER)


def test_a_column_tells_in_how_many_exits_it_is_empty() -> None:
    record = _manifest().stages["stage3_merger"].checkpoint
    assert record is not None
    made = made_checkpoint("stage3_merger", record, _outputs()["stage3_merger"], NAMESPACE, MARKER)
    columns = made["facets"]["dataQualityMetrics"]["columnMetrics"]
    assert columns["stations"] == {"count": 1, "nullCount": 0}
    assert columns["stations.exits"] == {"count": 2, "nullCount": 0}
    assert columns["stations.exits.bus_stops"] == {"count": 1, "nullCount": 1}
    assert columns["stations.exits.access.step_free"] == {"count": 0, "nullCount": 2}


@pytest.mark.parametrize("stage", STAGES)
def test_every_column_that_is_measured_is_in_the_schema(stage: str) -> None:
    record = _manifest().stages[stage].checkpoint
    assert record is not None
    facets = made_checkpoint(stage, record, _outputs()[stage], NAMESPACE, MARKER)["facets"]
    for column in facets["dataQualityMetrics"]["columnMetrics"]:
        fields = facets["schema"]["fields"]
        for part in column.split("."):
            below = next(field for field in fields if field["name"] == part)
            while below.get("fields") and below["fields"][0]["name"] == "_element":
                below = below["fields"][0]
            fields = below.get("fields", [])


def test_stations_without_exits_are_counted_as_empty() -> None:
    output = make_stage1(tuple(station.model_copy(update={"exits": ()}) for station in open_stations()))
    record = _manifest().stages["stage1_ingestion"].checkpoint
    assert record is not None
    made = made_checkpoint("stage1_ingestion", record, output, NAMESPACE, MARKER)
    columns = made["facets"]["dataQualityMetrics"]["columnMetrics"]
    assert columns["stations.exits"] == {"count": 0, "nullCount": 3}


@given(
    st.lists(
        st.builds(
            JobRun,
            run_id=st.sampled_from(["r", "s"]),
            attempt=st.integers(1, 3),
            namespace=st.sampled_from(["test", "live"]),
            step=st.sampled_from(STAGES),
        ),
        max_size=6,
    )
)
def test_two_runs_have_the_same_id_only_if_they_are_the_same_run(runs: list[JobRun]) -> None:
    assert len({run.id for run in runs}) == len(set(runs))


def test_the_time_of_an_event_keeps_its_zone() -> None:
    event = _event(time=START + timedelta(microseconds=1))
    assert event["eventTime"] == "2026-11-23T08:12:03.000001+00:00"
