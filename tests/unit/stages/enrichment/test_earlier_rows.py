"""Rows of the run before: taken over where nothing that they depend on has changed, and only there."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.contracts.names import JOURNAL_NAME
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import ModelUsage, Stage2Output
from mrt_pipeline.errors import FetchError
from mrt_pipeline.runtime.context import EarlierRun
from mrt_pipeline.runtime.files import to_json
from mrt_pipeline.secrecy import SECRETS
from mrt_pipeline.stages.enrichment.journal import Journal, open_journal, read_journal
from mrt_pipeline.stages.stage2_enrichment import Stage2Enrichment
from tests.fakes.enrichment_sources import LandmarkSource, SeenReporter, make_context, make_line, make_stage
from tests.fakes.network_builder import AS_OF, NOW, make_stage1

STATIONS = make_line(4)
SLUGS = [station.slug for station in STATIONS]


class ForgetfulSource(LandmarkSource):
    """Keeps nothing of one station."""

    def keeps(self, station: Station) -> bool:
        return station.slug != SLUGS[2]


def _source(**options: Any) -> LandmarkSource:
    return LandmarkSource("fandom_wiki", usage=ModelUsage(calls=1, cost_usd=0.5), **options)


def _run(folder: Path, source: LandmarkSource, **options: Any) -> tuple[Stage2Enrichment, Stage2Output]:
    """Run stage 2 in a folder of its own, after the run in ``earlier``."""
    folder.mkdir(exist_ok=True)
    earlier = EarlierRun("the-run-before", folder.parent / "earlier")
    stage = make_stage(replace(make_context(folder, **options), earlier=earlier), source, is_remote=True)
    return stage, stage.execute(make_stage1(STATIONS, as_of=options.get("as_of", AS_OF)))


def _journal(folder: Path) -> Path:
    return folder / "earlier" / JOURNAL_NAME


def test_an_unchanged_run_asks_for_no_station_costs_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    before = _run(tmp_path / "earlier", _source())[1]
    written = _journal(tmp_path).read_bytes()
    source = _source()
    stage, output = _run(tmp_path / "new", source)
    assert source.asked == []
    assert to_json(output) == to_json(before)
    assert stage.usage == ModelUsage()
    assert stage.taken_over == {"the-run-before": 4}
    assert [path.name for path in (tmp_path / "earlier").iterdir()] == [JOURNAL_NAME]
    assert _journal(tmp_path).read_bytes() == written
    again = _source()
    assert to_json(_run(tmp_path / "new", again, retry_failed=True)[1]) == to_json(before)
    assert again.asked == []


def test_a_station_is_requested_again_when_its_version_or_what_is_kept_of_it_changes(tmp_path: Path) -> None:
    _run(tmp_path / "earlier", _source())
    source = ForgetfulSource("fandom_wiki", version=lambda station: "2" if station.slug == SLUGS[1] else "1")
    stage, _ = _run(tmp_path / "new", source)
    assert sorted(source.asked) == SLUGS[1:3]
    assert stage.taken_over == {"the-run-before": 2}


def test_another_day_or_setting_takes_nothing_over(tmp_path: Path) -> None:
    _run(tmp_path / "earlier", _source())
    for name, options in (
        ("day", {"as_of": AS_OF + timedelta(days=1)}),
        ("radius", {"bus_stop_radius_m": 9}),
    ):
        source = _source()
        assert _run(tmp_path / name, source, **options)[0].taken_over == {}
        assert sorted(source.asked) == SLUGS


def test_what_failed_before_or_cannot_be_looked_up_now_is_not_taken_over(tmp_path: Path) -> None:
    """Within a run, what a source said stands while it cannot be asked; a new run asks anew."""
    _run(tmp_path / "earlier", _source(errors={SLUGS[0]: FetchError("fandom_wiki", "timed out")}))
    source = _source()
    _run(tmp_path / "new", source)
    assert source.asked == [SLUGS[0]]
    blocked = _source(prepare_error=FetchError("fandom_wiki", "timed out"))
    assert _run(tmp_path / "blocked", blocked)[0].taken_over == {}


def test_a_row_that_holds_a_secret_or_is_damaged_counts_as_absent(tmp_path: Path) -> None:
    _run(tmp_path / "earlier", _source())
    with closing(sqlite3.connect(_journal(tmp_path))) as connection, connection:
        connection.execute("UPDATE stations SET attempt = 7 WHERE slug = ?", (SLUGS[3],))
    SECRETS.learn("LTA_ACCOUNT_KEY", f"fandom_wiki:{SLUGS[0]}")
    source = _source(errors={SLUGS[0]: FetchError("fandom_wiki", "timed out")})
    _run(tmp_path / "new", source)
    assert sorted(source.asked) == [SLUGS[0], SLUGS[3]]


@pytest.mark.parametrize("content", [None, b"not a database at all", b""])
def test_a_journal_that_cannot_be_read_is_left_alone_and_told(tmp_path: Path, content: bytes | None) -> None:
    (tmp_path / "earlier").mkdir()
    if content is not None:
        _journal(tmp_path).write_bytes(content)
    source, reporter = _source(), SeenReporter()
    _run(tmp_path / "new", source, reporter=reporter)
    assert sorted(source.asked) == SLUGS
    assert content is None or _journal(tmp_path).read_bytes() == content
    assert [note for note in reporter.notes if "the-run-before" in note and JOURNAL_NAME in note]


def test_rows_of_a_run_that_is_still_writing_are_seen(tmp_path: Path) -> None:
    _run(tmp_path / "earlier", _source())
    (tmp_path / "other" / "earlier").mkdir(parents=True)
    with read_journal(tmp_path / "earlier") as first, _open(tmp_path / "other" / "earlier") as journal:
        for row in map(first.find, SLUGS):
            assert row is not None
            journal.commit(row)
        assert _run(tmp_path / "other" / "new", _source())[0].taken_over == {"the-run-before": 4}


def _open(folder: Path) -> AbstractContextManager[Journal]:
    return open_journal(folder, now=NOW, notify=print, is_costly=False)
