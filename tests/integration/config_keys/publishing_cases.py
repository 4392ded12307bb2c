"""Keys that determine what is checked, whether it is published, and where.

``pipeline``, ``expected_…``, ``stages.stage3_merger``, ``output``, ``gates``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from mrt_pipeline.config.loading import load_settings
from mrt_pipeline.config.registry import all_sources
from mrt_pipeline.contracts.network import ExitAccess, Station, StepFree
from mrt_pipeline.network import network_evidence
from mrt_pipeline.orchestrator import PipelineOrchestrator
from mrt_pipeline.runtime.clock import singapore_date, utc_now
from mrt_pipeline.stages.checks.freshness import check_freshness
from mrt_pipeline.stages.stage3_merger import Stage3Merger
from tests.fakes.enrichment_sources import NO_CONFIG
from tests.fakes.network_builder import NOW, make_dataset, provenance
from tests.integration.config_keys.scene import POOR, Case, Changes, Look, Outputs, Run, Scene, has_file

GRAPH = ["mrt_transit_graph.json", "mrt_transit_graph.meta.json"]
UNCHECKED = {
    "stages.stage3_merger.validation.completeness_check": False,
    "stages.stage3_merger.validation.sanity_check": False,
}
"""lets losses reach the gate"""


def metadata(name: str) -> Look:
    """Return a function that looks up a field of the dataset's metadata."""
    return lambda scene, changes: scene.run(changes).load("stage3_final.json")["metadata"][name]


def miscounted(scene: Scene, changes: Changes) -> set[str]:
    """Return which counts differ from those expected, in a run made on the date itself."""
    return scene.once(_run_on_the_day, changes).checks & ALL_MISCOUNTED


def _run_on_the_day(scene: Scene, changes: Changes) -> Run:
    return scene.run_in(scene.place(), changes, day=singapore_date(utc_now()))


def finds(check: str, plant: Callable[[Outputs], Outputs]) -> Look:
    """Return a function that tells whether stage 3 finds a planted fault."""

    def look(scene: Scene, changes: Changes) -> bool:
        dataset = Stage3Merger(NO_CONFIG, scene.context(changes)).execute(plant(scene.outputs()))
        return check in {finding.check for finding in dataset.findings}

    return look


def files_published(scene: Scene, changes: Changes) -> list[str]:
    """Return the exports of a run."""
    return sorted(scene.run(changes).load("manifest.json")["outputs"].keys() - {"report.html"})


def folder_of_all_runs(scene: Scene, changes: Changes) -> str:
    """Return the folder of a run's folder."""
    run = scene.run(changes)
    return str(run.folder.parent.relative_to(run.place))


def name_of_the_folder(scene: Scene, changes: Changes) -> str:
    """Return how a run's folder is named."""
    name = scene.run(changes).folder.name
    return "its start" if name.startswith("20") else name


def runs_left_of_two(scene: Scene, changes: Changes) -> int:
    """Return how many runs are left after two."""
    place = scene.place_after(POOR)
    scene.run_in(place, changes)
    return len(list((place / "outputs").glob("2*")))


def publish_less(lose: Callable[[Outputs], Outputs], scene: Scene, changes: Changes) -> Run:
    """Return a run that merges its stages again after something was lost."""

    def merge_again(orchestrator: PipelineOrchestrator) -> str:
        orchestrator.run_stage3(*lose(scene.outputs()))
        return "published"

    return scene.carry_out(scene.place_after({}), changes, merge_again)


def without(lose: Callable[[Outputs], Outputs]) -> Look:
    """Return a function that tells whether a dataset that lacks something is published."""
    return lambda scene, changes: publish_less(lose, scene, changes).outcome


def lose_a_station(outputs: Outputs) -> Outputs:
    """Return the outputs without the last station."""
    return _with_stations(outputs, outputs[0].stations[:-1])


def lose_an_exit(outputs: Outputs) -> Outputs:
    """Return the outputs without the last exit of the last station."""
    *others, last = outputs[0].stations
    return _with_stations(outputs, (*others, last.model_copy(update={"exits": last.exits[:-1]})))


def lose_the_bus_stops(outputs: Outputs) -> Outputs:
    """Return the outputs without any bus stop."""
    stage1, stage2 = outputs
    enrichments = tuple(
        item.model_copy(
            update={"exits": tuple(found.model_copy(update={"bus_stops": ()}) for found in item.exits)}
        )
        for item in stage2.enrichments
    )
    return stage1, stage2.model_copy(update={"enrichments": enrichments})


def turned(scene: Scene, changes: Changes) -> str:
    """Return whether a dataset in which every exit has become step-free is published."""
    return turn_access(scene, changes).outcome


def turn_access(scene: Scene, changes: Changes) -> Run:
    """Return a run that published its dataset twice: no exit is step-free, then every exit is."""

    def publish_twice(orchestrator: PipelineOrchestrator) -> str:
        for answer in (StepFree.NO, StepFree.YES):
            orchestrator.run_stage3(*_say_step_free(scene.outputs(), answer))
        return "published"

    return scene.carry_out(scene.place_after({}), changes, publish_twice)


