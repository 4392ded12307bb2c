"""The gate: what it compares with, what it lets pass, what it refuses, and what it writes down."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.compare.regressions import Losses, find_losses
from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.config.settings import GatesSection
from mrt_pipeline.contracts.comparison import ExitPresence
from mrt_pipeline.contracts.counting import counted, past_verb_of
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.gates import AccessTurn, FieldLoss, GateReport, GateStatus, RecordLoss
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, Landmark, StepFree
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest, RunStatus, StageStatus
from mrt_pipeline.errors import GateError, SourceGapError
from mrt_pipeline.orchestrator import gates
from mrt_pipeline.orchestrator.gate_limits import SHOWN, find_excesses
from mrt_pipeline.orchestrator.gates import GATES_NAME, PublicationGate, find_newer
from mrt_pipeline.orchestrator.live_manifest import RunSession
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.runtime.checkpoints import content_sha256, describe_checkpoint
from mrt_pipeline.runtime.context import default_context
from mrt_pipeline.runtime.files import write_bytes
from mrt_pipeline.runtime.manifests import find_manifest, save_manifest
from mrt_pipeline.runtime.output_files import render_output
from mrt_pipeline.runtime.reporting import Reporter
from tests.fakes.enrichment_sources import quoted
from tests.fakes.manifests import START, make_manifest, make_stage_record
from tests.fakes.network_builder import (
    AS_OF,
    SMALL_NETWORK,
    cited,
    make_dataset,
    make_exit,
    make_station,
    open_stations,
    provenance,
)

FULL = make_dataset()
POORER = make_dataset(*open_stations()[1:])
WARNING = Finding(check="x", severity=Severity.WARNING, message="x")
GONE = open_stations()[0]


class _Told(Reporter):
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)


def _publish(folder: Path, dataset: Stage3Output, days_ago: int = 1, **changes: Any) -> Manifest:
    """Make the folder of a completed run with a dataset."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "stage3_final.json"
    write_bytes(path, render_output(dataset))
    record = make_stage_record("stage3_merger", b"").model_copy(
        update={"checkpoint": describe_checkpoint(path)}
    )
    facts = {"timestamp": START - timedelta(days=days_ago), "run_id": folder.name, "outputs": {"x": "y"}}
    manifest = make_manifest(stages={"stage3_merger": record}, **facts | changes)
    save_manifest(folder, manifest)
    return manifest


class Scene:
    """A run in the folder ``outputs/now`` that has made a dataset and is about to publish it."""

    def __init__(self, tmp_path: Path, variables: pytest.MonkeyPatch) -> None:
        self.outputs = tmp_path / "outputs"
        self.folder = self.outputs / "now"
        self.told = _Told()
        self._variables = variables
        self.set("OUTPUT__DIRECTORY", str(self.outputs))
        self._config = tmp_path / "pipeline.yaml"
        self._config.write_text("mode: snapshot")

    def set(self, key: str, value: str) -> None:
        self._variables.setenv(f"MRT_PIPELINE__{key}", value)

    def show_as_latest(self, folder: Path) -> None:
        (self.outputs / "latest").symlink_to(folder.name)

    def check(self, dataset: Stage3Output, *, accept: bool = False) -> GateReport:
        self.gate(accept=accept).check(dataset)
        return self.report

    def gate(self, *, accept: bool = False) -> PublicationGate:
        self.folder.mkdir(parents=True, exist_ok=True)
        manifest = find_manifest(self.folder) or make_manifest(run_id="now")
        self._session = RunSession(self.folder, manifest, lambda: START)
        context = replace(default_context(PipelineConfig(self._config), AS_OF), reporter=self.told)
        return PublicationGate(RunRequest(accept_changes=accept), context, self._session)

    @property
    def report(self) -> GateReport:
        """Return what the manifest on disk says."""
        manifest = find_manifest(self.folder)
        assert manifest is not None
        assert manifest.gates is not None
        return manifest.gates


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(tmp_path, monkeypatch)


def test_the_first_dataset_of_all_passes(scene: Scene) -> None:
    report = scene.check(FULL)
    assert report.status is GateStatus.NOT_COMPARED
    assert report.reason == "No earlier dataset to compare with."


