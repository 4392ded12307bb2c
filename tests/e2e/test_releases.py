"""From runs to releases by the command line: the days before and after the Circle Line became a ring."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.e2e.command import Workplace, load

pytestmark = pytest.mark.slow

BEFORE, AFTER = "2026-07-11", "2026-07-13"
OPENED = {"CC30": "Keppel", "CC31": "Cantonment", "CC32": "Prince Edward Road"}
RENUMBERED = {"CE1": "CC34", "CE2": "CC33"}
NOT_TOLD_APART = {"old", "new", "coverage"}
"""what describes the two datasets, and figures that follow from the rest"""


OFFICIAL = {"MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES": "[lta_datamall, network]"}
"""MRTDown's letters of the Circle Line are those of its ring, so they would be among the changes"""


@pytest.fixture(scope="module")
def with_runs(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Return a workplace with a run of each day, both approved; tests only read it."""
    place = Workplace(tmp_path_factory.mktemp("two_runs")).with_variables(**OFFICIAL)
    for day in (BEFORE, AFTER):
        assert place.call("run", "--as-of", day, "--output-dir", f"outputs/{day}").returncode == 0
        result = place.call("approve", day, "--by", "Tan Mei Ling")
        assert result.returncode == 0, result.stderr
    return place


@pytest.fixture(scope="module")
def released(with_runs: Workplace) -> Path:
    """Return a folder in which both runs were released; tests only read it."""
    for day in (BEFORE, AFTER):
        result = with_runs.call("release", day, "--to", "releases")
        assert result.returncode == 0, result.stderr
    return with_runs.folder / "releases"


@pytest.fixture
def place(with_runs: Workplace, released: Path, tmp_path: Path) -> Workplace:
    """Return a workplace of the test's own with both runs and both releases."""
    shutil.copytree(with_runs.outputs, tmp_path / "outputs", symlinks=True)
    shutil.copytree(released, tmp_path / "releases", symlinks=True)
    return Workplace(tmp_path).with_variables(**OFFICIAL)


def test_the_delta_tells_exactly_what_happened_between_the_two_days(released: Path) -> None:
    changes = load(released / "2026.07.13" / "delta.json")["changes"]
    told = {name for name, found in changes.items() if found and name not in NOT_TOLD_APART}
    assert told == {"stations_opened", "renumberings", "lines_changed"}
    assert {tuple(it["codes"]): it["name"] for it in changes["stations_opened"]} == {
        (code,): name for code, name in OPENED.items()
    }
    assert {it["old_code"]: it["new_code"] for it in changes["renumberings"]} == RENUMBERED
    assert [it["line_code"] for it in changes["lines_changed"]] == ["CCL"]


def test_the_changes_for_people_are_exactly_those_in_the_delta(released: Path) -> None:
    text = (released / "2026.07.13" / "CHANGES.md").read_text("utf-8")
    assert "3 stations opened, 2 codes renumbered, services of 1 line changed." in text
    titles = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert titles == ["Stations opened", "Codes renumbered", "Lines"]
    bullets = [line for line in text.splitlines() if line.startswith("- ")]
    assert len(bullets) == len(OPENED) + len(RENUMBERED) + 1
    for code, name in OPENED.items():
        assert any(line.startswith(f"- {code}  {name}:") for line in bullets)
    for old, new in RENUMBERED.items():
        assert any(line.startswith(f"- {old} → {new}  ") for line in bullets)


def test_the_first_release_compares_with_nothing(released: Path) -> None:
    assert "changes" not in load(released / "2026.07.11" / "delta.json")


def test_a_release_is_read_from_python_by_its_address_for_good(released: Path) -> None:
    assert (released / "latest").readlink() == Path("2026.07.13")
    assert len(load(released / "latest" / "mrt_transit_graph.json")) == 184


def test_releasing_again_says_so_and_ends_well(place: Workplace) -> None:
    before = (place.folder / "releases" / "versions.json").read_bytes()
    result = place.call("release", AFTER, "--to", "releases")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(
        "releases/2026.07.13 already holds this data; nothing was changed.\nreleases/latest points to it."
    )
    assert (place.folder / "releases" / "versions.json").read_bytes() == before


def test_going_back_says_so_and_how_to_undo_it(place: Workplace) -> None:
    result = place.call("rollback", "releases")
    assert result.returncode == 0, result.stderr
    latest = place.folder / "releases" / "latest"
    assert latest.readlink() == Path("2026.07.11")
    assert "releases/latest now points to 2026.07.11; 2026.07.13 is marked as withdrawn" in result.stdout
    again = place.call("release", AFTER, "--to", "releases")
    assert "still points to 2026.07.11, because this release was rolled back." in again.stdout
    undo = shlex.split(result.stdout.rpartition("To undo this: mrt-pipeline ")[2])
    undone = place.call(*undo)
    assert undone.returncode == 0
    assert "now points to 2026.07.13, which is no longer marked as withdrawn" in undone.stdout
    assert latest.readlink() == Path("2026.07.13")
    assert "already points to 2026.07.13; nothing was changed" in place.call(*undo).stdout


def test_a_list_of_versions_that_was_damaged_is_made_again_with_a_warning(place: Workplace) -> None:
    assert place.call("rollback", "releases").returncode == 0
    path = place.folder / "releases" / "versions.json"
    path.write_text("[]")
    damaged = place.call("release", AFTER, "--to", "releases")
    assert damaged.returncode == 1
    assert "rebuilt from the releases and latest, without earlier rollbacks" in damaged.stderr
    path.unlink()
    result = place.call("release", AFTER, "--to", "releases")
    assert result.returncode == 0
    assert (
        "releases/latest still points to 2026.07.11, because this release was rolled back." in result.stdout
    )
    assert result.stderr.startswith("Warning: releases/versions.json was missing and was recreated.")


def test_a_run_without_approval_is_refused_in_one_sentence(place: Workplace) -> None:
    (place.outputs / AFTER / "approval.json").unlink()
    result = place.call("release", AFTER, "--to", "elsewhere")
    assert result.returncode == 1
    [line] = result.stderr.splitlines()
    assert line.startswith(f"Error: outputs/{AFTER} is not approved.")
    assert not (place.folder / "elsewhere").exists()


def test_a_second_approval_says_whose_it_replaces(place: Workplace) -> None:
    result = place.call("approve", AFTER, "--by", "Ann")
    assert result.returncode == 0, result.stderr
    assert re.search(r"^This replaces Tan Mei Ling's approval \([\d: -]+ UTC\)\.$", result.stdout, re.M)
    (place.outputs / AFTER / "approval.json").write_text("{}")
    assert "This replaces a damaged approval." in place.call("approve", AFTER, "--by", "Ann").stdout


def test_an_approval_does_not_outlive_its_dataset(place: Workplace) -> None:
    approved = r"approved +by Tan Mei Ling, [\d: -]+ UTC"
    assert re.search(f"{approved}$", place.call("show", AFTER).stdout, re.MULTILINE)
    assert place.call("run", "--output-dir", f"outputs/{AFTER}", "--resume-from", "3").returncode == 0
    result = place.call("release", AFTER, "--to", "releases")
    assert result.returncode == 1
    assert "its dataset has changed since" in result.stderr
    assert re.search(
        f"{approved}, void: the dataset has changed since$", place.call("show", AFTER).stdout, re.M
    )


def test_a_run_that_was_changed_by_hand_is_neither_approved_nor_released(place: Workplace) -> None:
    path = place.outputs / AFTER / "stage3_final.json"
    path.write_bytes(path.read_bytes().replace(b"Keppel", b"Kepple", 1))
    for command in (("approve", AFTER, "--by", "Tan"), ("release", AFTER, "--to", "releases")):
        result = place.call(*command)
        assert result.returncode == 1
        assert "stage3_final.json has been changed since it was written" in result.stderr
        assert f"Recreate it with: mrt-pipeline run --output-dir outputs/{AFTER}" in result.stderr


def test_a_checklist_with_open_points_needs_consent(place: Workplace) -> None:
    manifest = load(place.outputs / AFTER / "manifest.json")
    page = (place.outputs / AFTER / "report.html").read_text("utf-8")
    content = json.loads(page.partition('id="content">')[2].partition("</script>")[0])
    checklist = {
        "checklist_version": "1",
        "run_id": manifest["run_id"],
        "dataset_sha256": content["run"]["dataset"],
        "saved_at": "2026-11-30T00:00:00Z",
        "points": [{"text": point["text"], "ticked": False} for point in content["checklist"]],
    }
    (place.folder / "checklist.json").write_text(json.dumps(checklist), encoding="utf-8")
    approve = ("approve", AFTER, "--by", "Tan", "--checklist", "checklist.json")
    refused = place.call(*approve)
    assert refused.returncode == 1
    assert all(point["text"][:60] in refused.stderr for point in content["checklist"])
    assert place.call(*approve, "--incomplete").returncode == 0
    review = load(place.outputs / AFTER / "approval.json")["review"]
    assert len(review["unticked"]) == review["points"] == len(content["checklist"])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("approve", AFTER, "--by", " "), "--by is empty"),
        (("approve", AFTER, "--by", "Tan\nLim"), "--by contains a line break or control character (U+000A)"),
        (("approve", AFTER, "--by", "Tan", "--incomplete"), "--incomplete applies to the checklist"),
        (("approve", AFTER), "Missing option '--by'"),
        (("approve", "nowhere", "--by", "Tan"), "Run 'nowhere' not found"),
        (("release", AFTER), "Missing option '--to'"),
        (("rollback", "nowhere"), "nowhere not found; expected a folder of releases"),
        (("rollback", "releases", "--to", "2026.07.12"), "has no release '2026.07.12'"),
    ],
)
def test_impossible_requests_are_refused(command: tuple[str, ...], said: str, place: Workplace) -> None:
    result = place.call(*command)
    assert result.returncode == 2
    assert said in result.stderr
