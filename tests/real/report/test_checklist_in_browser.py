"""The checklist in a real browser: ticks outlive a reload, and are saved as the file that approve takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mrt_pipeline.contracts.release import Review
from mrt_pipeline.errors import ReleaseError
from mrt_pipeline.releasing.admission import ReleaseCandidate, admit
from mrt_pipeline.releasing.approving import read_review
from tests.fakes.release_scene import TODAY, get_run_of
from tests.real.report.browser import Reader, open_browser
from tests.real.report.conftest import AFTER

pytestmark = pytest.mark.real_parts


@pytest.fixture
def candidate(report: Path) -> ReleaseCandidate:
    """The run behind the report, with its own page."""
    return admit(get_run_of(report.parent / AFTER.isoformat()), TODAY)


@pytest.fixture
def page(candidate: ReleaseCandidate, tmp_path: Path) -> Iterator[Reader]:
    """That page in a browser that has never seen it, and saves files into the test's folder."""
    with open_browser() as reader:
        saving = {"behavior": "allow", "downloadPath": str(tmp_path)}
        reader.chrome.execute_cdp_cmd("Browser.setDownloadBehavior", saving)
        reader.open(candidate.run.folder / "report.html")
        yield reader


def _ticked(page: Reader) -> list[bool]:
    return [bool(box.get_property("checked")) for box in page.find_all("#checklist input")]


def _save(page: Reader, folder: Path) -> Path:
    page.find("#save-checklist").click()
    path = folder / "checklist.json"
    page.wait_until(path.exists)
    return path


def test_ticks_outlive_a_reload_and_can_be_taken_back(page: Reader) -> None:
    boxes = page.find_all("#checklist input")
    boxes[0].click()
    boxes[2].click()
    page.chrome.refresh()
    page.wait_for("#checklist input")
    assert _ticked(page) == [True, False, True] + [False] * (len(boxes) - 3)
    assert page.find("#checklist .count").text.startswith(f"2 of {len(boxes)} items reviewed")
    page.find("#checklist input").click()
    page.chrome.refresh()
    page.wait_for("#checklist input")
    assert _ticked(page).count(True) == 1


def test_ticks_of_one_run_are_not_those_of_another(page: Reader, report: Path) -> None:
    page.find("#checklist input").click()
    page.open(report.parent / "2026-07-11" / "report.html")
    assert True not in _ticked(page)


def test_what_is_saved_is_what_approve_takes(
    page: Reader, candidate: ReleaseCandidate, tmp_path: Path
) -> None:
    boxes = page.find_all("#checklist input")
    for box in boxes[1:]:
        box.click()
    with pytest.raises(ReleaseError, match="1 item of"):
        read_review(_save(page, tmp_path), candidate, is_incomplete_wanted=False)
    (tmp_path / "checklist.json").unlink()
    boxes[0].click()
    saved = _save(page, tmp_path)
    assert read_review(saved, candidate, is_incomplete_wanted=False) == Review(points=len(boxes))
    assert page.complaints() == []


def test_a_browser_that_keeps_nothing_says_so(page: Reader) -> None:
    refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new Error(); }});"
    page.chrome.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": refuse})
    page.chrome.refresh()
    page.wait_for("#checklist input").click()
    assert (
        "This browser cannot save your ticks: save the checklist to a file."
        in page.find("#checklist .count").text
    )