def test_a_dataset_that_says_the_same_passes_without_being_parsed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    _publish(scene.outputs / "before", FULL)
    monkeypatch.setattr(gates, "load_run", lambda _: pytest.fail("its bytes are those of the manifest"))
    report = scene.check(FULL)
    assert report.status is GateStatus.PASSED
    assert not scene.told.warnings


def test_an_altered_dataset_does_not_pass_for_what_its_manifest_says(scene: Scene) -> None:
    _publish(scene.outputs / "before", FULL)
    (scene.outputs / "before" / "stage3_final.json").write_text("neither read nor believed")
    report = scene.check(FULL)
    assert report.status is GateStatus.NOT_COMPARED
    [warning] = scene.told.warnings
    assert "before" in warning


@pytest.mark.parametrize("manifest_knows", [POORER, FULL])
def test_where_nothing_else_is_left_the_altered_bytes_are_compared_with(
    manifest_knows: Stage3Output, scene: Scene
) -> None:
    """The manifest says that nothing is gone; what everybody reads had the station."""
    _publish(scene.outputs / "before", manifest_knows)
    (scene.outputs / "before" / "stage3_final.json").write_bytes(render_output(FULL) + b" ")
    scene.show_as_latest(scene.outputs / "before")
    with pytest.raises(GateError, match="Losses since before exceed"):
        scene.check(POORER)
    assert len(scene.told.warnings) == 1, "it is one dataset, however it is found"


def test_a_manifest_whose_content_hash_was_edited_does_not_let_a_loss_pass(scene: Scene) -> None:
    manifest = _publish(scene.outputs / "before", FULL)
    record = manifest.stages["stage3_merger"]
    assert record.checkpoint is not None
    edited = record.checkpoint.model_copy(update={"content_sha256": content_sha256(POORER)})
    stages = {"stage3_merger": record.model_copy(update={"checkpoint": edited})}
    save_manifest(scene.outputs / "before", manifest.model_copy(update={"stages": stages}))
    with pytest.raises(GateError, match="Losses since before exceed"):
        scene.check(POORER)


def test_of_several_days_the_nearest_one_before_is_compared_with(scene: Scene) -> None:
    near, far = AS_OF - timedelta(days=10), AS_OF - timedelta(days=90)
    _publish(scene.outputs / "near", make_dataset(as_of=near), days_ago=9, as_of=near)
    _publish(scene.outputs / "far", make_dataset(*POORER.stations, as_of=far), days_ago=1, as_of=far)
    scene.show_as_latest(scene.outputs / "far")
    with pytest.raises(GateError, match="Losses since near exceed"):
        scene.check(POORER)


def test_a_day_before_is_compared_with_rather_than_one_to_come(scene: Scene) -> None:
    before, to_come = AS_OF - timedelta(days=90), AS_OF + timedelta(days=1)
    _publish(scene.outputs / "before", make_dataset(as_of=before), days_ago=9, as_of=before)
    _publish(scene.outputs / "to_come", make_dataset(as_of=to_come), days_ago=1, as_of=to_come)
    with pytest.raises(GateError, match="Losses since before exceed"):
        scene.check(POORER)


def _with_access(step_free: StepFree, number: int) -> Stage3Output:
    """Return a dataset of which so many exits of one station say whether they are step-free."""
    access = ExitAccess(step_free=step_free, features=(AccessFeature.ESCALATOR,), evidence=cited())
    exits = tuple(
        make_exit(SMALL_NETWORK.codes[0], str(label), east_m=40 * label).model_copy(update={"access": access})
        for label in range(1, number + 1)
    )
    return make_dataset(make_station(SMALL_NETWORK, "yishun", exits=exits))


def test_each_exit_whose_access_turned_is_a_warning_although_nothing_is_lost(scene: Scene) -> None:
    _publish(scene.outputs / "before", _with_access(StepFree.NO, 3))
    report = scene.check(_with_access(StepFree.YES, 3))
    assert report.status is GateStatus.PASSED
    assert [turn.exit_id for turn in report.turns] == [f"yishun-nsl-{label}" for label in (1, 2, 3)]
    assert len(scene.told.warnings) == 3
    assert "yishun-nsl-1: step_free was no and is yes" in scene.told.warnings[0]


