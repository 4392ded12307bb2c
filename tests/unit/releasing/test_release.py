"""Releasing small datasets into a folder, again and again, and going back."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mrt_pipeline.config.registry import all_exports
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import Landmark
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.release import Delta, Review, Versions
from mrt_pipeline.errors import CorruptCheckpointError, ReleaseError, StorageError, UsageError
from mrt_pipeline.releasing.approving import approve
from mrt_pipeline.releasing.contents import identify
from mrt_pipeline.releasing.release import Outcome, release, roll_back
from mrt_pipeline.runtime.json_schemas import SCHEMAS_FOLDER
from tests.fakes.network_builder import cited, make_dataset, provenance
from tests.fakes.release_scene import NOW, REVIEWER, approve_as_is, put_candidate
from tests.unit.compare.comparison_scene import AFTER, BEFORE, network_dataset

MADE = {
    "stage3_final.json",
    "report.html",
    "ATTRIBUTION.txt",
    "CITATION.cff",
    "CHANGES.md",
    "delta.json",
    "sbom.cdx.json",
    "index.json",
    "SHA256SUMS",
}
EARLY, LATE = network_dataset(BEFORE), network_dataset(AFTER)
OTHER = LATE.model_copy(update={"stations": LATE.stations[1:]})


class Shelf:
    """A folder of releases, and runs beside it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.releases = place / "releases"
        self.number = 0

    def release(self, dataset: Stage3Output, **changes: Any) -> Outcome:
        """Release a dataset from a new run, an hour after the one before."""
        self.number += 1
        candidate = put_candidate(self.place / f"run{self.number}", dataset, **changes)
        moment = NOW + timedelta(hours=self.number)
        return release(candidate, approve_as_is(candidate), self.releases, moment)

    def roll_back(self, wanted: str | None = None) -> Outcome:
        return roll_back(self.releases, wanted, NOW)

    def state(self) -> dict[str, tuple[bytes, int]]:
        """Return every file with its content and the moment of its last change."""
        return {
            str(path.relative_to(self.releases)): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in self.releases.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        }

    @property
    def latest(self) -> str:
        return str((self.releases / "latest").readlink())

    @property
    def versions(self) -> Versions:
        return Versions.model_validate_json((self.releases / "versions.json").read_bytes())

    def delta(self, version: str) -> Delta:
        return Delta.model_validate_json((self.releases / version / "delta.json").read_bytes())


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def schema(name: str) -> Any:
    return json.loads((SCHEMAS_FOLDER / f"{name}.schema.json").read_bytes())


def test_a_release_is_named_by_its_day_and_holds_every_format(shelf: Shelf) -> None:
    outcome = shelf.release(LATE)
    assert (outcome.entry.version, outcome.is_new) == ("2026.07.13", True)
    formats = {name for spec in all_exports() for name in spec.files}
    made_open = formats | {"stage3_final.json", "ATTRIBUTION.txt"}
    assert files_of(shelf.releases / "2026.07.13") == MADE | formats | {f"open/{name}" for name in made_open}
    assert shelf.latest == "2026.07.13"
    assert (shelf.releases / "index.html").is_file()


def test_its_sums_are_those_of_its_files_as_sha256sum_reads_them(shelf: Shelf) -> None:
    shelf.release(LATE)
    folder = shelf.releases / "2026.07.13"
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    listed = {line.partition(": ")[0] for line in checked.stdout.splitlines()}
    assert listed == files_of(folder) - {"SHA256SUMS"}


