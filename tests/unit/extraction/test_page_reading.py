from __future__ import annotations

import pytest
from hypothesis import given

from mrt_pipeline.config.settings import ExecutionSection
from mrt_pipeline.extraction.page_reading import PageReading, _read_to_json, open_reading
from mrt_pipeline.extraction.rules.headers import load_vocabulary
from mrt_pipeline.runtime.source_access import Closable
from tests.fakes.mixed_pages import NAMES, mixed_pages, read_here, read_there


@pytest.mark.slow
@given(page=mixed_pages())
def test_a_reading_travels_whole(page: tuple[str, str]) -> None:
    title, html = page
    travelled = PageReading.model_validate_json(_read_to_json((html, title), NAMES, load_vocabulary()))
    assert travelled.model_dump_json().encode() == read_here(html, title)


def test_this_process_reads_pages_by_default_and_begins_nothing() -> None:
    opened: list[Closable] = []
    read = open_reading(ExecutionSection(), NAMES, load_vocabulary(), opened.append)
    assert read_there(read, "<p>One.</p>", "Yishun MRT Station") == read_here(
        "<p>One.</p>", "Yishun MRT Station"
    )
    assert opened == []