def test_what_turned_or_fell_silent_is_reported_where_nothing_is_refused(scene: Scene) -> None:
    _publish(scene.outputs / "before", _with_access(StepFree.YES, SHOWN + 1))
    scene.set("GATES__ENABLED", "false")
    report = scene.check(_with_access(StepFree.NO, SHOWN + 1))
    assert (report.status, report.excesses, len(report.turns)) == (GateStatus.NOT_COMPARED, (), SHOWN + 1)
    assert "gates.enabled is false" in report.reason
    assert len(scene.told.warnings) == 1


def test_an_answer_that_is_lost_is_a_warning_for_each_exit(scene: Scene) -> None:
    """Its opposite may come later, and is then held against a dataset that says nothing."""
    scene.set("GATES__MAX_ENRICHED_LOST_SHARE", "1")
    _publish(scene.outputs / "before", _with_access(StepFree.NO, 2))
    report = scene.check(_with_access(StepFree.UNKNOWN, 2))
    assert (report.status, report.turns) == (GateStatus.PASSED, ())
    assert [(lost.exit_id, lost.old) for lost in report.lost_answers] == [
        ("yishun-nsl-1", StepFree.NO),
        ("yishun-nsl-2", StepFree.NO),
    ]
    assert (
        "yishun-nsl-1: step_free was no (from lta-station-exits) and is now unknown" in scene.told.warnings[0]
    )
    assert len(scene.told.warnings) == 2


def test_many_answers_that_are_lost_are_summed(scene: Scene) -> None:
    scene.set("GATES__MAX_ENRICHED_LOST_SHARE", "1")
    _publish(scene.outputs / "before", _with_access(StepFree.NO, SHOWN + 1))
    scene.check(_with_access(StepFree.UNKNOWN, SHOWN + 1))
    [warning] = scene.told.warnings
    assert "step_free was known for 11 exits (no: 11) and is now unknown: yishun-nsl-1, " in warning


def test_answers_of_a_source_that_was_not_used_are_not_reported_exit_by_exit(scene: Scene) -> None:
    scene.set("GATES__MAX_ENRICHED_LOST_SHARE", "1")
    _publish(scene.outputs / "before", _with_access(StepFree.NO, 2))
    scene.folder.mkdir(parents=True)
    save_manifest(scene.folder, make_manifest(run_id="now", passed_over={"lta-station-exits": "it is off"}))
    assert scene.check(_with_access(StepFree.UNKNOWN, 2)).lost_answers == ()


def test_many_exits_whose_access_turned_are_summed_and_refused(scene: Scene) -> None:
    _publish(scene.outputs / "before", _with_access(StepFree.YES, SHOWN + 1))
    turned = _with_access(StepFree.NO, SHOWN + 1)
    with pytest.raises(GateError, match=r"gates\.max_access_turned allows 10"):
        scene.check(turned)
    [warning] = scene.told.warnings
    assert "Step-free access changed at 11 exits (step_free yes to no: 11)" in warning
    assert str(scene.folder / GATES_NAME) in warning
    assert len(_written(scene).turns) == SHOWN + 1
    assert scene.check(turned, accept=True).status is GateStatus.ACCEPTED


@pytest.mark.parametrize(("limit", "number"), [(0, 1), (1, 2), (10, 11)])
def test_exits_may_turn_up_to_the_limit_and_not_beyond(limit: int, number: int) -> None:
    turn = AccessTurn(exit_id="yishun-nsl-A", slug="yishun", old=StepFree.NO, new=StepFree.YES)
    limits = GatesSection(max_access_turned=limit)
    assert list(find_excesses(Losses((), (), (), (turn,) * limit), limits)) == []
    [excess] = find_excesses(Losses((), (), (), (turn,) * number), limits)
    assert f"gates.max_access_turned allows {limit}" in excess


def test_a_dataset_with_more_passes(scene: Scene) -> None:
    _publish(scene.outputs / "before", POORER)
    report = scene.check(FULL)
    assert report.status is GateStatus.PASSED
    assert (report.stations, report.exits, report.fields) == ((), (), ())


