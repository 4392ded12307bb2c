"""Stage 2 with real threads and a real journal: what is done again, what stops it, and what it says."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.contracts.names import JOURNAL_NAME
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import EnrichmentStatus, ModelUsage, Stage2Output
from mrt_pipeline.errors import (
    BlockedError,
    FetchError,
    ModelCallError,
    RunInterrupted,
    StageError,
    StageInputError,
)
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.files import to_json
from mrt_pipeline.runtime.signals import StopRequest
from tests.fakes.enrichment_sources import (
    LandmarkSource,
    MeteredLandmarkSource,
    SeenReporter,
    SurveyingLandmarkSource,
    make_context,
    make_line,
    make_stage,
)
from tests.fakes.network_builder import make_stage1

STATIONS = make_line(12)
SLUGS = [station.slug for station in STATIONS]
NO_PAGE = FetchError("fandom_wiki", "has no page of that title.", status=404)


def _run(context: RunContext, *sources: LandmarkSource, **options: Any) -> Stage2Output:
    stage = make_stage(context, *sources, **{"is_remote": True} | options)
    output = stage.execute(make_stage1(STATIONS))
    stage.validate_output(output)
    return output


def _wiki(**options: Any) -> LandmarkSource:
    return LandmarkSource("fandom_wiki", **options)


def _statuses(output: Stage2Output) -> dict[str, EnrichmentStatus]:
    return {item.slug: item.status for item in output.enrichments if item.status is not EnrichmentStatus.DONE}


def _at(slug: str, act: Callable[[], object]) -> Callable[[Station], None]:
    """Return what acts when a station is asked for."""

    def before(station: Station) -> None:
        if station.slug == slug:
            act()

    return before


def test_a_second_run_asks_for_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = _wiki(), _wiki()
    outputs = [_run(make_context(tmp_path), source) for source in (first, second)]
    assert sorted(first.asked) == sorted(SLUGS)
    assert second.asked == []
    assert to_json(outputs[0]) == to_json(outputs[1])
    assert [item.slug for item in outputs[0].enrichments] == SLUGS


@pytest.mark.parametrize("width", [1, 2, 8, 64])
def test_the_bytes_do_not_depend_on_threads(width: int) -> None:
    inline = _run(make_context(), _wiki(), LandmarkSource(), is_remote=False)
    threaded = _run(make_context(batch_size=width), _wiki(), LandmarkSource())
    assert to_json(threaded) == to_json(inline)


def test_local_sources_are_asked_in_the_callers_own_thread_and_in_order() -> None:
    threads: set[threading.Thread] = set()
    source = LandmarkSource(before=lambda _: threads.add(threading.current_thread()))
    _run(make_context(), source, is_remote=False)
    assert threads == {threading.current_thread()}
    assert source.asked == SLUGS


def test_rows_of_local_sources_are_committed_together_also_when_the_run_is_stopped(tmp_path: Path) -> None:
    stop = StopRequest()
    seen: list[int] = []

    def look(_station: Station) -> None:
        with closing(sqlite3.connect(tmp_path / JOURNAL_NAME)) as connection:
            seen.append(connection.execute("SELECT count(*) FROM stations").fetchone()[0])
        if len(seen) == 5:
            os.kill(os.getpid(), signal.SIGTERM)

    with stop.watching(), pytest.raises(RunInterrupted):
        _run(make_context(tmp_path, stop=stop), LandmarkSource(before=look), is_remote=False)
    assert seen == [0] * 5
    later = LandmarkSource()
    _run(make_context(tmp_path), later, is_remote=False)
    assert later.asked == SLUGS[5:]


def test_never_more_stations_than_batch_size_are_in_flight() -> None:
    lock, together = threading.Lock(), [0, 0]
    full = threading.Barrier(3)

    def enter(station: Station) -> None:
        with lock:
            together[0] += 1
            together[1] = max(together)
        if station.slug in SLUGS[:3]:
            full.wait(timeout=30)

    def leave(_station: Station) -> None:
        with lock:
            together[0] -= 1

    _run(make_context(batch_size=3), _wiki(before=enter), LandmarkSource(before=leave))
    assert together[1] == 3


def test_only_a_station_whose_page_has_changed_is_requested_again(tmp_path: Path) -> None:
    _run(make_context(tmp_path), _wiki(version="r1"))
    changed = _wiki(version=lambda station: "r2" if station.slug == SLUGS[4] else "r1")
    output = _run(make_context(tmp_path), changed)
    assert changed.asked == [SLUGS[4]]
    assert output.enrichments[4].exits[0].landmarks[0].name.endswith("vr2")


@pytest.mark.parametrize("table", ["stations", "expenses"])
def test_a_journal_that_breaks_meanwhile_does_not_hide_why_the_stage_ends(tmp_path: Path, table: str) -> None:
    def break_journal() -> None:
        with closing(sqlite3.connect(tmp_path / JOURNAL_NAME)) as connection:
            connection.execute(f"DROP TABLE {table}")

    reporter = SeenReporter()
    refused = ModelCallError("the key was refused.", fatal=True)
    source = MeteredLandmarkSource(
        "openrouter_llm",
        errors={SLUGS[0]: refused},
        usage=ModelUsage(calls=1),
        before=_at(SLUGS[0], break_journal),
    )
    with pytest.raises(StageError, match=r"the key was refused\. Progress saved"):
        _run(make_context(tmp_path, reporter=reporter, batch_size=1), source)
    assert ("not counted in the cost" in reporter.warnings[0]) is (table == "expenses")
    for warning in reporter.warnings:
        assert f"{JOURNAL_NAME} could not be written or read: no such table: {table}" in warning


def test_a_source_is_prepared_once_for_all_stations() -> None:
    source = _wiki()
    _run(make_context(), source)
    assert source.prepared == [tuple(SLUGS)]


def test_stations_that_a_source_failed_are_tried_again_and_the_run_converges(tmp_path: Path) -> None:
    reporter = SeenReporter()
    failing = _wiki(errors={SLUGS[2]: NO_PAGE, SLUGS[7]: NO_PAGE})
    partial = _run(make_context(tmp_path, reporter=reporter), failing, LandmarkSource())
    assert _statuses(partial) == dict.fromkeys([SLUGS[2], SLUGS[7]], EnrichmentStatus.PARTIAL)
    [finding] = partial.findings
    assert (finding.check, finding.source) == ("source-failed", "fandom_wiki")
    assert finding.message == (
        "fandom_wiki returned nothing for 2 stations (station-2, station-7). The first error: fandom_wiki: "
        "has no page of that title."
    )
    assert reporter.warnings == [finding.message]

    healed = _wiki()
    whole = _run(make_context(tmp_path), healed, LandmarkSource())
    assert sorted(healed.asked) == [SLUGS[2], SLUGS[7]]
    assert to_json(whole) == to_json(_run(make_context(), _wiki(), LandmarkSource()))


def test_of_many_stations_that_a_source_failed_a_few_are_named() -> None:
    partial = _run(make_context(), _wiki(errors=dict.fromkeys(SLUGS, NO_PAGE)), LandmarkSource())
    [finding] = partial.findings
    more = len(SLUGS) - 3
    assert f"for {len(SLUGS)} stations ({', '.join(SLUGS[:3])} and {more} more). The first" in finding.message


def test_stations_never_tried_come_before_those_that_failed(tmp_path: Path) -> None:
    """Otherwise a daily budget could be spent on hopeless ones for ever."""
    _run(
        make_context(tmp_path, batch_size=1, max_model_requests=2),
        _wiki(errors={SLUGS[0]: NO_PAGE}, usage=ONE_CALL),
    )
    later = _wiki(usage=ONE_CALL)
    _run(make_context(tmp_path, batch_size=1), later)
    assert later.asked == [*SLUGS[3:], SLUGS[0]]


def test_stations_that_failed_more_often_come_later(tmp_path: Path) -> None:
    for failing in (SLUGS[:2], SLUGS[:1]):
        _run(make_context(tmp_path), _wiki(errors=dict.fromkeys(failing, NO_PAGE)))
    _run(
        make_context(tmp_path),
        _wiki(version=_other_for(SLUGS[5]), errors={SLUGS[0]: NO_PAGE, SLUGS[5]: NO_PAGE}),
    )
    last = _wiki(version=_other_for(SLUGS[5]))
    _run(make_context(tmp_path, batch_size=1), last)
    assert last.asked == [SLUGS[5], SLUGS[0]]


def _other_for(slug: str) -> Callable[[Station], str]:
    return lambda station: "2" if station.slug == slug else "1"


def test_a_station_that_fails_again_shows_the_newer_reason(tmp_path: Path) -> None:
    for reason in ("has no page.", "has an empty page."):
        error = FetchError("fandom_wiki", reason)
        output = _run(make_context(tmp_path), _wiki(errors={SLUGS[2]: error}))
        assert output.enrichments[2].failures == {"fandom_wiki": str(error)}


ONE_CALL = ModelUsage(calls=1, prompt_tokens=1000, completion_tokens=200, cost_usd=0.01)


def test_at_its_budget_the_stage_ends_with_the_rest_pending_and_is_resumed(tmp_path: Path) -> None:
    reporter = SeenReporter()
    today = _wiki(usage=ONE_CALL)
    output = _run(make_context(tmp_path, reporter=reporter, batch_size=1, max_model_requests=5), today)
    assert len(today.asked) == 5
    assert _statuses(output) == dict.fromkeys(SLUGS[5:], EnrichmentStatus.PENDING)
    assert reporter.notes == [
        "7 stations are left for a later run: max_model_requests (5) is reached; 5 were sent."
    ]
    tomorrow = _wiki(usage=ONE_CALL)
    _run(make_context(tmp_path, batch_size=1, max_model_requests=5), tomorrow)
    assert sorted(tomorrow.asked) == sorted(SLUGS[5:10])
    last = _wiki(usage=ONE_CALL)
    output = _run(make_context(tmp_path, batch_size=1, max_model_requests=5), last)
    assert sorted(last.asked) == SLUGS[10:]
    assert to_json(output) == to_json(_run(make_context(), _wiki()))


def test_a_service_that_gives_no_more_today_ends_the_stage_like_a_budget(tmp_path: Path) -> None:
    enough = ModelCallError("There were too many requests today.", fatal=True, retryable=True, status=429)
    reporter = SeenReporter()
    source = _wiki(errors=dict.fromkeys(SLUGS[6:], enough))
    output = _run(make_context(tmp_path, reporter=reporter, batch_size=2), source)
    assert set(_statuses(output).values()) == {EnrichmentStatus.PENDING}
    assert [slug for slug in SLUGS if slug not in _statuses(output)] == SLUGS[:6]
    assert len(source.asked) <= 8
    assert reporter.notes == ["6 stations are left for a later run: There were too many requests today."]
    again = _wiki()
    _run(make_context(tmp_path), again)
    assert sorted(again.asked) == sorted(SLUGS[6:])


def test_a_refused_key_ends_the_stage_in_one_sentence_and_what_is_done_is_kept(tmp_path: Path) -> None:
    refused = ModelCallError("The key is refused.", fatal=True, status=401)
    first, source = LandmarkSource(), _wiki(errors=dict.fromkeys(SLUGS[6:], refused))
    with pytest.raises(StageError) as caught:
        _run(make_context(tmp_path, batch_size=2), first, source)
    assert str(caught.value) == ("stage2_enrichment: The key is refused. Progress saved.")
    assert len(source.asked) <= len(first.asked) <= 9
    again = _wiki()
    _run(make_context(tmp_path), LandmarkSource(), again)
    assert sorted(again.asked) == sorted(SLUGS[6:])


def test_a_key_that_is_refused_at_once_costs_nothing(tmp_path: Path) -> None:
    refused = ModelCallError("The key is refused.", fatal=True, status=401)
    source = _wiki(prepare_error=refused)
    with pytest.raises(StageError, match="key is refused"):
        _run(make_context(tmp_path), source)
    assert source.asked == []


def test_a_bug_in_a_source_comes_out_and_what_was_committed_before_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        _run(make_context(tmp_path, batch_size=1), _wiki(errors={SLUGS[3]: ZeroDivisionError("bug")}))
    again = _wiki()
    _run(make_context(tmp_path), again)
    assert sorted(again.asked) == sorted(SLUGS[3:])


def test_a_signal_lets_those_in_flight_finish_and_begins_no_other(tmp_path: Path) -> None:
    announced: list[str] = []
    stop = StopRequest(announced.append)
    source = _wiki(before=_at(SLUGS[4], lambda: os.kill(os.getpid(), signal.SIGTERM)))
    with stop.watching(), pytest.raises(RunInterrupted) as caught:
        _run(make_context(tmp_path, stop=stop, batch_size=2), source)
    assert caught.value.exit_code == 128 + signal.SIGTERM
    assert len(announced) == 1
    assert len(source.asked) <= 7
    again = _wiki()
    output = _run(make_context(tmp_path), again)
    assert set(again.asked).isdisjoint(source.asked)
    assert to_json(output) == to_json(_run(make_context(), _wiki()))


def test_a_second_signal_stops_at_once_though_a_station_hangs(tmp_path: Path) -> None:
    never = threading.Event()

    def hang() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        stopping.wait(timeout=30)
        os.kill(os.getpid(), signal.SIGINT)
        never.wait(timeout=60)

    stopping = threading.Event()
    stop = StopRequest(lambda _: stopping.set())
    source = _wiki(before=_at(SLUGS[4], hang))
    with stop.watching(), pytest.raises(RunInterrupted):
        _run(make_context(tmp_path, stop=stop, batch_size=1), source)
    assert source.asked == SLUGS[:5]
    never.set()
    again = _wiki()
    _run(make_context(tmp_path), again)
    assert sorted(again.asked) == sorted(SLUGS[4:])


def test_a_source_blocked_from_the_start_leaves_partial_stations_and_no_error(tmp_path: Path) -> None:
    blocked = BlockedError("fandom_wiki", "refuses this client (403).", status=403)
    source = _wiki(prepare_error=blocked)
    output = _run(make_context(tmp_path), source, LandmarkSource())
    assert source.asked == []
    assert set(_statuses(output).values()) == {EnrichmentStatus.PARTIAL}
    reasons = {use.source: (use.used, use.reason) for use in output.sources}
    assert reasons == {
        "fandom_wiki": (
            False,
            "could not be asked about every station: fandom_wiki: refuses this client (403).",
        ),
        "network": (True, "asked about every station"),
    }


def test_what_a_source_said_before_it_was_blocked_stands(tmp_path: Path) -> None:
    whole = _run(make_context(tmp_path), _wiki(version="r1"), LandmarkSource())
    blocked = _wiki(prepare_error=BlockedError("fandom_wiki", "refuses this client (403)."))
    output = _run(make_context(tmp_path), blocked, LandmarkSource())
    assert output.enrichments == whole.enrichments
    assert all(use.used for use in output.sources)
    newer = _wiki(version="r2")
    _run(make_context(tmp_path), newer, LandmarkSource())
    assert sorted(newer.asked) == sorted(SLUGS)


def test_a_damaged_journal_is_reported_kept_and_everything_is_done_again(tmp_path: Path) -> None:
    _run(make_context(tmp_path), _wiki())
    (tmp_path / JOURNAL_NAME).write_bytes(b"no journal")
    reporter, source = SeenReporter(), _wiki()
    _run(make_context(tmp_path, reporter=reporter), source)
    assert sorted(source.asked) == sorted(SLUGS)
    assert "is damaged; it was kept as" in reporter.warnings[0]
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1


class TestRetryFailed:
    """``--retry-failed``: only the stations that a source failed."""

    def test_only_those_are_prepared_and_asked_for(self, tmp_path: Path) -> None:
        failing = _wiki(version="r1", errors={SLUGS[2]: NO_PAGE, SLUGS[7]: NO_PAGE})
        _run(make_context(tmp_path), failing)
        healed = _wiki(version="r2")
        output = _run(make_context(tmp_path, retry_failed=True), healed)
        assert healed.prepared == [(SLUGS[2], SLUGS[7])]
        assert sorted(healed.asked) == [SLUGS[2], SLUGS[7]]
        assert not _statuses(output)

    def test_a_source_that_compares_stations_gets_all_of_them_all_the_same(self, tmp_path: Path) -> None:
        failing = SurveyingLandmarkSource("fandom_wiki", errors={SLUGS[2]: NO_PAGE})
        _run(make_context(tmp_path), failing)
        assert (failing.prepared, failing.surveyed) == ([tuple(SLUGS)], [tuple(SLUGS)])
        healed = SurveyingLandmarkSource("fandom_wiki")
        _run(make_context(tmp_path, retry_failed=True), healed)
        assert (healed.prepared, healed.surveyed) == ([(SLUGS[2],)], [tuple(SLUGS)])

    def test_with_nothing_failed_nobody_is_asked(self, tmp_path: Path) -> None:
        whole = _run(make_context(tmp_path), _wiki())
        idle = _wiki()
        assert to_json(_run(make_context(tmp_path, retry_failed=True), idle)) == to_json(whole)
        assert (idle.prepared, idle.asked) == ([], [])

    def test_stations_that_are_not_in_the_journal_are_refused_by_name(self, tmp_path: Path) -> None:
        _run(make_context(tmp_path, batch_size=1, max_model_requests=4), _wiki(usage=ONE_CALL))
        source = _wiki()
        with pytest.raises(StageInputError) as caught:
            _run(make_context(tmp_path, retry_failed=True), source)
        shown = "station-4, station-5, station-6 and 5 more"
        assert f"8 stations have not been processed yet, or their inputs have changed ({shown})" in str(
            caught.value
        )
        assert str(caught.value).endswith("Process them with --resume-from 2 instead of --retry-failed.")
        assert source.asked == []

    def test_stations_that_would_come_out_otherwise_now_are_refused(self, tmp_path: Path) -> None:
        _run(make_context(tmp_path), _wiki())
        with pytest.raises(StageInputError, match="12 stations have not been processed yet, or their inputs"):
            _run(make_context(tmp_path, retry_failed=True, bus_stop_radius_m=100), _wiki())

    def test_a_try_that_goes_worse_does_not_take_back_what_was_had(self, tmp_path: Path) -> None:
        model = LandmarkSource("openrouter_llm", errors={SLUGS[2]: ModelCallError("No usable answer.")})
        before = _run(make_context(tmp_path), _wiki(), model)
        blocked = _wiki(prepare_error=BlockedError("fandom_wiki", "refuses this client (403)."))
        after = _run(make_context(tmp_path, retry_failed=True), blocked, model)
        assert after.enrichments == before.enrichments
        assert list(after.enrichments[2].failures) == ["openrouter_llm"]


def test_the_cost_of_all_tries_is_known_however_a_run_ends(tmp_path: Path) -> None:
    refused = ModelCallError("No credits.", fatal=True, status=402)
    stage = make_stage(
        make_context(tmp_path, batch_size=1),
        _wiki(usage=ONE_CALL, errors={SLUGS[6]: refused}),
        is_remote=True,
    )
    with pytest.raises(StageError):
        stage.execute(make_stage1(STATIONS))
    assert stage.usage.calls == 6
    stage = make_stage(make_context(tmp_path), _wiki(usage=ONE_CALL), is_remote=True)
    stage.execute(make_stage1(STATIONS))
    assert stage.usage.calls == 12
    assert stage.usage.cost_usd == pytest.approx(0.12)


def test_the_cost_of_a_station_tried_again_is_added_up(tmp_path: Path) -> None:
    failing = LandmarkSource("openrouter_llm", errors={SLUGS[2]: ModelCallError("No usable answer.")})
    for calls in (12, 13, 14):
        stage = make_stage(make_context(tmp_path), _wiki(usage=ONE_CALL), failing)
        stage.execute(make_stage1(STATIONS))
        assert stage.usage.calls == calls


def test_what_was_paid_for_nothing_is_added_to_the_cost_once(tmp_path: Path) -> None:
    errors = {SLUGS[2]: ModelCallError("No usable answer.")}
    for calls in (12, 13):
        source = MeteredLandmarkSource("openrouter_llm", usage=ONE_CALL, errors=errors)
        stage = make_stage(make_context(tmp_path), LandmarkSource(), source)
        stage.execute(make_stage1(STATIONS))
        assert stage.usage.calls == calls
        assert stage.usage.cost_usd == pytest.approx(0.01 * calls)


def test_progress_says_how_far_it_is_and_what_it_costs(tmp_path: Path) -> None:
    reporter = SeenReporter()
    _run(
        make_context(tmp_path, reporter=reporter),
        _wiki(usage=ONE_CALL, errors={SLUGS[2]: NO_PAGE}),
        LandmarkSource(),
    )
    assert [(done, total) for done, total, _ in reporter.steps] == [(done, 12) for done in range(13)]
    last = reporter.steps[-1][2]
    assert last.startswith("0 left, 1 failed, ")
    assert last.endswith("13,200 tokens, $0.1100")


def test_documents_are_listed_once_and_stations_repeat_none_of_them() -> None:
    output = _run(make_context(), _wiki(), LandmarkSource())
    documents = [f"{name}:{slug}" for name in ("fandom_wiki", "network") for slug in SLUGS]
    assert [name for name in output.provenance if ":" in name] == sorted(documents)
    assert list(output.provenance) == sorted(output.provenance)
    assert not any(item.provenance for item in output.enrichments)
