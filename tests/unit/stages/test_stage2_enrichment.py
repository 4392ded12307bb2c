from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.names import REJECTED_NAME
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import EnrichmentStatus, SourceUse, Stage1Output, Stage2Output
from mrt_pipeline.errors import SourceFormatError, StageInputError, StageOutputError
from mrt_pipeline.runtime.output_files import read_output
from mrt_pipeline.stages.enrichment.registry import OpenedSources
from mrt_pipeline.stages.stage2_enrichment import Stage2Enrichment, hoist_provenance, without_enrichment
from tests.fakes.enrichment_sources import (
    NO_CONFIG,
    LandmarkSource,
    SeenReporter,
    SurveyingLandmarkSource,
    make_context,
    make_stage,
)
from tests.fakes.network_builder import (
    NOW,
    make_enrichment,
    make_stage1,
    make_stage2,
    open_stations,
    provenance,
)

STATIONS = open_stations()


def _execute(*sources: LandmarkSource, reporter: SeenReporter | None = None, **options: Any) -> Stage2Output:
    return make_stage(make_context(reporter=reporter), *sources, **options).execute(make_stage1())


def test_every_station_of_stage_1_is_enriched_in_its_order() -> None:
    output = _execute(LandmarkSource())
    assert [item.slug for item in output.enrichments] == [station.slug for station in STATIONS]
    assert [found.exit_id for item in output.enrichments for found in item.exits] == [
        found.exit_id for station in STATIONS for found in station.exits
    ]
    assert {item.status for item in output.enrichments} == {EnrichmentStatus.DONE}
    assert output.metadata.stage_name == make_stage(make_context()).stage_name == "stage2_enrichment"
    assert output.metadata.generated_at == NOW


def test_a_source_that_is_skipped_is_in_the_output_with_its_reason() -> None:
    reason = "no recorded copy; set apis.fandom.mode to live to use this source"
    output = _execute(LandmarkSource(), passed_over={"fandom_wiki": reason})
    assert output.sources == (
        SourceUse(source="network", used=True, reason="asked about every station"),
        SourceUse(source="fandom_wiki", used=False, reason=reason),
    )


def test_what_a_source_finds_that_concerns_no_single_station_is_reported() -> None:
    class Remarking(LandmarkSource):
        @property
        def findings(self) -> tuple[Finding, ...]:
            remark = Finding(check="letter-without-direction", severity=Severity.WARNING, message="Look.")
            return (remark,) if self.prepared else ()

    reporter = SeenReporter()
    output = _execute(Remarking(), LandmarkSource("lta_datamall"), reporter=reporter)
    assert [finding.message for finding in output.findings] == ["Look."]
    assert reporter.warnings == ["Look."]


@pytest.mark.parametrize(("check", "told"), [("wiki-page-blank", ["look"]), ("sources-disagree", [])])
def test_only_findings_about_single_stations_that_need_a_look_are_reported_at_once(
    check: str, told: list[str]
) -> None:
    class Noticing(LandmarkSource):
        def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
            finding = Finding(check=check, severity=Severity.WARNING, message="look", slug=station.slug)
            claims = super().claims_for(station, earlier)
            return claims.model_copy(update={"findings": (finding,) * (station is STATIONS[0])})

    reporter = SeenReporter()
    make_stage(make_context(reporter=reporter), Noticing()).execute(make_stage1(STATIONS))
    assert reporter.warnings == told


def test_many_findings_of_one_kind_are_reported_with_their_number_and_where_all_of_them_are(
    tmp_path: Path,
) -> None:
    findings = tuple(
        Finding(check="record-repeated", severity=Severity.WARNING, message=f"value[{number}] stands twice.")
        for number in range(30_863)
    )
    opened = OpenedSources((LandmarkSource(),), {}, is_remote=False, findings=findings)
    context = make_context(tmp_path, reporter=(reporter := SeenReporter()))
    output = Stage2Enrichment(NO_CONFIG, context, lambda _context: opened).execute(make_stage1())
    assert len(output.findings) == len(findings)
    assert reporter.warnings == [
        *(f"value[{number}] stands twice." for number in range(5)),
        "record-repeated: and 30858 more, 30863 in total. Full list: findings in "
        f"{tmp_path / 'stage2_enrichment.json'}",
    ]