def test_a_dataset_that_lacks_a_station_is_refused_and_the_station_named(scene: Scene) -> None:
    _publish(scene.outputs / "before", FULL)
    with pytest.raises(GateError) as caught:
        scene.check(POORER)
    message = str(caught.value)
    for words in (GONE.name, GONE.station_id, "gates.max_stations_lost allows 0", "Nothing was published"):
        assert words in message
    assert f"--output-dir {scene.folder} --resume-from 3 --accept-changes" in message
    assert scene.report.status is GateStatus.FAILED
    assert [found.slug for found in scene.report.stations] == [GONE.slug]
    assert json.loads((scene.folder / GATES_NAME).read_bytes())["status"] == "failed"


def test_accepted_changes_pass_and_stay_in_the_manifest(scene: Scene) -> None:
    _publish(scene.outputs / "before", FULL)
    report = scene.check(POORER, accept=True)
    assert report.status is GateStatus.ACCEPTED
    assert [found.slug for found in report.stations] == [GONE.slug]
    assert len(report.excesses) == 1
    assert "--accept-changes" in scene.told.notes[0]


def test_accepting_what_is_no_loss_leaves_no_trace(scene: Scene) -> None:
    _publish(scene.outputs / "before", FULL)
    assert scene.check(FULL, accept=True).status is GateStatus.PASSED


def test_latest_counts_and_not_a_newer_run(scene: Scene) -> None:
    _publish(scene.outputs / "shown", FULL, days_ago=5)
    _publish(scene.outputs / "newer", POORER, days_ago=1)
    assert scene.check(POORER).status is GateStatus.PASSED
    scene.show_as_latest(scene.outputs / "shown")
    with pytest.raises(GateError, match="Losses since shown exceed"):
        scene.check(POORER)


def test_without_latest_the_newest_completed_run_counts(scene: Scene) -> None:
    _publish(scene.outputs / "a", POORER, days_ago=3)
    _publish(scene.outputs / "b", FULL, days_ago=2)
    _publish(scene.outputs / "c", POORER, days_ago=1, status=RunStatus.FAILED)
    with pytest.raises(GateError, match="Losses since b exceed"):
        scene.check(POORER)


def test_a_run_in_place_is_compared_with_what_its_folder_published_before(scene: Scene) -> None:
    manifest = _publish(scene.folder, FULL)
    running = manifest.stages["stage3_merger"].model_copy(update={"status": StageStatus.RUNNING})
    save_manifest(
        scene.folder,
        manifest.model_copy(update={"status": RunStatus.RUNNING, "stages": {"stage3_merger": running}}),
    )
    with pytest.raises(GateError, match="Losses since now exceed"):
        scene.check(POORER)


def test_a_damaged_dataset_is_named_and_the_one_before_it_counts(scene: Scene) -> None:
    _publish(scene.outputs / "good", FULL, days_ago=3)
    _publish(scene.outputs / "bad", FULL)
    (scene.outputs / "bad" / "stage3_final.json").write_text("{}")
    with pytest.raises(GateError, match="Losses since good exceed"):
        scene.check(POORER)
    [warning] = scene.told.warnings
    assert "bad" in warning


def test_a_link_to_nowhere_or_to_a_damaged_run_stops_nothing(scene: Scene) -> None:
    scene.outputs.mkdir()
    scene.show_as_latest(scene.outputs / "gone")
    assert scene.check(FULL).status is GateStatus.NOT_COMPARED
    (scene.outputs / "gone").mkdir()
    (scene.outputs / "gone" / "manifest.json").write_text("{")
    assert scene.check(FULL).status is GateStatus.NOT_COMPARED
    assert len(scene.told.warnings) == 1


@pytest.mark.parametrize(
    ("then", "compared"), [(AS_OF - timedelta(days=90), True), (AS_OF, True), (date(2027, 1, 1), False)]
)
def test_an_earlier_day_than_the_one_published_is_not_compared(
    then: date, compared: bool, scene: Scene
) -> None:
    _publish(scene.outputs / "before", make_dataset(as_of=then), as_of=then)
    if compared:
        with pytest.raises(GateError):
            scene.check(POORER)
        return
    report = scene.check(POORER)
    assert report.status is GateStatus.NOT_COMPARED
    assert report.baseline is not None
    assert report.baseline.as_of == then
    [note] = scene.told.notes
    assert str(then) in note


