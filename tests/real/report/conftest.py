"""Reports of a real run, of a hostile dataset, and of one enriched by a wiki; one browser for all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.compare.comparison import compare_datasets
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.orchestrator import PipelineOrchestrator
from mrt_pipeline.report import REPORT_FILE, render_report
from mrt_pipeline.runtime.manifests import find_manifest
from tests.fakes.manifests import make_manifest
from tests.fakes.network_builder import SMALL_NETWORK
from tests.real.report.browser import PHONE, Reader, fetch_axe, open_browser
from tests.unit.report.page_scenes import enriched_dataset, hostile_dataset

CONFIG = Path(__file__).parents[3] / "config" / "pipeline.yaml"
BEFORE, AFTER = date(2026, 7, 11), date(2026, 7, 13)
"""the day before and the day after the Circle Line became a ring"""


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a real run, with the changes since an earlier one."""
    folder = tmp_path_factory.mktemp("runs")
    old, new = (_run(day, folder / day.isoformat()) for day in (BEFORE, AFTER))
    manifest = find_manifest(folder / AFTER.isoformat())
    assert manifest is not None
    return _write(folder, render_report(new, manifest, compare_datasets(old, new)))


@pytest.fixture(scope="session")
def hostile_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = render_report(hostile_dataset(), make_manifest(), None, SMALL_NETWORK)
    return _write(tmp_path_factory.mktemp("hostile"), page)


@pytest.fixture(scope="session")
def enriched_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = render_report(enriched_dataset(), make_manifest(), None, SMALL_NETWORK)
    return _write(tmp_path_factory.mktemp("enriched"), page)


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    with open_browser() as reader:
        yield reader


@pytest.fixture(scope="session")
def phone() -> Iterator[Reader]:
    with open_browser(PHONE) as phone:
        yield phone


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    return fetch_axe(tmp_path_factory.mktemp("axe"))


def _run(as_of: date, folder: Path) -> Stage3Output:
    return PipelineOrchestrator(CONFIG, as_of=as_of).run_full_pipeline(folder)


def _write(folder: Path, page: bytes) -> Path:
    path = folder / REPORT_FILE
    path.write_bytes(page)
    return path