def test_its_index_lists_each_file_and_fits_the_shipped_schema(shelf: Shelf) -> None:
    shelf.release(LATE)
    folder = shelf.releases / "2026.07.13"
    index = json.loads((folder / "index.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema("release_index"))
    jsonschema.validate(index, schema("release_index"))
    listed = {file["path"]: file["bytes"] for file in index["resources"]}
    assert listed == {
        name: (folder / name).stat().st_size for name in files_of(folder) - {"index.json", "SHA256SUMS"}
    }
    assert index["counts"] == {"stations": 4, "codes": 5, "lines": 2, "exits": 5, "future_stations": 1}
    assert index["approval"]["approved_by"] == REVIEWER
    assert [licence["licence"] for licence in index["licences"]] == ["SODL-1.0"]


def test_the_download_for_open_licences_has_no_document_of_another_one_and_the_index_says_so(
    shelf: Shelf,
) -> None:
    wiki = "CC-BY-SA-3.0"
    first, *others = LATE.stations
    park = Landmark(name="Bishan Park", evidence=cited("1", "wiki:1@7", licence=wiki))
    found = first.exits[0].model_copy(update={"landmarks": (park,)})
    changed = first.model_copy(update={"exits": (found, *first.exits[1:])})
    documents = {**LATE.provenance, "wiki:1@7": provenance("wiki:1@7", licence=wiki)}
    shelf.release(LATE.model_copy(update={"stations": (changed, *others), "provenance": documents}))
    folder = shelf.releases / "2026.07.13"
    holding = {name for name in files_of(folder) if b"Bishan Park" in (folder / name).read_bytes()}
    assert {"stage3_final.json", "exits.geojson", "mrt_tables.zip", "mrt.gpkg"} <= holding
    assert not [name for name in files_of(folder) if name.startswith("open/") and name in holding]
    assert wiki not in (folder / "open/ATTRIBUTION.txt").read_text("utf-8")
    whole, apart = json.loads((folder / "index.json").read_bytes())["sets"]
    assert (whole["name"], whole["licences"]) == ("all", [wiki, "SODL-1.0"])
    assert (apart["name"], apart["path"], apart["licences"]) == ("open", "open/", ["SODL-1.0"])
    page = (shelf.releases / "index.html").read_text("utf-8")
    assert (
        "contain only values licensed under SODL-1.0; the others contain everything. "
        "In these files, fewer exits have a value: " in page
    )
    assert "Landmarks 0 instead of 1." in page
    assert (whole["coverage"]["landmarks"]["filled"], apart["coverage"]["landmarks"]["filled"]) == (1, 0)


def test_a_run_for_fewer_licences_is_not_released(shelf: Shelf) -> None:
    metadata = LATE.metadata.model_copy(update={"licences": "open"})
    with pytest.raises(ReleaseError, match=r"made with output\.licences open; a release contains"):
        shelf.release(LATE.model_copy(update={"metadata": metadata}))


def test_the_list_of_versions_fits_the_shipped_schema_after_a_release_and_a_rollback(shelf: Shelf) -> None:
    jsonschema.Draft202012Validator.check_schema(schema("release_versions"))
    shelf.release(EARLY)
    shelf.release(LATE)
    for _ in range(2):
        content = json.loads((shelf.releases / "versions.json").read_bytes())
        jsonschema.validate(content, schema("release_versions"))
        shelf.roll_back("2026.07.11")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**content, "latest": "newest"}, schema("release_versions"))


def test_files_of_a_release_are_read_only(shelf: Shelf) -> None:
    shelf.release(LATE)
    folder = shelf.releases / "2026.07.13"
    assert {(folder / name).stat().st_mode & 0o777 for name in files_of(folder)} == {0o444}


def test_releasing_twice_changes_nothing_and_says_so(shelf: Shelf) -> None:
    shelf.release(EARLY)
    first = shelf.release(LATE)
    before = shelf.state()
    later = LATE.model_copy(
        update={"metadata": LATE.metadata.model_copy(update={"generated_at": NOW + timedelta(days=1)})}
    )
    for dataset in (LATE, later, EARLY):
        again = shelf.release(dataset)
        assert not again.is_new
        assert again.versions == first.versions
    assert shelf.state() == before


def test_other_data_of_the_same_day_is_a_release_of_its_own(shelf: Shelf) -> None:
    shelf.release(LATE)
    assert shelf.release(OTHER).entry.version == "2026.07.13.1"
    assert shelf.release(make_dataset(*OTHER.stations[1:], as_of=AFTER)).entry.version == "2026.07.13.2"
    assert shelf.latest == "2026.07.13.2"
    assert shelf.delta("2026.07.13.1").previous == "2026.07.13"
    assert [entry.version for entry in shelf.versions.versions] == [
        "2026.07.13.2",
        "2026.07.13.1",
        "2026.07.13",
    ]


def test_the_same_data_of_another_day_is_a_release_of_its_own(shelf: Shelf) -> None:
    next_day = LATE.model_copy(
        update={"metadata": LATE.metadata.model_copy(update={"as_of": AFTER + timedelta(days=1)})}
    )
    shelf.release(LATE)
    assert shelf.release(next_day).entry.version == "2026.07.14"
    one, other = put_candidate(shelf.place / "one", LATE), put_candidate(shelf.place / "other", next_day)
    assert identify(one, []) != identify(other, [])
    assert identify(one, []) == identify(put_candidate(shelf.place / "again", LATE), [])