def test_the_gate_can_be_switched_off(scene: Scene) -> None:
    _publish(scene.outputs / "before", FULL)
    scene.set("GATES__ENABLED", "false")
    report = scene.check(POORER)
    assert report.status is GateStatus.NOT_COMPARED
    assert "gates.enabled is false" in report.reason


def test_a_dataset_made_earlier_is_compared_with_datasets_published_since(scene: Scene) -> None:
    _publish(scene.folder, POORER, days_ago=9)
    _publish(scene.outputs / "later", FULL)
    scene.gate().check_reused(lambda: pytest.fail("nothing shows another run"))
    scene.show_as_latest(scene.outputs / "later")
    with pytest.raises(GateError, match="Losses since later exceed"):
        scene.gate().check_reused(lambda: POORER)
    scene.gate(accept=True).check_reused(lambda: POORER)
    assert scene.report.status is GateStatus.ACCEPTED


def test_a_dataset_that_latest_shows_already_is_not_even_read(scene: Scene) -> None:
    _publish(scene.folder, FULL)
    scene.show_as_latest(scene.folder)
    scene.gate().check_reused(lambda: pytest.fail("it is what was published"))


@pytest.mark.parametrize(("limit", "number"), [(0, 1), (1, 2), (5, 6)])
def test_stations_may_be_lost_up_to_the_limit_and_not_beyond(limit: int, number: int) -> None:
    stations = find_losses(FULL, POORER).stations
    limits = GatesSection(max_stations_lost=limit)
    assert list(find_excesses(Losses(stations * limit, (), ()), limits)) == []
    [excess] = find_excesses(Losses(stations * number, (), ()), limits)
    assert excess.startswith(
        f"{counted(number, 'station')} {past_verb_of(number)} lost (gates.max_stations_lost allows {limit}):"
    )


@pytest.mark.parametrize(("limit", "number"), [(0, 1), (1, 2), (5, 6)])
def test_exits_may_be_lost_up_to_the_limit_and_not_beyond(limit: int, number: int) -> None:
    lost = ExitPresence(exit_id="yishun-nsl-A", slug="yishun", exit_code="A", station_code="NS13")
    limits = GatesSection(max_exits_lost=limit)
    assert list(find_excesses(Losses((), (lost,) * limit, ()), limits)) == []
    [excess] = find_excesses(Losses((), (lost,) * number, ()), limits)
    gone = f"{counted(number, 'exit')} of other stations {past_verb_of(number)} lost"
    assert excess.startswith(f"{gone} (gates.max_exits_lost allows {limit}):")
    assert "yishun-nsl-A" in excess


@pytest.mark.parametrize(("lost", "old", "excess"), [(29, 100, False), (30, 100, True), (1, 1, True)])
def test_a_share_may_be_gone_and_no_more(lost: int, old: int, excess: bool) -> None:
    field = FieldLoss(field="bus_stops", old=old, lost=lost, share=lost / old, exits=("a",))
    found = list(find_excesses(Losses((), (), (field,)), GatesSection(max_enriched_lost_share=0.29)))
    assert bool(found) == excess
    assert not found or "bus_stops" in found[0]


@pytest.mark.parametrize(("new", "excess"), [(71, False), (70, True), (0, True)])
def test_a_source_may_have_so_many_records_fewer_and_not_one_more(new: int, excess: bool) -> None:
    source = RecordLoss(source_id="lta-bus-stops", old=100, new=new, share=(100 - new) / 100)
    found = list(
        find_excesses(Losses((), (), (), sources=(source,)), GatesSection(max_records_lost_share=0.29))
    )
    assert bool(found) == excess
    assert all("lta-bus-stops has" in words and "gates.max_records_lost_share" in words for words in found)


def _holding(records: int) -> Stage3Output:
    return make_dataset(provenance={"lta-station-exits": provenance(records=records)})