def test_without_any_source_the_stage_says_so_and_does_not_fail() -> None:
    output = _execute(passed_over={"network": "not today"})
    assert [(finding.check, finding.severity) for finding in output.findings] == [
        ("no-source-used", Severity.WARNING)
    ]
    make_stage(make_context()).validate_output(output)


@pytest.mark.parametrize(
    ("stage1", "message"),
    [
        (make_stage1(as_of=NOW.date().replace(year=2027)), "describes 2027-01-05, this run 2026-01-05"),
        (make_stage1(()), "gave no station in operation; expected at least one"),
        (make_stage1((*STATIONS, STATIONS[1])), "gave bishan more than once; expected each slug once"),
    ],
)
def test_an_input_that_cannot_be_worked_on_is_refused(stage1: Stage1Output, message: str) -> None:
    with pytest.raises(StageInputError, match=message):
        make_stage(make_context()).validate_input(stage1)


def test_an_input_of_the_runs_day_is_accepted() -> None:
    make_stage(make_context()).validate_input(make_stage1())


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_an_output_without_a_single_answer_is_refused(failing: int) -> None:
    gone = SourceFormatError("fandom_wiki", "the wiki is gone.")
    errors = {station.slug: gone for station in STATIONS[:failing]}
    output = _execute(LandmarkSource("fandom_wiki", errors=errors))
    stage = make_stage(make_context())
    if failing < len(STATIONS):
        stage.validate_output(output)
        return
    with pytest.raises(StageOutputError, match=r"no source returned anything .* the wiki is gone\."):
        stage.validate_output(output)


def test_the_checkpoint_reads_back_and_rejected_claims_lie_beside_it(tmp_path: Path) -> None:
    stage = make_stage(make_context(), LandmarkSource(rejects=["quote-not-in-page"]))
    output = stage.execute(make_stage1())
    path = stage.save_checkpoint(output, tmp_path)
    assert path == tmp_path / "stage2_enrichment.json"
    assert read_output(Stage2Output, path.read_bytes()) == output
    lines = [json.loads(line) for line in (tmp_path / REJECTED_NAME).read_text().splitlines()]
    assert lines == [
        {
            "slug": station.slug,
            "source": "network",
            "reason": "quote-not-in-page",
            "field": "landmark",
            "value": "Nowhere",
        }
        for station in STATIONS
    ]


def test_a_stage_that_is_switched_off_leaves_every_exit_empty_and_says_so() -> None:
    output = without_enrichment(make_stage1(), make_context())
    assert [found.exit_id for item in output.enrichments for found in item.exits] == [
        found.exit_id for station in STATIONS for found in station.exits
    ]
    assert not any(found.bus_stops or found.platforms for item in output.enrichments for found in item.exits)
    assert [finding.check for finding in output.findings] == ["enrichment-disabled"]
    assert not any(use.used for use in output.sources)
    assert {item.status for item in output.enrichments} == {EnrichmentStatus.DONE}


def test_what_a_source_found_about_its_documents_is_reported_once() -> None:
    finding = finding_of("place-left-out", "2 records of 3 are left out.", record_id="nparks-parks")
    output = _execute(SurveyingLandmarkSource(findings=(finding,)))
    assert output.findings == (finding,)


def test_a_document_read_twice_with_another_result_stays_with_the_later_station() -> None:
    first, later = provenance("page"), provenance("page", sha256="b" * 64)
    other = provenance("another")
    documents, placed = hoist_provenance(
        [
            make_enrichment("yishun", provenance={"page": first}),
            make_enrichment("bishan", provenance={"page": later, "another": other}),
            make_enrichment("senja", provenance={"page": first}),
        ]
    )
    assert documents == {"another": other, "page": first}
    assert list(documents) == ["another", "page"]
    assert [item.provenance for item in placed] == [{}, {"page": later}, {}]


def test_an_output_with_pending_stations_is_no_error_of_the_stage() -> None:
    pending = make_enrichment("yishun").model_copy(update={"status": EnrichmentStatus.PENDING})
    make_stage(make_context()).validate_output(make_stage2(pending))
