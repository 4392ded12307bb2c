"""What the stages are declared to be."""

from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.contracts.outputs import EnrichmentStatus, StageOutput, StationEnrichment
from mrt_pipeline.contracts.run import StageStatus
from mrt_pipeline.errors import StageInputError
from mrt_pipeline.orchestrator.stage_specs import BY_STATION, FINAL, STAGES
from mrt_pipeline.stages.stage1_ingestion import Stage1Ingestion
from mrt_pipeline.stages.stage2_enrichment import Stage2Enrichment
from mrt_pipeline.stages.stage3_merger import Stage3Merger
from tests.fakes.enrichment_sources import make_context
from tests.fakes.network_builder import (
    enrich_nothing,
    make_dataset,
    make_stage1,
    make_stage2,
)

STAGE1, STAGE2 = make_stage1(), make_stage2(*enrich_nothing(make_stage1().stations))
AT_BUDGET = make_stage2(StationEnrichment(slug="yishun", status=EnrichmentStatus.PENDING))
OUTPUTS: dict[int, StageOutput] = {1: STAGE1, 2: STAGE2, 3: make_dataset()}


@pytest.mark.parametrize(
    ("stage", "made_by"),
    list(zip(STAGES, (Stage1Ingestion, Stage2Enrichment, Stage3Merger), strict=True)),
)
def test_a_stage_is_declared_as_it_is(stage: Any, made_by: Any) -> None:
    runner = made_by(None, make_context())
    assert (stage.name, STAGES.index(stage) + 1) == (runner.stage_name, stage.number)
    assert isinstance(OUTPUTS[stage.number], stage.kind)
    assert (runner.usage is not None) == stage.works_by_station


def test_a_stage_works_on_the_outputs_of_those_before_it() -> None:
    given = [stage.input_of(OUTPUTS.__getitem__) for stage in STAGES]
    assert given == [None, STAGE1, (STAGE1, STAGE2)]


def test_no_dataset_is_made_while_stations_are_to_be_done() -> None:
    with pytest.raises(StageInputError, match="has 1 station unfinished"):
        FINAL.input_of({**OUTPUTS, 2: AT_BUDGET}.__getitem__)


def test_a_stage_that_left_stations_has_stopped_at_its_budget() -> None:
    assert BY_STATION.status_of(AT_BUDGET) is StageStatus.STOPPED_AT_BUDGET
    assert BY_STATION.status_of(STAGE2) is StageStatus.COMPLETED


def test_where_stations_are_not_enriched_something_stands_in_for_it() -> None:
    stands_in = {stage.number for stage in STAGES if stage.output_if_disabled is not None}
    assert stands_in == {BY_STATION.number}
    assert BY_STATION.output_if_disabled is not None
    output = BY_STATION.output_if_disabled(OUTPUTS.__getitem__, make_context())
    assert isinstance(output, BY_STATION.kind)