def test_a_source_that_gives_fewer_records_is_refused_though_nothing_else_is_lost(scene: Scene) -> None:
    _publish(scene.outputs / "before", _holding(613))
    with pytest.raises(
        GateError, match=r"lta-station-exits has 573 records; the earlier dataset has 613 \(6\.5% lost"
    ):
        scene.check(_holding(573))
    [source] = scene.report.sources
    assert (source.source_id, source.old, source.new) == ("lta-station-exits", 613, 573)
    assert scene.check(_holding(573), accept=True).status is GateStatus.ACCEPTED


def test_a_message_names_a_bounded_number_and_the_file_all() -> None:
    stations = find_losses(FULL, POORER).stations * (SHOWN + 7)
    [excess] = find_excesses(Losses(stations, (), ()), GatesSection())
    assert excess.count(GONE.name) == SHOWN
    assert excess.endswith("and 7 more.")


def test_a_refusal_says_that_the_datasets_were_made_for_different_licences(scene: Scene) -> None:
    _publish(scene.outputs / "before", FULL)
    scene.show_as_latest(scene.outputs / "before")
    metadata = FULL.metadata.model_copy(update={"licences": ("SODL-1.0",)})
    fewer = FULL.model_copy(update={"stations": FULL.stations[1:], "metadata": metadata})
    with pytest.raises(
        GateError, match=r"output\.licences all, this one with SODL-1\.0\. .*output\.directory"
    ):
        scene.check(fewer)


GAP = Finding(
    check="source-failed",
    severity=Severity.WARNING,
    message="The wiki gave nothing for 2 stations (yishun, khatib). The first said: it is down.",
    source="fandom_wiki",
)


def test_a_dataset_with_a_gap_in_a_source_is_refused_and_the_stations_named(scene: Scene) -> None:
    with pytest.raises(
        SourceGapError, match="fandom_wiki: no data for the stations below, so nothing"
    ) as caught:
        scene.check(FULL.model_copy(update={"findings": (GAP,)}))
    assert caught.value.reasons == (GAP.message,)
    assert "yishun, khatib" in str(caught.value)
    assert f"--output-dir {scene.folder} --retry-failed" in str(caught.value)
    assert "--accept-changes" in str(caught.value)


def test_a_gap_in_a_source_can_be_accepted(scene: Scene) -> None:
    gapped = FULL.model_copy(update={"findings": (GAP,)})
    assert scene.check(gapped, accept=True).status is GateStatus.NOT_COMPARED


def test_a_gap_in_a_source_is_refused_without_gates_too(scene: Scene) -> None:
    gapped = FULL.model_copy(update={"findings": (GAP,)})
    scene.set("GATES__ENABLED", "false")
    with pytest.raises(SourceGapError):
        scene.check(gapped)
    assert scene.check(gapped, accept=True).status is GateStatus.NOT_COMPARED


def test_a_gap_in_a_source_stands_in_the_manifest_apart_from_losses(scene: Scene) -> None:
    with pytest.raises(SourceGapError):
        scene.check(FULL.model_copy(update={"findings": (GAP,)}))
    assert scene.report.status is GateStatus.FAILED
    assert (scene.report.gaps, scene.report.excesses) == ((GAP.message,), ())


def _written(scene: Scene) -> GateReport:
    return GateReport.model_validate_json((scene.folder / GATES_NAME).read_bytes())


def test_the_file_says_what_the_manifest_says_after_every_verdict(scene: Scene) -> None:
    gapped = FULL.model_copy(update={"findings": (GAP,)})
    _publish(scene.outputs / "before", FULL)
    with pytest.raises(GateError):
        scene.check(POORER)
    assert _written(scene) == scene.report
    assert scene.check(FULL).status is GateStatus.PASSED
    assert _written(scene) == scene.report, "it says the same as what was published"
    with pytest.raises(SourceGapError):
        scene.check(gapped)
    assert _written(scene) == scene.report
    scene.set("GATES__ENABLED", "false")
    assert scene.check(POORER).status is GateStatus.NOT_COMPARED
    assert _written(scene) == scene.report