def test_an_earlier_day_is_released_and_not_shown(shelf: Shelf) -> None:
    shelf.release(LATE)
    outcome = shelf.release(EARLY)
    assert (outcome.entry.version, outcome.versions.latest) == ("2026.07.11", "2026.07.13")
    assert shelf.latest == "2026.07.13"
    assert shelf.delta("2026.07.11").previous is None


def test_what_changed_is_reported_from_the_release_before(shelf: Shelf) -> None:
    assert shelf.release(EARLY).is_new
    first = shelf.delta("2026.07.11")
    assert (first.previous, first.changes) == (None, None)
    noticed = Finding(check="exit-far-from-station", severity=Severity.WARNING, message="m")
    shelf.release(LATE.model_copy(update={"findings": (noticed,)}))
    delta = shelf.delta("2026.07.13")
    assert delta.previous == "2026.07.11"
    assert delta.changes is not None
    assert [item.name for item in delta.changes.stations_opened] == ["Keppel"]
    assert not delta.changes.findings


def test_a_release_before_of_another_schema_version_is_not_compared_and_said_so(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.release(EARLY)

    def refuse(path: Path, *_: object) -> None:
        raise CorruptCheckpointError(path, "has a different dataset format.")

    monkeypatch.setattr("mrt_pipeline.releasing.changes.parse_dataset", refuse)
    shelf.release(LATE)
    delta = shelf.delta("2026.07.13")
    assert (delta.previous, delta.changes) == ("2026.07.11", None)
    assert "different dataset format" in (delta.why_not_compared or "")


@pytest.mark.parametrize("name", ["stage3_final.json", "index.json"])
def test_nothing_is_built_on_a_release_that_was_changed(name: str, shelf: Shelf) -> None:
    shelf.release(EARLY)
    path = shelf.releases / "2026.07.11" / name
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")
    before = shelf.state()
    with pytest.raises(ReleaseError, match=rf"2026\.07\.11/{name} has been changed since"):
        shelf.release(LATE)
    assert shelf.state() == before


def test_a_release_that_is_listed_and_gone_is_missed_only_where_it_is_needed(shelf: Shelf) -> None:
    shelf.release(EARLY)
    shelf.release(LATE)
    (shelf.releases / "2026.07.11").rename(shelf.place / "elsewhere")
    assert shelf.release(OTHER).entry.version == "2026.07.13.1"
    assert "2026.07.11" in [entry.version for entry in shelf.versions.versions]
    with pytest.raises(ReleaseError, match=r"2026\.07\.11 is listed in versions\.json but missing"):
        shelf.roll_back("2026.07.11")


def test_a_lost_list_of_versions_is_made_again_from_the_releases(shelf: Shelf) -> None:
    shelf.release(EARLY)
    shelf.release(LATE)
    before = shelf.versions
    (shelf.releases / "versions.json").unlink()
    outcome = shelf.release(LATE)
    assert (outcome.is_new, outcome.is_history_lost) == (False, True)
    assert shelf.versions == before
    assert shelf.latest == "2026.07.13"
    assert not shelf.release(LATE).is_history_lost


def test_a_release_that_was_withdrawn_is_not_shown_again_when_the_list_of_versions_is_lost(
    shelf: Shelf,
) -> None:
    shelf.release(EARLY)
    shelf.release(LATE)
    shelf.roll_back()
    (shelf.releases / "versions.json").unlink()
    outcome = shelf.release(LATE)
    assert (outcome.is_new, outcome.is_history_lost, shelf.latest) == (False, True, "2026.07.11")
    assert [entry.is_withdrawn for entry in shelf.versions.versions] == [True, False]
    shelf.release(OTHER)
    assert shelf.delta("2026.07.13.1").previous == "2026.07.11"


def test_the_user_is_asked_which_release_is_shown_when_nothing_else_tells_it(shelf: Shelf) -> None:
    shelf.release(EARLY)
    shelf.release(LATE)
    for name in ("versions.json", "latest"):
        (shelf.releases / name).unlink()
    said = r"neither versions\.json nor latest.*rollback .* --to VERSION"
    with pytest.raises(ReleaseError, match=said):
        shelf.release(LATE)
    for wanted in (None, "2026.07.12"):
        with pytest.raises(ReleaseError, match=said):
            shelf.roll_back(wanted)
    outcome = shelf.roll_back("2026.07.11")
    assert (outcome.is_history_lost, shelf.latest) == (True, "2026.07.11")
    assert [entry.is_withdrawn for entry in shelf.versions.versions] == [True, False]


def test_a_first_release_that_was_stopped_before_it_was_listed_has_lost_no_history(shelf: Shelf) -> None:
    shelf.release(LATE)
    for name in ("versions.json", "latest"):
        (shelf.releases / name).unlink()
    assert not shelf.release(LATE).is_history_lost
    assert shelf.latest == "2026.07.13"


def test_a_shown_release_that_is_gone_with_the_list_of_versions_is_missed(shelf: Shelf) -> None:
    shelf.release(EARLY)
    shelf.release(LATE)
    (shelf.releases / "versions.json").unlink()
    (shelf.releases / "2026.07.13").rename(shelf.place / "elsewhere")
    with pytest.raises(ReleaseError, match=r"latest points to 2026\.07\.13, which is missing"):
        shelf.release(EARLY)


@pytest.mark.parametrize(
    "lie", [{"path": "../../elsewhere/"}, {"content_sha256": "0" * 64}, {"as_of": "2030-01-01"}, {"exits": 1}]
)
def test_a_list_that_describes_a_release_wrongly_is_named_with_what_to_do(
    shelf: Shelf, lie: dict[str, object]
) -> None:
    shelf.release(LATE)
    path = shelf.releases / "versions.json"
    listed = json.loads(path.read_bytes())
    listed["versions"][0] |= lie
    path.write_text(json.dumps(listed))
    with pytest.raises(ReleaseError, match=r"versions\.json describes .* Move it elsewhere"):
        shelf.release(LATE)


def test_a_damaged_list_of_versions_is_named_with_what_to_do(shelf: Shelf) -> None:
    shelf.release(LATE)
    (shelf.releases / "versions.json").write_text("[]")
    with pytest.raises(
        ReleaseError, match=r"versions\.json is damaged, or is not a list of versions .* Move it elsewhere"
    ):
        shelf.release(LATE)


def test_a_folder_with_the_name_of_a_release_that_is_none_is_named(shelf: Shelf) -> None:
    (shelf.releases / "2026.07.13").mkdir(parents=True)
    with pytest.raises(ReleaseError, match=r"has the name or files of a release but no index\.json"):
        shelf.release(LATE)


def test_going_back_points_latest_at_the_release_before_and_records_it(shelf: Shelf) -> None:
    shelf.release(EARLY)
    shelf.release(LATE)
    outcome = shelf.roll_back()
    assert (outcome.entry.version, outcome.is_new, shelf.latest) == ("2026.07.11", True, "2026.07.11")
    [rollback] = shelf.versions.rollbacks
    assert (rollback.old, rollback.new, rollback.rolled_back_at) == ("2026.07.13", "2026.07.11", NOW)
    assert {entry.version: entry.is_withdrawn for entry in shelf.versions.versions} == {
        "2026.07.13": True,
        "2026.07.11": False,
    }
    assert b"Release 2026.07.11" in (shelf.releases / "index.html").read_bytes()


def test_a_withdrawn_release_is_not_shown_again_by_releasing_it(shelf: Shelf) -> None:
    shelf.release(EARLY)
    shelf.release(LATE)
    shelf.roll_back()
    outcome = shelf.release(LATE)
    assert (outcome.is_new, shelf.latest) == (False, "2026.07.11")
    assert shelf.versions.versions[0].is_withdrawn


def test_what_comes_after_a_rollback_is_shown_and_compared_with_what_counts(shelf: Shelf) -> None:
    shelf.release(EARLY)
    shelf.release(OTHER)
    shelf.roll_back()
    shelf.release(LATE)
    assert shelf.latest == "2026.07.13.1"
    assert shelf.delta("2026.07.13.1").previous == "2026.07.11"


def test_going_forward_again_makes_a_release_count_again(shelf: Shelf) -> None:
    shelf.release(EARLY)
    shelf.release(LATE)
    shelf.roll_back()
    shelf.roll_back("2026.07.13")
    assert shelf.latest == "2026.07.13"
    assert not any(entry.is_withdrawn for entry in shelf.versions.versions)
    assert len(shelf.versions.rollbacks) == 2


@pytest.mark.parametrize("name", sorted(MADE | {"exits.geojson"}))
@pytest.mark.parametrize("is_gone", [False, True])
def test_a_release_of_which_a_file_was_changed_or_is_missing_is_not_shown(
    is_gone: bool, name: str, shelf: Shelf
) -> None:
    shelf.release(EARLY)
    shelf.release(LATE)
    path = shelf.releases / "2026.07.11" / name
    path.chmod(0o644)
    path.unlink() if is_gone else path.write_bytes(path.read_bytes() + b" ")
    before = shelf.state()
    with pytest.raises(ReleaseError, match=re.escape(name)):
        shelf.roll_back("2026.07.11")
    assert (shelf.state(), shelf.latest) == (before, "2026.07.13")


def test_one_goes_back_from_a_release_that_was_changed(shelf: Shelf) -> None:
    shelf.release(EARLY)
    shelf.release(LATE)
    path = shelf.releases / "2026.07.13" / "exits.geojson"
    path.chmod(0o644)
    path.write_bytes(b"{}")
    assert shelf.roll_back().entry.version == shelf.latest == "2026.07.11"


def test_what_was_withdrawn_stays_so_when_one_goes_back_farther(shelf: Shelf) -> None:
    for dataset in (EARLY, OTHER, LATE):
        shelf.release(dataset)
    shelf.roll_back()
    shelf.roll_back()
    assert shelf.latest == "2026.07.11"
    assert [entry.is_withdrawn for entry in shelf.versions.versions] == [True, True, False]


def test_going_to_what_is_shown_changes_nothing(shelf: Shelf) -> None:
    shelf.release(EARLY)
    before = shelf.state()
    assert not shelf.roll_back("2026.07.11").is_new
    assert shelf.state() == before


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (None, r"has no release before 2026\.07\.11"),
        ("2026.07.12", r"has no release '2026\.07\.12'; expected one of 2026\.07\.11"),
    ],
)
def test_there_is_nothing_else_to_go_back_to(wanted: str | None, said: str, shelf: Shelf) -> None:
    shelf.release(EARLY)
    with pytest.raises(UsageError, match=said):
        shelf.roll_back(wanted)


