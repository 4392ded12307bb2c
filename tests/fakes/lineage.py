"""A complete run as its manifest describes it, and the events reported about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.outputs import StageOutput
from mrt_pipeline.contracts.run import AttemptRecord, Manifest, PublicationRecord, RunStatus
from mrt_pipeline.lineage import run_events
from mrt_pipeline.lineage.facets import Json
from mrt_pipeline.orchestrator.stage_specs import stage_named
from tests.fakes.manifests import START, make_manifest, make_stage_record
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    enrich_nothing,
    links_to,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_stage1,
    make_stage2,
    make_station,
    station_platform,
)

NAMESPACE = "mrt-data-pipeline"
STAGES = ("stage1_ingestion", "stage2_enrichment", "stage3_merger")
NS13, NS17, *_ = SMALL_NETWORK.codes


@cache
def two_exits() -> dict[str, StageOutput]:
    """Return the outputs of all stages for a station with two exits, one of which has enriched values."""
    platform = station_platform(NS13, NS17)
    found = make_exit(NS13).model_copy(
        update={"platforms": links_to(platform), "bus_stops": (make_bus_stop(make_exit(NS13)),)}
    )
    exits = (found, make_exit(NS13, "B"))
    station = make_station(SMALL_NETWORK, "yishun", exits=exits, platforms=(platform,))
    return {
        "stage1_ingestion": make_stage1((station,)),
        "stage2_enrichment": make_stage2(*enrich_nothing((station,))),
        "stage3_merger": make_dataset(station),
    }


def make_attempt(*stages: str, **changes: Any) -> AttemptRecord:
    """Return a completed attempt that ran the given stages."""
    facts: dict[str, Any] = {
        "number": 1,
        "started_at": START,
        "ended_at": START + timedelta(seconds=9),
        "status": RunStatus.COMPLETED,
        "command": "mrt-pipeline run",
        "stages_run": stages,
        "has_validated": True,
    }
    return AttemptRecord(**facts | changes)


def whole_run(outputs: dict[str, StageOutput] | None = None, **changes: Any) -> Manifest:
    """Return the manifest of a run that made the given outputs and published the last one."""
    made = outputs or two_exits()
    stages = {
        name: make_stage_record(name, name.encode(), started_at=START, **stage_named(name).figures_of(output))
        for name, output in made.items()
    }
    facts: dict[str, Any] = {
        "attempts": (make_attempt(*made),),
        "stages": stages,
        "sources": {key: read for output in made.values() for key, read in output.provenance.items()},
        "publication": PublicationRecord(
            attempt=1, started_at=START, ended_at=START, sizes={"exits.geojson": 7}
        ),
        "outputs": {"exits.geojson": "a" * 64},
    }
    return make_manifest(**facts | changes)


def reading(*documents: Provenance) -> Manifest:
    """Return the manifest of a run whose first stage read the given documents."""
    ids = tuple({document.source_id for document in documents})
    record = make_stage_record("stage1_ingestion", b"", started_at=START, sources=ids)
    return make_manifest(
        attempts=(make_attempt("stage1_ingestion"),),
        stages={"stage1_ingestion": record},
        sources={document.document_id: document for document in documents},
    )


def events_of(manifest: Manifest, findings: Sequence[Finding] | None = (), **facts: Any) -> list[Json]:
    """Return the events of a run without earlier state."""
    return run_events(manifest, make_manifest(), NAMESPACE, findings, **facts)


def types_of(events: Sequence[Json]) -> list[tuple[str, str]]:
    """Return each event's type and the step it is about."""
    return [(event["eventType"], event["job"]["name"].rpartition(".")[2]) for event in events]


def ending_of(events: Sequence[Json], step: str) -> Json:
    """Return the event that ended a step."""
    return next(event for event in reversed(events) if event["job"]["name"].endswith(step))


def sources_of(*documents: Provenance) -> list[Json]:
    """Return the sources reported for a stage that read the given documents."""
    inputs: list[Json] = ending_of(events_of(reading(*documents)), "stage1_ingestion")["inputs"]
    return inputs


def tags_of(facet: Json) -> dict[str, str]:
    """Return tags by their keys."""
    return {tag["key"]: tag["value"] for tag in facet["tags"]}
