from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config import Secrets
from mrt_pipeline.config.registry import get_source, sources_of
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.claims import SurveyingSource
from mrt_pipeline.contracts.names import STAGE2_ENRICHMENT
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.stages.enrichment.registry import choose_sources, open_sources
from tests.fakes.enrichment_sources import make_context
from tests.fakes.network_builder import NOW, open_stations

ALL = tuple(spec.name for spec in sources_of(STAGE2_ENRICHMENT))
RECORDED = tuple(spec.name for spec in sources_of(STAGE2_ENRICHMENT) if spec.is_recorded)
PUT_BEFORE = (
    "it reads what fandom_wiki passes on; put fandom_wiki before it in stages.stage2_enrichment.sources"
)


def _context(folder: Path, *sources: str, **modes: str) -> RunContext:
    settings = Settings.model_validate(
        {
            "stages": {"stage2_enrichment": {"sources": sources}},
            "apis": {api: {"mode": mode} for api, mode in modes.items()},
        }
    )
    access = SourceAccess(settings, secrets=Secrets(), cache_dir=folder, now=lambda: NOW)
    return replace(make_context(), settings=settings, access=access)


@pytest.mark.parametrize("name", ALL)
def test_every_source_that_can_be_configured_can_be_opened(name: str) -> None:
    spec = get_source(name)
    assert callable(spec.load(spec.opener))


def test_in_snapshot_mode_only_what_is_recorded_is_used(tmp_path: Path) -> None:
    used, passed_over = choose_sources(_context(tmp_path, *ALL))
    assert used == list(RECORDED)
    assert passed_over == {
        "lta_train_gtfs": "no recorded copy; set apis.datamall.mode to live to use this source",
        "lta_rail_map": "no recorded copy; set apis.lta_rail_map.mode to live to use this source",
        "openstreetmap": "no recorded copy; set apis.openstreetmap.mode to live to use this source",
        "fandom_wiki": "no recorded copy; set apis.fandom.mode to live to use this source",
        "openrouter_llm": "no recorded copy; set apis.openrouter.mode to live to use this source",
    }


def test_live_sources_are_used_in_the_configured_order(tmp_path: Path) -> None:
    wanted = ("network", "fandom_wiki", "openrouter_llm", "lta_datamall")
    used, passed_over = choose_sources(_context(tmp_path, *wanted, fandom="live", openrouter="live"))
    assert tuple(used) == wanted
    assert passed_over == {}


@pytest.mark.parametrize(
    ("sources", "modes", "reason"),
    [
        (ALL, {"openrouter": "live"}, "it reads what fandom_wiki passes on, and fandom_wiki is skipped"),
        (
            ("network", "openrouter_llm"),
            {"openrouter": "live"},
            PUT_BEFORE,
        ),
        (
            ("openrouter_llm", "fandom_wiki"),
            {"openrouter": "live", "fandom": "live"},
            PUT_BEFORE,
        ),
    ],
)
def test_the_model_is_skipped_when_it_has_nothing_to_read(
    tmp_path: Path, sources: tuple[str, ...], modes: dict[str, Any], reason: str
) -> None:
    _, passed_over = choose_sources(_context(tmp_path, *sources, **modes))
    assert passed_over["openrouter_llm"] == reason


def test_the_local_sources_are_opened_from_the_recorded_tables(tmp_path: Path) -> None:
    stations = open_stations()
    opened = open_sources(_context(tmp_path, *ALL))
    assert opened.names == RECORDED
    assert not opened.is_remote
    for source in opened.sources:
        source.prepare(stations)
        if isinstance(source, SurveyingSource):
            source.survey(stations)
        assert source.version_for(stations[0])
        assert source.claims_for(stations[0], ()).source == source.name


def test_when_no_source_is_used_nothing_is_read(tmp_path: Path) -> None:
    context = _context(tmp_path, "fandom_wiki")
    opened = open_sources(replace(context, access=_only_modes(context.access)))
    assert (opened.sources, opened.is_remote) == ((), False)
    assert list(opened.passed_over) == ["fandom_wiki"]


def _only_modes(access: SourceAccess) -> Any:
    """Return an access that knows modes and gives no table."""

    class OnlyModes:
        mode_of = access.mode_of

    return OnlyModes()