def test_a_folder_without_releases_has_none_to_go_back_to(shelf: Shelf) -> None:
    with pytest.raises(UsageError, match="not found"):
        shelf.roll_back()
    shelf.releases.mkdir()
    with pytest.raises(UsageError, match="contains no release"):
        shelf.roll_back()


def test_a_run_s_folder_and_that_of_all_runs_are_not_for_releases(shelf: Shelf) -> None:
    candidate = put_candidate(shelf.place / "outputs" / "run", LATE)
    approval = approve_as_is(candidate)
    with pytest.raises(ReleaseError, match="is the folder of a run"):
        release(candidate, approval, candidate.run.folder, NOW)
    (shelf.place / "outputs" / "latest").symlink_to("run")
    with pytest.raises(ReleaseError, match="latest points to run, which is not a release"):
        release(candidate, approval, shelf.place / "outputs", NOW)


def test_a_file_in_the_place_of_the_releases_is_reported_with_the_flag_that_names_another(
    shelf: Shelf,
) -> None:
    shelf.releases.write_text("mine")
    with pytest.raises(StorageError, match=r"is a file.* specify another folder with --to\.$"):
        shelf.release(LATE)
    assert shelf.releases.read_text() == "mine"


def test_something_of_a_person_s_in_the_place_of_latest_is_left_there(shelf: Shelf) -> None:
    shelf.releases.mkdir()
    (shelf.releases / "latest").write_text("mine")
    with pytest.raises(StorageError, match="is not a link"):
        shelf.release(LATE)
    assert [path.name for path in shelf.releases.iterdir()] == ["latest"]


def test_points_left_open_are_released_with_the_name_of_whoever_left_them(shelf: Shelf) -> None:
    candidate = put_candidate(shelf.place / "run", LATE)
    review = Review(points=2, unticked=("<b>Look</b>",))
    approval = approve(candidate, REVIEWER, "a & b", review, NOW).approval
    release(candidate, approval, shelf.releases, NOW)
    index = json.loads((shelf.releases / "2026.07.13/index.json").read_bytes())
    assert index["approval"]["review"] == {"points": 2, "unticked": ["<b>Look</b>"]}
    page = (shelf.releases / "index.html").read_text("utf-8")
    assert "a &amp; b" in page
    assert "&lt;b&gt;Look&lt;/b&gt;" in page
