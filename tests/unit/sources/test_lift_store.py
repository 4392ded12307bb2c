"""What was learnt once stays learnt, whatever happens to the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mrt_pipeline.contracts.source import LiftRecord
from mrt_pipeline.secrecy import SECRETS
from mrt_pipeline.sources.lta_lifts.kept import FILE
from mrt_pipeline.sources.lta_lifts.reading import LiftStore
from tests.fakes.fake_time import FakeTime

HOUGANG = LiftRecord("NEL", "NE14", "Hougang", "B1L01", "Exit A", "2026-09-18", "2026-09-18")
BUGIS = LiftRecord("DTL", "DT14", "Bugis", "B1L01", "Exit E", "2026-09-19", "2026-09-19")


class Place:
    """A folder, and what was told about it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "lta_lifts"
        self.warnings: list[str] = []

    def learn(self, *records: LiftRecord) -> tuple[LiftRecord, ...]:
        return LiftStore(self.folder, now=FakeTime().now(), warn=self.warnings.append).learn(records)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_lift_learnt_once_is_there_when_nothing_is_listed_any_more(place: Place) -> None:
    assert place.learn(HOUGANG) == (HOUGANG,)
    assert place.learn() == (HOUGANG,)
    assert place.learn(BUGIS) == (BUGIS, HOUGANG)
    assert place.warnings == []


def test_a_lift_seen_again_keeps_its_first_day_and_has_a_new_last_one(place: Place) -> None:
    place.learn(HOUGANG)
    place.learn(replace(HOUGANG, first_seen="2026-11-30", last_seen="2026-11-30"))
    (kept,) = place.learn(replace(HOUGANG, first_seen="2026-10-01", last_seen="2026-10-01"))
    assert (kept.first_seen, kept.last_seen) == ("2026-09-18", "2026-11-30")


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"x" * 200])
def test_a_damaged_file_is_set_aside_reported_and_restarted(place: Place, content: bytes) -> None:
    place.folder.mkdir()
    (place.folder / FILE).write_bytes(content)
    assert place.learn(HOUGANG) == (HOUGANG,)
    assert [path.read_bytes() for path in place.folder.glob(f"{FILE}.*") if "damaged" in path.name] == [
        content
    ]
    assert len(place.warnings) == 1
    assert place.learn() == (HOUGANG,)


def test_a_file_of_another_program_is_kept(place: Place) -> None:
    place.folder.mkdir()
    with closing(sqlite3.connect(place.folder / FILE)) as other:
        other.execute("CREATE TABLE precious (a)")
        other.commit()
    assert place.learn(HOUGANG) == (HOUGANG,)
    assert len(place.warnings) == 1
    assert len(list(place.folder.iterdir())) > 1


def test_a_folder_that_cannot_be_used_is_reported_and_the_run_goes_on(place: Place) -> None:
    place.folder.write_text("a file in the folder's place")
    assert place.learn(HOUGANG) == (HOUGANG,)
    (warning,) = place.warnings
    assert str(place.folder) in warning


def test_records_that_repeat_a_secret_are_not_kept_and_told_in_one_sentence(place: Place) -> None:
    SECRETS.learn("LTA_ACCOUNT_KEY", "sixteen-letters!")
    told = replace(HOUGANG, description="Exit A sixteen-letters!")
    assert place.learn(told, replace(told, lift_id="B1L02")) == ()
    (warning,) = place.warnings
    assert "2 lifts not kept" in warning
    assert "LTA_ACCOUNT_KEY" in warning
    assert "sixteen-letters!" not in warning