def _say_step_free(outputs: Outputs, answer: StepFree) -> Outputs:
    stage1, stage2 = outputs
    access = ExitAccess(step_free=answer, evidence={"record": (network_evidence("NS17"),)})
    enrichments = tuple(
        item.model_copy(
            update={"exits": tuple(found.model_copy(update={"access": access}) for found in item.exits)}
        )
        for item in stage2.enrichments
    )
    return stage1, stage2.model_copy(update={"enrichments": enrichments})


def lose_bus_records(outputs: Outputs) -> Outputs:
    """Return the outputs as if LTA had listed 5.1 % fewer bus stops, none of them near an exit."""
    stage1, stage2 = outputs
    read = stage2.provenance["lta-bus-stops"]
    fewer = read.model_copy(update={"records": round(read.records * 0.949)})
    return stage1, stage2.model_copy(update={"provenance": {**stage2.provenance, "lta-bus-stops": fewer}})


def move_an_exit_away(outputs: Outputs) -> Outputs:
    """Return the outputs with an exit of the last station some kilometres north of where it is."""
    *others, last = outputs[0].stations
    moved = last.exits[0].model_copy(update={"lat": last.exits[0].lat + 0.05})
    return _with_stations(outputs, (*others, last.model_copy(update={"exits": (moved, *last.exits[1:])})))


def make_a_tuple_a_list(outputs: Outputs) -> Outputs:
    """Return the outputs with a value whose type changes when it is read back from JSON."""
    *others, last = outputs[0].stations
    return _with_stations(outputs, (*others, last.model_copy(update={"lines": list(last.lines)})))


def _with_stations(outputs: Outputs, stations: tuple[Station, ...]) -> Outputs:
    """Return the outputs with only these stations."""
    stage1, stage2 = outputs
    kept = {found.exit_id for station in stations for found in station.exits}
    enrichments = tuple(
        item.model_copy(update={"exits": tuple(found for found in item.exits if found.exit_id in kept)})
        for item in stage2.enrichments
    )
    return (
        stage1.model_copy(update={"stations": stations}),
        stage2.model_copy(update={"enrichments": enrichments}),
    )


ALL_MISCOUNTED = {"expected-stations", "expected-lines"}
CHECKS = "stages.stage3_merger.validation"
DESCRIPTION = "Singapore MRT/LRT station data extraction and enrichment"

STAGE3_CASES = (
    Case("pipeline.name", "Ours", metadata("pipeline_name"), "MRT Data Pipeline", "Ours", POOR),
    Case("pipeline.version", "9.9", metadata("pipeline_version"), "2.0.0", "9.9", POOR),
    Case("pipeline.description", "A test", metadata("description"), DESCRIPTION, "A test", POOR),
    Case("expected_stations", 5, miscounted, set(), {"expected-stations"}, POOR),
    Case("expected_lines", 1, miscounted, set(), {"expected-lines"}, POOR),
    Case("stages.stage3_merger.enabled", False, has_file("stage3_final.json"), True, False, POOR),
    Case(f"{CHECKS}.schema_check", False, finds("schema-round-trip", make_a_tuple_a_list), True, False),
    Case(f"{CHECKS}.completeness_check", False, finds("station-missing", lose_a_station), True, False),
    Case(f"{CHECKS}.sanity_check", False, finds("exit-far-from-station", move_an_exit_away), True, False),
)
SOURCES = {spec.name for spec in all_sources()}


def old_sources(_scene: Scene, changes: Changes) -> set[str]:
    """Return which sources are old, if all were read 1,000 days ago."""
    read = {
        name: provenance(name, source_id=name, retrieved_at=NOW - timedelta(days=1_000)) for name in SOURCES
    }
    settings = load_settings(None, {}, changes)
    return {finding.source or "" for finding in check_freshness(make_dataset(provenance=read), settings)}


CASES = (
    *STAGE3_CASES,
    *(
        Case(f"sources.max_age_days.{it}", 2_000, old_sources, SOURCES, SOURCES - {it})
        for it in sorted(SOURCES)
    ),
    Case("output.directory", "elsewhere", folder_of_all_runs, "outputs", "elsewhere", POOR),
    Case("output.versioning", False, name_of_the_folder, "its start", "current", POOR),
    Case("output.keep_last_n_versions", 1, runs_left_of_two, 2, 1, POOR),
    Case("output.symlink_latest", False, has_file("../latest"), True, False, POOR),
    Case("output.formats", ["geojson"], files_published, GRAPH, ["exits.geojson"], POOR),
    Case("output.licences", "open", metadata("licences"), "all", "open", POOR),
    Case("gates.enabled", False, without(lose_a_station), "GateError", "published", UNCHECKED),
    Case("gates.max_stations_lost", 1, without(lose_a_station), "GateError", "published", UNCHECKED),
    Case("gates.max_exits_lost", 1, without(lose_an_exit), "GateError", "published", UNCHECKED),
    Case("gates.max_enriched_lost_share", 1.0, without(lose_the_bus_stops), "GateError", "published"),
    Case("gates.max_access_turned", 1000, turned, "GateError", "published"),
    Case("gates.max_records_lost_share", 0.06, without(lose_bus_records), "GateError", "published"),
)
