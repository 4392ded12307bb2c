from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.outputs import Stage1Output, Stage2Output, Stage3Output
from mrt_pipeline.errors import StageInputError, StageOutputError
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.files import to_json
from mrt_pipeline.runtime.output_files import read_output
from mrt_pipeline.stages.stage3_merger import Stage3Merger, check_dataset
from tests.fakes.network_builder import (
    NOW,
    enrich_nothing,
    make_dataset,
    make_enrichment,
    make_stage1,
    make_stage2,
    make_station,
    open_stations,
)

DAY = date(2026, 11, 23)
STATIONS = open_stations(load_network(), DAY)
NO_SOURCES: Any = None
NO_CONFIG: Any = None
"""stage 3 reads no source, and takes its settings from the context"""


def _settings(**groups: bool) -> Settings:
    return Settings.model_validate({"stages": {"stage3_merger": {"validation": groups}}})


def _merger(settings: Settings | None = None, as_of: date = DAY) -> Stage3Merger:
    context = RunContext(settings=settings or Settings(), as_of=as_of, access=NO_SOURCES, now=lambda: NOW)
    return Stage3Merger(NO_CONFIG, context)


def _inputs(**changes: Any) -> tuple[Stage1Output, Stage2Output]:
    stage2 = make_stage2(*enrich_nothing(STATIONS), as_of=DAY)
    return make_stage1(STATIONS, DAY).model_copy(update=changes), stage2


def _error(number: int = 0) -> Finding:
    return Finding(check=f"check-{number}", severity=Severity.ERROR, message=f"Found {number}.")


def test_the_real_network_passes_all_checks_and_has_184_stations() -> None:
    merger, inputs = _merger(), _inputs()
    merger.validate_input(inputs)
    output = merger.execute(inputs)
    merger.validate_output(output)
    assert len(output.stations) == 184
    assert output.metadata.stage_name == merger.stage_name == "stage3_merger"
    assert output.metadata.generated_at == NOW


def test_findings_of_all_stages_are_united_each_once() -> None:
    notes = [Finding(check=name, severity=Severity.INFO, message="Found.") for name in ("a", "b", "c")]
    enrichments = enrich_nothing(STATIONS)
    noted = enrichments[0].model_copy(update={"findings": (notes[2], notes[0])})
    stage1, stage2 = _inputs(findings=(notes[0],))
    stage2 = stage2.model_copy(update={"findings": (notes[1],), "enrichments": (noted, *enrichments[1:])})
    found = _merger(_settings(completeness_check=False)).execute((stage1, stage2)).findings
    assert list(found) == [notes[0], notes[1], notes[2]]


@pytest.mark.parametrize(("checked", "errors"), [(True, ["feature-without-exit"]), (False, [])])
def test_a_feature_without_its_exit_is_found_by_the_completeness_check(
    checked: bool, errors: list[str]
) -> None:
    features = make_stage1(STATIONS, DAY).features
    lost = features[0].model_copy(update={"exit_id": "nowhere-nsl-A"})
    output = _merger(_settings(completeness_check=checked)).execute(_inputs(features=(*features, lost)))
    assert [item.check for item in output.findings if item.severity is Severity.ERROR] == errors


def test_future_stations_stand_apart_from_those_in_operation() -> None:
    future = make_station(load_network(), "marina-south", DAY)
    merger = _merger()
    output = merger.execute(_inputs(future_stations=(future,)))
    merger.validate_output(output)
    assert output.future_stations == (future,)
    assert "marina-south" not in {station.slug for station in output.stations}


