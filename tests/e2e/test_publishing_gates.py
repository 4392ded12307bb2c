"""What was published is not replaced by less, until a person says that this is right."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest
from mrt_pipeline.runtime.checkpoints import describe_checkpoint
from mrt_pipeline.runtime.files import write_bytes
from mrt_pipeline.runtime.manifests import save_manifest
from mrt_pipeline.runtime.output_files import read_output, render_output
from tests.e2e.command import Workplace, load, stations_bytes
from tests.fakes.http_server import LoopbackServer, Reply

pytestmark = pytest.mark.slow

POOR = {"MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES": "[network]"}
"""without LTA's bus stops"""


def _files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".json"}


def _command_in(message: str) -> list[str]:
    """Return the arguments of the command that a message says to go on with."""
    line = next(line for line in message.splitlines() if "publish with: " in line)
    return shlex.split(line.partition("publish with: mrt-pipeline ")[2])


def _pretend_it_had_more(folder: Path) -> None:
    """Put a station and an exit that never were into a published dataset, as if they had been found then."""
    path = folder / "stage3_final.json"
    dataset = read_output(Stage3Output, path.read_bytes())
    first, second, *others = dataset.stations
    invented = first.exits[0].model_copy(update={"exit_id": f"{first.slug}-nsl-Z", "lat": 1.2, "lng": 103.6})
    richer = (
        first.model_copy(update={"exits": (*first.exits, invented)}),
        second,
        second.model_copy(update={"slug": "atlantis", "name": "Atlantis"}),
        *others,
    )
    pretended = dataset.model_copy(update={"stations": richer})
    write_bytes(path, render_output(pretended))
    manifest = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
    record = manifest.stages["stage3_merger"].model_copy(update={"checkpoint": describe_checkpoint(path)})
    stages = {**manifest.stages, "stage3_merger": record}
    save_manifest(folder, manifest.model_copy(update={"stages": stages}))


def test_a_run_refused_in_the_folder_that_is_shown_leaves_its_verdict(after_a_run: Workplace) -> None:
    shown = after_a_run.latest.resolve()
    verdict = (shown / "validation.json").read_bytes()
    result = after_a_run.with_variables(**POOR).call("run", "--resume-from", "2")
    assert result.returncode == 1
    assert (shown / "validation.json").read_bytes() == verdict


def test_stations_and_exits_that_are_gone_are_named_and_nothing_is_published(after_a_run: Workplace) -> None:
    published = after_a_run.latest.resolve()
    _pretend_it_had_more(published)
    before = _files_of(published)
    result = after_a_run.call("run")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    for words in (
        "1 station was lost",
        "Atlantis",
        "1 exit of other stations was lost",
        "jurong-east-nsl-Z",
    ):
        assert words in result.stderr
    assert after_a_run.latest.resolve() == published
    assert _files_of(published) == before
    refused = after_a_run.runs[-1]
    assert not (refused / "stage3_final.json").exists()
    assert not (refused / "mrt_transit_graph.json").exists()
    assert load(refused / "manifest.json")["status"] == "failed"
    assert [found["slug"] for found in load(refused / "gates.json")["stations"]] == ["atlantis"]


def test_the_command_of_the_message_publishes_all_the_same_and_records_it(after_a_run: Workplace) -> None:
    _pretend_it_had_more(after_a_run.latest.resolve())
    result = after_a_run.call("run")
    arguments = _command_in(result.stderr)
    assert "--accept-changes" in arguments
    accepted = after_a_run.call(*arguments)
    assert accepted.returncode == 0, accepted.stderr
    assert after_a_run.latest.resolve() == after_a_run.runs[-1]
    gates = load(after_a_run.latest / "manifest.json")["gates"]
    assert gates["status"] == "accepted"
    assert [found["slug"] for found in gates["stations"]] == ["atlantis"]
    assert [found["exit_id"] for found in gates["exits"]] == ["jurong-east-nsl-Z"]
    again = after_a_run.call("run")
    assert again.returncode == 0, "what was accepted once is the new measure"


def test_a_run_in_place_that_is_refused_leaves_the_published_dataset_as_it_was(
    after_a_run: Workplace,
) -> None:
    published = after_a_run.latest.resolve()
    before = _files_of(published)
    poor = after_a_run.with_variables(**POOR)
    result = poor.call("run", "--resume-from", "2")
    assert result.returncode == 1
    assert re.search(r"bus_stops: all [\d,]+ values were lost", result.stderr)
    assert "That dataset used lta-bus-services, lta-bus-stops" in result.stderr
    after = _files_of(published)
    for name in ("stage3_final.json", "mrt_transit_graph.json"):
        assert after[name] == before[name]
    accepted = poor.call(*_command_in(result.stderr))
    assert accepted.returncode == 0, accepted.stderr
    assert "Stage 2/3 enrichment: reused" in accepted.stderr
    assert load(published / "manifest.json")["gates"]["status"] == "accepted"
    assert _files_of(published)["stage3_final.json"] != before["stage3_final.json"]