class TestSilences:
    """A station of which a source says nothing any more is told, and published all the same."""

    def test_the_station_and_the_page_are_named_and_nothing_is_refused(self, scene: Scene) -> None:
        scene.set("GATES__MAX_ENRICHED_LOST_SHARE", "1")
        _publish(scene.outputs / "before", _with_marks(1))
        report = scene.check(_with_marks(0))
        assert report.status is GateStatus.PASSED
        assert [found.slug for found in report.silences] == ["yishun"]
        assert scene.told.warnings == [
            "Yishun: lost its only value from fandom_wiki since before. "
            "Check this station in “Yishun MRT Station”, revision 70."
        ]
        assert json.loads((scene.folder / GATES_NAME).read_bytes())["silences"][0]["name"] == "Yishun"

    def test_it_is_reported_too_when_the_gate_refuses(self, scene: Scene) -> None:
        scene.set("GATES__MAX_ENRICHED_LOST_SHARE", "0")
        _publish(scene.outputs / "before", _with_marks(1))
        with pytest.raises(GateError):
            scene.check(_with_marks(0))
        assert len(scene.told.warnings) == 1

    def test_a_source_that_was_not_used_is_not_reported_station_by_station(self, scene: Scene) -> None:
        scene.set("GATES__MAX_ENRICHED_LOST_SHARE", "1")
        _publish(scene.outputs / "before", _with_marks(1))
        scene.folder.mkdir(parents=True)
        manifest = make_manifest(run_id="now", passed_over={"fandom_wiki": "nothing of it is recorded"})
        save_manifest(scene.folder, manifest)
        assert not scene.check(_with_marks(0)).silences
        assert not scene.told.warnings

    def test_very_many_stations_are_reported_in_one_sentence(self, scene: Scene) -> None:
        scene.set("GATES__MAX_ENRICHED_LOST_SHARE", "1")
        _publish(scene.outputs / "before", _with_marks(1, copies=SHOWN + 2))
        scene.check(_with_marks(0, copies=SHOWN + 2))
        (warning,) = scene.told.warnings
        assert warning.startswith("12 stations lost all values from fandom_wiki since before: S0, ")
        assert warning.endswith("S9 and 2 more. Full list: gates.json.")


def _with_marks(number: int, copies: int = 1) -> Stage3Output:
    """Return a dataset whose stations have so many landmarks each, quoted from a wiki page."""
    page = "wiki:Yishun MRT Station@70"
    marks = tuple(Landmark(name=f"P{it}", evidence=quoted("words", page)) for it in range(number))
    first = GONE.exits[0].model_copy(update={"landmarks": marks})
    yishun = GONE.model_copy(update={"exits": (first,)})
    stations = [yishun]
    if copies > 1:
        stations = [yishun.model_copy(update={"slug": f"s{it}", "name": f"S{it}"}) for it in range(copies)]
    document = provenance(page, source_id="fandom_wiki", title="Yishun MRT Station", revision="70")
    return make_dataset(*stations, provenance={"lta-station-exits": provenance(), page: document})


def test_what_an_earlier_attempt_compared_with_is_read_again_for_the_report(scene: Scene) -> None:
    _publish(scene.outputs / "one", FULL)
    scene.check(FULL.model_copy(update={"findings": (WARNING,)}))
    again = scene.gate()
    assert again.baseline is None
    assert again.recall() == FULL
    assert scene.told.notes == []


def test_a_report_says_why_it_knows_nothing_of_changes(scene: Scene) -> None:
    _publish(scene.outputs / "one", FULL)
    scene.check(FULL.model_copy(update={"findings": (WARNING,)}))
    _publish(scene.outputs / "one", POORER)
    assert scene.gate().recall() is None
    [note] = scene.told.notes
    assert "since run one, whose dataset is no longer available: one now holds a different dataset." in note


def test_only_another_run_with_another_dataset_is_newer(scene: Scene) -> None:
    manifest = _publish(scene.folder, FULL)
    _publish(scene.outputs / "one", FULL)
    assert find_newer(scene.outputs, scene.folder, manifest) is None, "nothing is shown"
    scene.show_as_latest(scene.outputs / "one")
    assert find_newer(scene.outputs, scene.folder, manifest) is None, "it says the same"
    _publish(scene.outputs / "one", POORER)
    newer = find_newer(scene.outputs, scene.folder, manifest)
    assert newer is not None
    assert newer.name == "one"
    (scene.outputs / "latest").unlink()
    scene.show_as_latest(scene.folder)
    assert find_newer(scene.outputs, scene.folder, manifest) is None, "it is the run itself"