@pytest.mark.parametrize(
    ("group", "check"),
    [
        ("schema_check", "schema-invalid"),
        ("completeness_check", "station-not-open"),
        ("sanity_check", "position-outside-singapore"),
    ],
)
def test_each_group_of_checks_finds_its_own_and_can_be_switched_off(group: str, check: str) -> None:
    faulty = STATIONS[0].model_copy(update={"lat": 91.0, "slug": "atlantis"})
    output = {"stations": (faulty, *STATIONS[1:])}
    others = {name: False for name in ("schema_check", "completeness_check", "sanity_check") if name != group}
    with_it = {item.check for item in _merger(_settings(**others)).execute(_inputs(**output)).findings}
    without = _merger(_settings(**others, **{group: False})).execute(_inputs(**output)).findings
    assert check in with_it
    assert {item.check for item in without} <= {"exit-not-enriched", "enrichment-of-unknown-exit"}


def test_a_dataset_with_faulty_fields_is_not_checked_further() -> None:
    """The other checks would stumble over a latitude that is a word."""
    faulty = STATIONS[0].model_copy(update={"lat": "north"})
    dataset = make_dataset(as_of=DAY).model_copy(update={"stations": (faulty,)})
    assert [finding.check for finding in check_dataset(dataset, Settings())] == ["schema-invalid"]


def test_a_dataset_of_another_day_is_counted_by_the_network_table_of_that_day() -> None:
    day = date(2026, 7, 11)
    dataset = make_dataset(*open_stations(load_network(), day), as_of=day)
    found = {finding.check for finding in check_dataset(dataset, Settings(), today=DAY)}
    assert len(dataset.stations) == 181
    assert found == {"expected-counts-of-another-day", "field-coverage", "source-old"}


def test_the_same_inputs_give_the_same_bytes_of_stations() -> None:
    one, other = (_merger().execute(_inputs()) for _ in range(2))
    assert to_json(one) == to_json(other)


@pytest.mark.parametrize(
    "inputs",
    [(make_stage1(STATIONS), make_stage2(as_of=DAY)), (make_stage1(STATIONS, DAY), make_stage2())],
)
def test_an_input_of_another_day_is_refused(inputs: tuple[Stage1Output, Stage2Output]) -> None:
    with pytest.raises(StageInputError, match="describes 2026-01-05, this run 2026-11-23"):
        _merger().validate_input(inputs)


def test_an_input_without_any_station_is_refused() -> None:
    with pytest.raises(StageInputError, match="no station in operation; expected at least one"):
        _merger().validate_input(_inputs(stations=()))


@pytest.mark.parametrize("severity", [Severity.INFO, Severity.WARNING])
def test_findings_short_of_an_error_do_not_keep_a_dataset_back(severity: Severity) -> None:
    _merger().validate_output(make_dataset(findings=(_error().model_copy(update={"severity": severity}),)))


@pytest.mark.parametrize(("errors", "last_line"), [(2, "  - check-1: Found 1."), (23, "  - and 3 more")])
def test_a_dataset_with_errors_is_refused_and_they_are_listed(errors: int, last_line: str) -> None:
    output = make_dataset(findings=tuple(map(_error, range(errors))))
    with pytest.raises(StageOutputError, match=f"validation found {errors} errors") as caught:
        _merger().validate_output(output)
    assert "  - check-0: Found 0." in str(caught.value)
    assert str(caught.value).splitlines()[-1].startswith(last_line)


def test_an_error_of_an_earlier_stage_keeps_the_dataset_back_too() -> None:
    stage2 = make_stage2(*enrich_nothing(STATIONS), make_enrichment("x", findings=(_error(7),)), as_of=DAY)
    output = _merger().execute((make_stage1(STATIONS, DAY), stage2))
    with pytest.raises(StageOutputError, match="check-7"):
        _merger().validate_output(output)


def test_the_checkpoint_is_the_final_file_and_reads_back(tmp_path: Path) -> None:
    path = _merger().save_checkpoint(make_dataset(), tmp_path)
    assert path == tmp_path / "stage3_final.json"
    assert read_output(Stage3Output, path.read_bytes()) == make_dataset()
    assert json.loads(path.read_bytes())["metadata"]["as_of"] == "2026-01-05"