def test_a_stage_that_was_switched_off_is_a_loss_too(after_a_run: Workplace) -> None:
    bare = after_a_run.with_variables(MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__ENABLED="false")
    result = bare.call("run")
    assert result.returncode == 1
    assert "values were lost" in result.stderr
    assert bare.call(*_command_in(result.stderr)).returncode == 0


def test_a_renumbered_line_is_no_loss_and_an_earlier_day_is_not_compared(place: Workplace) -> None:
    """On 12 July 2026 the Circle Line became a ring: CE1 became CC34, and three stations opened."""
    assert place.call("run", "--as-of", "2026-07-11").returncode == 0
    earlier = stations_bytes(place.latest)
    result = place.call("run", "--as-of", "2026-07-13")
    assert result.returncode == 0, result.stderr
    gates = load(place.latest / "manifest.json")["gates"]
    assert gates["status"] == "passed"
    assert (gates["stations"], gates["exits"]) == ([], [])
    back = place.call("run", "--as-of", "2026-07-10", "--move-latest")
    assert back.returncode == 0, back.stderr
    assert "Not compared with" in back.stderr
    assert load(place.latest / "manifest.json")["gates"]["status"] == "not_compared"
    assert stations_bytes(place.latest) == earlier


def test_what_may_be_gone_can_be_configured(after_a_run: Workplace) -> None:
    _pretend_it_had_more(after_a_run.latest.resolve())
    lenient = after_a_run.with_variables(
        MRT_PIPELINE__GATES__MAX_STATIONS_LOST="1", MRT_PIPELINE__GATES__MAX_EXITS_LOST="1"
    )
    assert lenient.call("run").returncode == 0


@pytest.mark.parametrize("stage", ["1", "2"])
def test_accepting_changes_where_nothing_is_published_is_refused(place: Workplace, stage: str) -> None:
    result = place.call("run", "--stage", stage, "--accept-changes")
    assert result.returncode == 2
    assert "--accept-changes applies to publishing" in result.stderr
    assert not place.outputs.exists()


def test_fewer_bus_stops_than_expected_end_the_run_and_more_are_a_warning(place: Workplace) -> None:
    key = "MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__EXPECTED_BUS_STOPS__"
    result = place.with_variables(**{f"{key}MIN": "6000"}).call("run")
    assert result.returncode == 1
    assert "lta-bus-stops: the list gives 5,200 records; expected at least 6,000" in result.stderr
    result = place.with_variables(**{f"{key}MAX": "5000"}).call("run")
    assert result.returncode == 0
    assert "Warning: lta-bus-stops gives 5,200 records; expected at most 5,000" in result.stderr
    checks = load(place.latest / "validation.json")["findings_by_check"]
    assert checks["more-records-than-expected"] == 1


def test_a_wiki_without_pages_publishes_nothing_until_it_has_them_or_that_is_accepted(
    after_a_run: Workplace,
) -> None:
    published = after_a_run.latest.resolve()
    nothing = json.dumps({"batchcomplete": True, "query": {"pages": [], "search": []}}).encode()
    with LoopbackServer(
        lambda _: Reply(body=nothing, headers={"Content-Type": "application/json"})
    ) as server:
        place = after_a_run.with_variables(
            MRT_PIPELINE__APIS__FANDOM__MODE="live",
            MRT_PIPELINE__APIS__FANDOM__BASE_URL=f"{server.url}/wiki",
            MRT_PIPELINE__GATES__ENABLED="false",
        )
        result = place.call("run")
        assert result.returncode == 1
        assert "the wiki has pages for 0 of 184 stations" in result.stderr
        assert "look at apis.fandom.base_url" in result.stderr
        assert place.latest.resolve() == published
        shown = place.call("show", place.runs[-1].name).stdout
        assert (
            f"Resume with: mrt-pipeline run --output-dir outputs/{place.runs[-1].name} --retry-failed"
            in shown
        )
        accepting = _command_in(result.stderr.replace("publish without this data", "publish with"))
        assert place.call(*accepting).returncode == 0
    assert place.latest.resolve() == place.runs[-1]


def test_a_look_at_a_day_long_ago_is_not_what_the_present_is_compared_with(after_a_run: Workplace) -> None:
    present = load(after_a_run.latest / "manifest.json")["run_id"]
    assert after_a_run.call("run", "--as-of", "1995-01-01", "--move-latest").returncode == 0
    assert after_a_run.call("run").returncode == 0
    assert load(after_a_run.latest / "manifest.json")["gates"]["baseline"]["run_id"] == present
